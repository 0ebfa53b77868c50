-- Who changed which stage record of a project, when and why? The newest first.
select
    project.id as project_id,
    project.code as project_code,
    project_building.code as project_building_code,
    project_building.name_zh as building_name_zh,
    project_building.name_en as building_name_en,
    stage_change.construction_stage,
    stage_change.old_actual_start_on,
    stage_change.new_actual_start_on,
    stage_change.old_actual_end_on,
    stage_change.new_actual_end_on,
    stage_change.old_progress_pct,
    stage_change.new_progress_pct,
    stage_change.old_recorded_on,
    stage_change.new_recorded_on,
    stage_change.reason,
    stage_change.who,
    stage_change.source,
    stage_change.changed_at
from onemap.stage_change
join onemap.project_building on project_building.id = stage_change.project_building_id
join onemap.project on project.id = project_building.project_id
where project.district_id = :district_id and project.code = :project_code
order by stage_change.id desc
