-- In whose catchments does a project lie, and which catchments border those?
select distinct on (around.stage, around.school_id)
    around.stage,
    around.school_id,
    around.school_id = home.school_id as holds_site
from onemap.project
join onemap.catchment as home
    on home.plan_id = :plan_id and st_intersects(home.geom, project.geom)
join onemap.catchment as around
    on around.plan_id = home.plan_id
    and around.stage = home.stage
    and st_intersects(around.geom, home.geom)
where project.district_id = :district_id and project.id = :project_id
order by around.stage, around.school_id, holds_site desc
