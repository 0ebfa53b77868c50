-- How many seats has each school, by stage and year?
select seat.school_id, seat.stage, seat.year, seat.entry_seats, seat.seats
from onemap.seat
join onemap.school on school.id = seat.school_id
where school.district_id = :district_id
