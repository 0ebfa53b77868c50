-- How many children of each batch live in these planning units, in a run of the assignment?
select unit_batch.planning_unit_id, unit_batch.batch, unit_batch.children
from onemap.unit_batch
where
    unit_batch.run_id = :run_id
    and unit_batch.planning_unit_id = any(cast(:units as bigint[]))
