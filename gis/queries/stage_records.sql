-- How far is each stage of each project building?
select
    project.id as project_id,
    project.code as project_code,
    project.kind,
    project_building.id as project_building_id,
    project_building.code as project_building_code,
    project_building.floor_area_m2,
    project_building.height_m,
    stage_record.construction_stage,
    stage_record.planned_start_on,
    stage_record.planned_end_on,
    stage_record.actual_start_on,
    stage_record.actual_end_on,
    stage_record.progress_pct,
    stage_record.recorded_on
from onemap.stage_record
join onemap.project_building on project_building.id = stage_record.project_building_id
join onemap.project on project.id = project_building.project_id
where project.district_id = :district_id
order by project_building.id, stage_record.planned_start_on
