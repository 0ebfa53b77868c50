-- How many children does each planning unit have, by the year in which their school year of
-- birth ends (:cutoff, MM-DD), by sex and registration?
-- Each at the first unit known in the order :locate_first, :locate_second.
select
    registry.choose_place(
        :locate_first,
        :locate_second,
        child_place.registered_unit_id,
        child_place.residence_unit_id
    ) as planning_unit_id,
    (
        extract(year from child_place.born_on)
        + (to_char(child_place.born_on, 'MM-DD') > :cutoff)::int
    )::int as cohort,
    child_place.sex = 'female' as female,
    child_place.registered,
    count(*)::int as children
from registry.child_place
where child_place.district_id = :district_id
group by 1, 2, 3, 4
