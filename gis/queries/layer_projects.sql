-- Where is each project and how far is it, by the newest progress run?
select
    project.id,
    project.name_zh,
    project.name_en,
    project.kind,
    project.geom,
    project_progress.construction_stage,
    project_progress.progress_pct,
    project_progress.planned_pct,
    project_progress.delay_days,
    project_progress.expected_end_on,
    project_progress.opens_year,
    project_progress.state,
    project_progress.course
from onemap.project_progress
join onemap.project on project.id = project_progress.project_id
where
    project_progress.run_id = (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind = 'progress'
    )
order by project.code
