-- Which catchments does each project serve? An extension that of its school, a new school that
-- which holds its site; only stages of education that it opens seats in.
select
    project.id as project_id,
    catchment.stage,
    catchment.school_id,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en
from onemap.project
join onemap.project_seat on project_seat.project_id = project.id
join onemap.catchment
    on catchment.plan_id = :plan_id
    and catchment.stage = project_seat.stage
    and case
        when project.school_id is null then st_intersects(catchment.geom, project.geom)
        else catchment.school_id = project.school_id
    end
join onemap.school on school.id = catchment.school_id
where project.district_id = :district_id
order by project.code, catchment.stage
