-- How many pupils and classes does each grade of each school have in the newest year?
select
    enrolment.school_id,
    school.kind,
    enrolment.stage,
    enrolment.grade::int as grade,
    enrolment.year::int as year,
    enrolment.pupils,
    enrolment.classes::int as classes
from onemap.enrolment
join onemap.school on school.id = enrolment.school_id
where
    school.district_id = :district_id
    and enrolment.year = (
        select max(newest.year)
        from onemap.enrolment as newest
        join onemap.school as taught on taught.id = newest.school_id
        where taught.district_id = :district_id
    )
order by enrolment.school_id, enrolment.stage, enrolment.grade
