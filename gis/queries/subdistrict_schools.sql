-- Which schools stand in this subdistrict, with how many seats (:year) and pupils (:pupil_year),
-- and how does the catchment of each stand in this stage, year and plan?
select
    school.id as school_id,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    school.kind,
    school.public,
    (
        select sum(seat.seats)::int
        from onemap.seat
        where seat.school_id = school.id and seat.year = :year
    ) as seats,
    (
        select sum(enrolment.pupils)::int
        from onemap.enrolment
        where enrolment.school_id = school.id and enrolment.year = cast(:pupil_year as int)
    ) as pupils,
    catchment_count.shortfall_seats,
    catchment_count.ratio_pct,
    catchment_count.warning
from onemap.school
left join onemap.catchment_count
    on catchment_count.school_id = school.id
    and catchment_count.stage = :stage
    and catchment_count.year = :year
    and catchment_count.run_id = (
        select max(run.id)
        from onemap.run
        where
            run.district_id = :district_id
            and run.kind = 'count'
            and run.plan_id = :plan_id
    )
where
    school.district_id = :district_id
    and school.subdistrict_id = :subdistrict_id
    and (school.opened_on is null or school.opened_on <= :day)
    and (school.closed_on is null or school.closed_on > :day)
order by school.code
