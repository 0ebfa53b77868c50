-- How many days is each project building behind its plan, by the newest progress run?
select
    building_progress.project_building_id,
    building_progress.delay_days
from onemap.building_progress
where
    building_progress.run_id = (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind = 'progress'
    )
