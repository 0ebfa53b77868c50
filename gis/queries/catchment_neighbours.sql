-- Whose catchments border this one in the same plan and stage?
select other.school_id
from onemap.catchment
join onemap.catchment as other
    on other.plan_id = catchment.plan_id
    and other.stage = catchment.stage
    and other.school_id <> catchment.school_id
    and st_intersects(other.geom, catchment.geom)
where
    catchment.plan_id = :plan_id
    and catchment.stage = :stage
    and catchment.school_id = :school_id
