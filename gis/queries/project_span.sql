-- From which to which day are the building sites of a district at work, by the newest run?
select
    min(least(stage_record.planned_start_on, stage_record.actual_start_on)) as first_on,
    max(greatest(stage_record.planned_end_on, project_progress.expected_end_on)) as last_on,
    max(stage_record.recorded_on) as recorded_on
from onemap.project
join onemap.project_building on project_building.project_id = project.id
join onemap.stage_record on stage_record.project_building_id = project_building.id
join onemap.project_progress
    on project_progress.project_id = project.id
    and project_progress.run_id = (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind = 'progress'
    )
where project.district_id = :district_id
