-- Which projects have their site inside an area?
select project.id as project_id
from onemap.project
where
    project.district_id = :district_id
    and st_covers(
        cast(:area as geometry), st_translate(project.geom, :nudge_x, :nudge_y)
    )
order by project.id
