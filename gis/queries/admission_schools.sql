-- Which public schools teach the stage, where, and with how many entry seats in the year?
select
    school.id as school_id,
    school.code,
    school.name_zh,
    school.name_en,
    seat.entry_seats as seats,
    school.geom
from onemap.school
join onemap.seat on seat.school_id = school.id and seat.stage = :stage and seat.year = :year
where
    school.district_id = :district_id
    and school.public
    and (school.closed_on is null or school.closed_on > :day)
order by school.id
