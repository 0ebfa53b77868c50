-- How many schools, seats (:year) and pupils (:pupil_year) are there of each kind, by
-- subdistrict, public or private, urban or rural? Schools that are open on :day.
with seated as (
    select seat.school_id, sum(seat.seats)::int as seats
    from onemap.seat
    where seat.year = :year
    group by seat.school_id
),
enrolled as (
    select enrolment.school_id, sum(enrolment.pupils)::int as pupils
    from onemap.enrolment
    where enrolment.year = cast(:pupil_year as int)
    group by enrolment.school_id
)
select
    school.subdistrict_id,
    subdistrict.code as subdistrict_code,
    subdistrict.name_zh as subdistrict_name_zh,
    subdistrict.name_en as subdistrict_name_en,
    school.kind,
    school.public,
    school.urban,
    count(*)::int as schools,
    coalesce(sum(seated.seats), 0)::int as seats,
    coalesce(sum(enrolled.pupils), 0)::int as pupils
from onemap.school
left join onemap.subdistrict on subdistrict.id = school.subdistrict_id
left join seated on seated.school_id = school.id
left join enrolled on enrolled.school_id = school.id
where
    school.district_id = :district_id
    and (school.opened_on is null or school.opened_on <= :day)
    and (school.closed_on is null or school.closed_on > :day)
group by school.subdistrict_id, subdistrict.id, school.kind, school.public, school.urban
order by subdistrict.code, school.kind, school.public desc, school.urban desc
