-- How many people live in each planning unit by the register of households? A household is counted
-- once, where it lives, else where it is registered; those without a known home are left out.
insert into onemap.unit_population (run_id, planning_unit_id, residents, counted_in)
select :run_id, building.planning_unit_id, sum(household.members), 'register'
from registry.household
join registry.property_unit
    on property_unit.id = coalesce(household.residence_unit_id, household.registered_unit_id)
join onemap.building on building.id = property_unit.building_id
where household.district_id = :district_id and building.planning_unit_id is not null
group by building.planning_unit_id
