-- Which seats of the stage did a dwelling give before, and to the same family?
select
    seat_use.school_id,
    seat_use.entered_year,
    household.code = :household_code as same_family
from registry.seat_use
join registry.household on household.id = seat_use.household_id
where
    seat_use.property_unit_id = :unit_id
    and seat_use.stage = :stage
    and seat_use.entered_year < :year
order by seat_use.entered_year desc, seat_use.id
