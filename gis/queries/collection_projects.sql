-- Where is each building project, how far is it, and what does it open, by the newest progress run?
select
    project.geom,
    project.code,
    project.name_zh,
    project.name_en,
    project.kind,
    school.code as school_code,
    subdistrict.name_zh as subdistrict_name_zh,
    progress.construction_stage,
    progress.progress_pct,
    progress.planned_pct,
    progress.delay_days,
    works.started_on,
    progress.planned_end_on,
    progress.expected_end_on,
    progress.expected_low_on,
    progress.expected_high_on,
    progress.opens_year,
    progress.state,
    opened.seats,
    opened.entry_seats
from onemap.project_progress as progress
join onemap.project on project.id = progress.project_id
left join onemap.school on school.id = project.school_id
left join onemap.subdistrict on subdistrict.id = project.subdistrict_id
left join lateral (
    select
        sum(project_seat.seats) as seats,
        sum(project_seat.entry_seats) as entry_seats
    from onemap.project_seat
    where project_seat.project_id = project.id
) as opened on true
left join lateral (
    select min(coalesce(stage_record.actual_start_on, stage_record.planned_start_on)) as started_on
    from onemap.project_building
    join onemap.stage_record on stage_record.project_building_id = project_building.id
    where project_building.project_id = project.id
) as works on true
where
    progress.run_id = (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind = 'progress'
    )
