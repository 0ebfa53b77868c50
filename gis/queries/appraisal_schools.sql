-- What is each school called, and of what kind, size, place and intake is it? Pupils in the newest year; the share of
-- migrant children in its catchments, of the newest count of a plan in a year.
select
    school.id as school_id,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    school.kind,
    school.urban,
    enrolled.pupils,
    intake.migrant_pct
from onemap.school
left join (
    select enrolment.school_id, sum(enrolment.pupils)::int as pupils
    from onemap.enrolment
    where enrolment.year = cast(:pupil_year as int)
    group by enrolment.school_id
) as enrolled on enrolled.school_id = school.id
left join (
    select
        catchment_count.school_id,
        100.0 * sum(catchment_count.children - catchment_count.registered_children)
        / nullif(sum(catchment_count.children), 0) as migrant_pct
    from onemap.catchment_count
    where
        catchment_count.run_id = cast(:count_run_id as bigint)
        and catchment_count.year = :year
    group by catchment_count.school_id
) as intake on intake.school_id = school.id
where school.district_id = :district_id
order by school.id
