-- How many seats has this school in each stage, by year?
select seat.stage, seat.year, seat.entry_seats, seat.seats, seat.classes
from onemap.seat
where seat.school_id = :school_id
order by seat.stage, seat.year
