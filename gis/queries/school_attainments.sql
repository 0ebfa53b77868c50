-- Which marks and which value added has each school in a paper, by a run? In the order of names:
-- no order of this list says who is better.
select
    school_attainment.school_id,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    school_attainment.pupils,
    school_attainment.absent,
    school_attainment.mean_points,
    school_attainment.mean_low,
    school_attainment.mean_high,
    school_attainment.spread_points,
    school_attainment.p10_points,
    school_attainment.p25_points,
    school_attainment.p50_points,
    school_attainment.p75_points,
    school_attainment.p90_points,
    school_attainment.value_added_points,
    school_attainment.value_added_low,
    school_attainment.value_added_high,
    school_attainment.state
from onemap.school_attainment
join onemap.school on school.id = school_attainment.school_id
where school_attainment.run_id = :run_id and school_attainment.paper_id = :paper_id
order by school.name_zh, school.code
