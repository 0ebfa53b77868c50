-- Building projects by a progress run, as city GIS takes them.
select
    project.geom,
    project.code,
    project.name_zh,
    project.name_en,
    project.kind,
    subdistrict.name_zh as subdistrict_name_zh,
    school.code as school_code,
    project.investment_yuan,
    project.site_area_m2,
    opened.seats,
    opened.entry_seats,
    project_progress.construction_stage,
    project_progress.progress_pct,
    project_progress.planned_pct,
    project_progress.delay_days,
    project_progress.state,
    project_progress.planned_end_on,
    project_progress.expected_end_on,
    project_progress.expected_low_on,
    project_progress.expected_high_on,
    project_progress.opens_year,
    recorded.began_on as valid_from,
    case
        when project_progress.state = 'completed' then project_progress.expected_end_on
    end as valid_to,
    recorded.changed_on
from onemap.project_progress
join onemap.project on project.id = project_progress.project_id
left join onemap.subdistrict on subdistrict.id = project.subdistrict_id
left join onemap.school on school.id = project.school_id
left join (
    select
        project_seat.project_id,
        sum(project_seat.seats) as seats,
        sum(project_seat.entry_seats) as entry_seats
    from onemap.project_seat
    where cast(:stage as text) is null or project_seat.stage = :stage
    group by project_seat.project_id
) as opened on opened.project_id = project.id
left join (
    select
        project_building.project_id,
        min(stage_record.actual_start_on) as began_on,
        max(stage_record.recorded_on) as changed_on
    from onemap.stage_record
    join onemap.project_building on project_building.id = stage_record.project_building_id
    group by project_building.project_id
) as recorded on recorded.project_id = project.id
where
    project.district_id = :district_id
    and project_progress.run_id = :run_id
    and (cast(:stage as text) is null or opened.seats is not null)
order by project.code
