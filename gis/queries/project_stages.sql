-- When was and is each construction stage of each building of a project done?
select
    project_building.id as project_building_id,
    project_building.name_zh as building_name_zh,
    project_building.name_en as building_name_en,
    project_building.floors,
    project_building.floor_area_m2,
    building_progress.progress_pct as building_progress_pct,
    building_progress.planned_pct as building_planned_pct,
    building_progress.delay_days,
    stage_record.construction_stage,
    stage_record.planned_start_on,
    stage_record.planned_end_on,
    stage_record.actual_start_on,
    stage_record.actual_end_on,
    stage_record.progress_pct
from onemap.project_building
join onemap.project on project.id = project_building.project_id
left join onemap.stage_record on stage_record.project_building_id = project_building.id
left join onemap.building_progress
    on building_progress.project_building_id = project_building.id
    and building_progress.run_id = (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind = 'progress'
    )
where project.district_id = :district_id and project.id = :project_id
order by project_building.code, stage_record.planned_start_on
