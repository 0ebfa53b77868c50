-- Which polygons have the catchments of a plan and stage, of one school or of all?
select
    catchment.geom,
    school.code,
    school.name_zh
from onemap.catchment
join onemap.school on school.id = catchment.school_id
where
    catchment.plan_id = :plan_id
    and catchment.stage = :stage
    and (cast(:code as text) is null or school.code = :code)
order by school.code
