-- How many eligible children does each planning unit have in the newest count?
select
    unit_demand.planning_unit_id,
    unit_demand.stage,
    unit_demand.year,
    unit_demand.children,
    unit_demand.registered_children
from onemap.unit_demand
where unit_demand.run_id in (
    select max(run.id)
    from onemap.run
    where run.district_id = :district_id and run.kind in ('demand', 'loaded_demand')
    group by run.kind
)
