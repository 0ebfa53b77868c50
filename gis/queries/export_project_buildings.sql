-- Buildings of projects by a progress run, as city GIS takes them.
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
    building_progress.built_height_m,
    recorded.began_on as valid_from,
    case
        when building_progress.progress_pct >= 100 then recorded.ended_on
    end as valid_to,
    recorded.changed_on
from onemap.building_progress
join onemap.project_building on project_building.id = building_progress.project_building_id
join onemap.project on project.id = project_building.project_id
left join (
    select
        stage_record.project_building_id,
        min(stage_record.actual_start_on) as began_on,
        max(stage_record.actual_end_on) as ended_on,
        max(stage_record.recorded_on) as changed_on
    from onemap.stage_record
    group by stage_record.project_building_id
) as recorded on recorded.project_building_id = project_building.id
where
    project.district_id = :district_id
    and building_progress.run_id = :run_id
    and (
        cast(:stage as text) is null
        or project.id in (
            select project_seat.project_id
            from onemap.project_seat
            where project_seat.stage = :stage
        )
    )
order by project.code, project_building.code
