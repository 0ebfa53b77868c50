-- Which projects lie inside this catchment, or extend its school?
select project.id as project_id
from onemap.catchment
join onemap.project
    on project.district_id = catchment.district_id
    and (
        st_intersects(project.geom, catchment.geom)
        or project.school_id = catchment.school_id
    )
where
    catchment.plan_id = :plan_id
    and catchment.stage = :stage
    and catchment.school_id = :school_id
