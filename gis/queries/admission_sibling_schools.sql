-- Which schools of the stage did other children of a household enter within so many years?
select distinct seat_use.school_id
from registry.seat_use
join registry.household on household.id = seat_use.household_id
where
    household.district_id = :district_id
    and household.code = :household_code
    and seat_use.child_id <> :child_id
    and seat_use.stage = :stage
    and seat_use.entered_year < :year
    and seat_use.entered_year > cast(:year as integer) - cast(:grades as integer)
