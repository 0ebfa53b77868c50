-- How many schools of each kind are open in each school year, with how many seats and pupils? In
-- the years in which seats are planned or pupils were counted.
with told as (
    select seat.school_id, seat.year, seat.seats, null::int as pupils
    from onemap.seat
    union all
    select enrolment.school_id, enrolment.year, null::int, enrolment.pupils
    from onemap.enrolment
),
by_school as (
    select told.school_id, told.year, sum(told.seats)::int as seats, sum(told.pupils)::int as pupils
    from told
    join onemap.school on school.id = told.school_id
    where school.district_id = :district_id
    group by told.school_id, told.year
),
years as (
    select distinct by_school.year from by_school
)
select
    years.year::int as year,
    school.kind,
    count(*)::int as schools,
    sum(by_school.seats)::int as seats,
    sum(by_school.pupils)::int as pupils
from years
join onemap.school
    on school.district_id = :district_id
    and (school.opened_on is null or school.opened_on <= make_date(years.year, 9, 1))
    and (school.closed_on is null or school.closed_on > make_date(years.year, 9, 1))
left join by_school on by_school.school_id = school.id and by_school.year = years.year
group by years.year, school.kind
order by years.year, school.kind
