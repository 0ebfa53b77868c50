-- Whose children do the seats of each project serve in a plan? The catchment of the school that
-- is extended, else the catchment that the site lies in. One row a project and stage.
select
    project.id as project_id,
    project_seat.stage,
    coalesce(own.school_id, around.school_id) as school_id
from onemap.project
join onemap.project_seat on project_seat.project_id = project.id
left join onemap.catchment own
    on own.plan_id = :plan_id
    and own.stage = project_seat.stage
    and own.school_id = project.school_id
left join onemap.catchment around
    on around.plan_id = :plan_id
    and around.stage = project_seat.stage
    and st_intersects(around.geom, project.geom)
where project.district_id = :district_id
order by project.id, project_seat.stage, around.school_id
