-- How many children of each planning unit are how old on :day, in full years?
-- Each is counted once, located as children who enter a stage are.
insert into onemap.unit_age (run_id, planning_unit_id, age, children, registered_children)
select
    :run_id,
    registry.choose_place(
        :locate_first,
        :locate_second,
        child_place.registered_unit_id,
        child_place.residence_unit_id
    ),
    extract(year from age(cast(:day as date), child_place.born_on)),
    count(*),
    count(*) filter (where child_place.registered)
from registry.child_place
where child_place.district_id = :district_id and child_place.born_on <= cast(:day as date)
group by 2, 3
