-- Which children of a run have this outcome, or wait for a person for this reason?
select
    result.child_code,
    result.born_on,
    result.batch,
    result.score,
    result.detail,
    result.walk_distance_m,
    zone.name_zh as zone_name_zh,
    zone.name_en as zone_name_en,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    count(*) over () as children
from registry.admission_result as result
left join onemap.school as zone on zone.id = result.zone_school_id
left join onemap.school as school on school.id = result.school_id
where result.run_id = :run_id and coalesce(result.reason, result.outcome) = :code
order by zone.code nulls first, result.position nulls last, result.child_code
limit :limit
