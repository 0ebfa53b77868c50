-- Which schools did the children of each planning unit enter since :first_year?
-- Each at the first unit known in the order :locate_first, :locate_second.
select
    registry.choose_place(
        :locate_first,
        :locate_second,
        child_place.registered_unit_id,
        child_place.residence_unit_id
    ) as planning_unit_id,
    seat_use.stage,
    seat_use.school_id,
    seat_use.entered_year,
    count(*)::int as entrants
from registry.seat_use
join registry.child_place on child_place.child_id = seat_use.child_id
where seat_use.district_id = :district_id and seat_use.entered_year >= :first_year
group by 1, 2, 3, 4
