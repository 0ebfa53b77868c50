-- How many children of each batch does a run of the assignment have in each planning unit?
-- A child is located as those who enter a stage are: at the first dwelling known in the order
-- :locate_first, :locate_second (registered or residence).
insert into onemap.unit_batch (run_id, planning_unit_id, batch, children)
select
    admission_result.run_id,
    registry.choose_place(
        :locate_first,
        :locate_second,
        registered_in.planning_unit_id,
        resident_in.planning_unit_id
    ),
    coalesce(admission_result.batch, ''),
    count(*)
from registry.admission_result
left join registry.property_unit as registered_at
    on registered_at.id = admission_result.registered_unit_id
left join onemap.building as registered_in on registered_in.id = registered_at.building_id
left join registry.property_unit as resident_at
    on resident_at.id = admission_result.residence_unit_id
left join onemap.building as resident_in on resident_in.id = resident_at.building_id
where admission_result.run_id = :run_id
group by 1, 2, 3
