-- Whose catchments border a catchment in the same plan and stage, or each of a plan?
select
    catchment.stage,
    catchment.school_id,
    other.school_id as neighbour_id
from onemap.catchment
join onemap.catchment as other
    on other.plan_id = catchment.plan_id
    and other.stage = catchment.stage
    and other.school_id <> catchment.school_id
    and st_intersects(other.geom, catchment.geom)
where
    catchment.plan_id = :plan_id
    and (cast(:stage as text) is null or catchment.stage = :stage)
    and (cast(:school_id as bigint) is null or catchment.school_id = :school_id)
order by catchment.stage, catchment.school_id, other.school_id
