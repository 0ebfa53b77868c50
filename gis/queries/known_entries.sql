-- Which entries does the register of seats hold, by stage and year of entry?
select distinct seat_use.stage, seat_use.entered_year::int as entered_year
from registry.seat_use
where seat_use.district_id = :district_id
order by seat_use.stage, entered_year
