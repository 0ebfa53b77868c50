-- How many children of each planning unit graduate from another stage, by stage and year?
-- A child graduates once, by the first year in which it entered the stage that it leaves, in
-- whatever school of the district; it is counted at its dwelling of today, as all children are.
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
        child.id,
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
),
entry as (
    select seat_use.child_id, seat_use.stage, min(seat_use.entered_year) as entered_year
    from registry.seat_use
    where seat_use.district_id = :district_id
    group by seat_use.child_id, seat_use.stage
)
select
    :run_id,
    located.planning_unit_id,
    graduation.stage,
    graduation.year,
    count(*),
    count(*) filter (where located.registered)
from unnest(
    cast(:stages as text[]),
    cast(:years as int[]),
    cast(:graduates_of as text[]),
    cast(:entered_years as int[])
) as graduation (stage, year, graduates_of, entered_year)
join entry
    on entry.stage = graduation.graduates_of
    and entry.entered_year = graduation.entered_year
join located on located.id = entry.child_id
group by located.planning_unit_id, graduation.stage, graduation.year
