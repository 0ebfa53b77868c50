-- Which seats of the stage were used before: on dwellings, or by elder children of the entrants?
select
    seat_use.child_id,
    seat_use.household_id,
    seat_use.school_id,
    seat_use.entered_year,
    seat_use.property_unit_id
from registry.seat_use
where
    seat_use.district_id = :district_id
    and seat_use.stage = :stage
    and seat_use.entered_year < :year
    and (
        seat_use.property_unit_id is not null
        or seat_use.household_id in (
            select child.household_id
            from entrant
            join registry.child on child.id = entrant.id
        )
    )
