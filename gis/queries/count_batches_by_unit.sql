-- How many children of each batch does a run of the assignment have in each planning unit?
insert into onemap.unit_batch (run_id, planning_unit_id, batch, children)
select
    admission_result.run_id,
    building.planning_unit_id,
    coalesce(admission_result.batch, ''),
    count(*)
from registry.admission_result
left join onemap.building on building.id = admission_result.building_id
where admission_result.run_id = :run_id
group by admission_result.run_id, building.planning_unit_id, coalesce(admission_result.batch, '')
