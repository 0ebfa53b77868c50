-- How many children of each planning unit are how old on :day, in full years?
-- Each is counted once, located as children who enter a stage are.
insert into onemap.unit_age (run_id, planning_unit_id, age, children, registered_children)
with dwelling as (
    select property_unit.id, building.planning_unit_id
    from registry.property_unit
    join onemap.building on building.id = property_unit.building_id
    where property_unit.district_id = :district_id
),
located as materialized (
    select
        child.born_on,
        child.registered,
        coalesce(
            case :locate_first
                when 'registered' then registered_at.planning_unit_id
                when 'residence' then resident_at.planning_unit_id
            end,
            case :locate_second
                when 'registered' then registered_at.planning_unit_id
                when 'residence' then resident_at.planning_unit_id
            end
        ) as planning_unit_id
    from registry.child
    join registry.household on household.id = child.household_id
    left join dwelling registered_at on registered_at.id = household.registered_unit_id
    left join dwelling resident_at on resident_at.id = household.residence_unit_id
    where child.district_id = :district_id
)
select
    :run_id,
    located.planning_unit_id,
    extract(year from age(cast(:day as date), located.born_on)),
    count(*),
    count(*) filter (where located.registered)
from located
where located.born_on <= cast(:day as date)
group by located.planning_unit_id, 3
