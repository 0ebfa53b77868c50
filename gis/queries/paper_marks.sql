-- Which marks has each pupil of the district in each paper, and which in the one before it?
select
    paper_result.paper_id,
    pupil.school_id,
    pupil.class_number,
    paper_result.absent,
    paper_result.points,
    paper_result.item_points,
    before.points as prior_points
from registry.paper_result
join registry.pupil on pupil.id = paper_result.pupil_id
join onemap.paper on paper.id = paper_result.paper_id
left join onemap.paper as prior
    on prior.district_id = paper.district_id and prior.code = paper.prior_code
left join registry.paper_result as before
    on before.paper_id = prior.id and before.pupil_id = paper_result.pupil_id
where paper.district_id = :district_id
order by paper.code, pupil.code
