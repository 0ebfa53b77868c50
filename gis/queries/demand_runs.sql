-- Which runs counted the children that are in force, and from which inputs?
select distinct on (run.kind) run.kind, run.inputs_digest
from onemap.run
where run.district_id = :district_id and run.kind in ('demand', 'loaded_demand')
order by run.kind, run.id desc
