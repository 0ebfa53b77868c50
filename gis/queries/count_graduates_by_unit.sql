-- How many children of each planning unit graduate from another stage, by stage and year?
-- A child graduates once, by the first year in which it entered the stage that it leaves, in
-- whatever school of the district; it is counted at its dwelling of today, as all children are.
insert into onemap.unit_demand
    (run_id, planning_unit_id, stage, year, children, registered_children)
with entry as (
    select seat_use.child_id, seat_use.stage, min(seat_use.entered_year) as entered_year
    from registry.seat_use
    where seat_use.district_id = :district_id
    group by seat_use.child_id, seat_use.stage
)
select
    :run_id,
    registry.choose_place(
        :locate_first,
        :locate_second,
        child_place.registered_unit_id,
        child_place.residence_unit_id
    ),
    graduation.stage,
    graduation.year,
    count(*),
    count(*) filter (where child_place.registered)
from unnest(
    cast(:stages as text[]),
    cast(:years as int[]),
    cast(:graduates_of as text[]),
    cast(:entered_years as int[])
) as graduation (stage, year, graduates_of, entered_year)
join entry
    on entry.stage = graduation.graduates_of
    and entry.entered_year = graduation.entered_year
join registry.child_place
    on child_place.child_id = entry.child_id and child_place.district_id = :district_id
group by 2, 3, 4
