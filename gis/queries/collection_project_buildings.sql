-- How much of each project building stands, by the newest progress run?
select
    project_building.geom,
    project.code || '/' || project_building.code as code,
    project.code as project_code,
    project.name_zh as project_name_zh,
    project_building.name_zh,
    project_building.name_en,
    project_building.floors,
    project_building.height_m,
    project_building.floor_area_m2,
    building_progress.construction_stage,
    building_progress.progress_pct,
    building_progress.planned_pct,
    building_progress.delay_days,
    building_progress.built_height_m
from onemap.building_progress
join onemap.project_building on project_building.id = building_progress.project_building_id
join onemap.project on project.id = project_building.project_id
where
    building_progress.run_id = (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind = 'progress'
    )
