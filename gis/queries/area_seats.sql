-- How many seats do these schools have in a stage, by year?
select seat.school_id, seat.year::int as year, seat.entry_seats, seat.seats
from onemap.seat
where seat.stage = :stage and seat.school_id = any(cast(:schools as bigint[]))
