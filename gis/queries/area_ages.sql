-- How many children of each age live in these planning units, in the newest count?
select unit_age.planning_unit_id, unit_age.age, unit_age.children, unit_age.registered_children
from onemap.unit_age
where
    unit_age.run_id = (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind = 'demand'
    )
    and unit_age.planning_unit_id = any(cast(:units as bigint[]))
