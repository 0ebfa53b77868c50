-- With which chance is each project ready by each school year, in the newest progress run?
select
    project_opening_chance.project_id,
    project_opening_chance.year,
    project_opening_chance.chance
from onemap.project_opening_chance
where
    project_opening_chance.run_id = (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind = 'progress'
    )
order by project_opening_chance.project_id, project_opening_chance.year
