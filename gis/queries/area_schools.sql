-- Which schools stand inside an area and are open on :day, with their seats of :year, or of the
-- last year before it, and pupils? Gates on the edge are moved by a hair as buildings are.
select
    school.id as school_id,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    school.kind,
    school.public,
    (
        select sum(seat.seats)::int
        from onemap.seat
        where
            seat.school_id = school.id
            and seat.year = (
                select max(last.year)
                from onemap.seat as last
                where last.school_id = school.id and last.year <= :year
            )
    ) as seats,
    (
        select sum(enrolment.pupils)::int
        from onemap.enrolment
        where enrolment.school_id = school.id and enrolment.year = cast(:pupil_year as int)
    ) as pupils
from onemap.school
where
    school.district_id = :district_id
    and (school.opened_on is null or school.opened_on <= :day)
    and (school.closed_on is null or school.closed_on > :day)
    and st_covers(
        cast(:area as geometry), st_translate(school.geom, :nudge_x, :nudge_y)
    )
order by school.code
