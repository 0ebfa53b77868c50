-- Which seats do the projects open, in which stage and from which year, and how far are they?
-- One row a project and stage; progress from the newest run.
select
    project.id as project_id,
    project.code as project_code,
    project.name_zh as project_name_zh,
    project.name_en as project_name_en,
    project.kind,
    project.investment_yuan,
    project.subdistrict_id,
    subdistrict.name_zh as subdistrict_name_zh,
    subdistrict.name_en as subdistrict_name_en,
    project.school_id,
    project_seat.stage,
    project_seat.classes,
    project_seat.seats,
    project_seat.entry_seats,
    project_seat.planned_year,
    project_progress.construction_stage,
    project_progress.progress_pct,
    project_progress.planned_pct,
    project_progress.delay_days,
    project_progress.planned_end_on,
    project_progress.expected_end_on,
    project_progress.expected_low_on,
    project_progress.expected_high_on,
    project_progress.opens_year,
    project_progress.state,
    project_progress.run_id
from onemap.project
left join onemap.subdistrict on subdistrict.id = project.subdistrict_id
left join onemap.project_seat on project_seat.project_id = project.id
left join onemap.project_progress
    on project_progress.project_id = project.id
    and project_progress.run_id = (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind = 'progress'
    )
where project.district_id = :district_id
order by project.code, project_seat.stage
