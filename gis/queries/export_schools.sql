-- Schools with the seats of a year and their newest enrolment, as city GIS takes them.
select
    school.geom,
    school.code,
    school.name_zh,
    school.name_en,
    school.kind,
    school.public,
    school.urban,
    subdistrict.name_zh as subdistrict_name_zh,
    school.address,
    school.site_area_m2,
    seats.seats,
    enrolled.year as enrolment_year,
    enrolled.pupils,
    school.opened_on as valid_from,
    school.closed_on as valid_to,
    cast(dataset.loaded_at at time zone 'UTC' as date) as changed_on
from onemap.school
left join onemap.subdistrict on subdistrict.id = school.subdistrict_id
left join onemap.dataset
    on dataset.district_id = school.district_id and dataset.name = 'school'
left join (
    select seat.school_id, sum(seat.seats) as seats
    from onemap.seat
    where seat.year = :year and (cast(:stage as text) is null or seat.stage = :stage)
    group by seat.school_id
) as seats on seats.school_id = school.id
left join lateral (
    select enrolment.year, sum(enrolment.pupils) as pupils
    from onemap.enrolment
    where enrolment.school_id = school.id
    group by enrolment.year
    order by enrolment.year desc
    limit 1
) as enrolled on true
where
    school.district_id = :district_id
    and (cast(:stage as text) is null or school.kind = any(:kinds))
order by school.code
