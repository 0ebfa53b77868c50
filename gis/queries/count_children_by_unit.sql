-- How many eligible children does each planning unit have, by stage and year?
-- Every child is counted once, at the first dwelling known in the order :locate_first,
-- :locate_second (registered or residence); without any it counts as unlocated.
insert into onemap.unit_demand
    (run_id, planning_unit_id, stage, year, children, registered_children)
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
    age_window.stage,
    age_window.year,
    count(*),
    count(*) filter (where located.registered)
from unnest(
    cast(:stages as text[]),
    cast(:years as int[]),
    cast(:born_from as date[]),
    cast(:born_to as date[])
) as age_window (stage, year, born_from, born_to)
join located on located.born_on between age_window.born_from and age_window.born_to
group by located.planning_unit_id, age_window.stage, age_window.year
