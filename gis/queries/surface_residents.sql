-- How many people live in each planning unit, in the newest count?
select
    unit_population.planning_unit_id,
    unit_population.residents,
    unit_population.counted_in,
    unit_population.run_id
from onemap.unit_population
where
    unit_population.run_id = (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind = 'residents'
    )
order by unit_population.planning_unit_id
