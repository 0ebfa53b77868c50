-- How many eligible children does each planning unit have, by stage and year?
-- Every child is counted once, at the first unit known in the order :locate_first,
-- :locate_second (registered or residence); without any it counts as unlocated.
insert into onemap.unit_demand
    (run_id, planning_unit_id, stage, year, children, registered_children)
with located as materialized (
    select
        child_place.born_on,
        child_place.registered,
        registry.choose_place(
            :locate_first,
            :locate_second,
            child_place.registered_unit_id,
            child_place.residence_unit_id
        ) as planning_unit_id
    from registry.child_place
    where child_place.district_id = :district_id
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
