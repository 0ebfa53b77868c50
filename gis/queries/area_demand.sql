-- How many children of a stage does each planning unit have in the newest count, by year?
select
    unit_demand.planning_unit_id,
    unit_demand.year::int as year,
    unit_demand.children,
    unit_demand.registered_children
from onemap.unit_demand
where
    unit_demand.stage = :stage
    and unit_demand.year >= :year
    and unit_demand.planning_unit_id is not null
    and unit_demand.run_id in (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind in ('demand', 'loaded_demand')
        group by run.kind
    )
