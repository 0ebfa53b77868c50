-- How many pupils and classes has each grade of the stages asked for, in the newest school year?
select
    enrolment.school_id,
    enrolment.stage,
    enrolment.grade,
    enrolment.year,
    enrolment.pupils,
    enrolment.classes
from onemap.enrolment
join onemap.school on school.id = enrolment.school_id
where
    school.district_id = :district_id
    and enrolment.stage = any(:stages)
    and enrolment.year = (
        select max(newest.year)
        from onemap.enrolment as newest
        join onemap.school as taught on taught.id = newest.school_id
        where
            taught.district_id = :district_id
            and newest.stage = any(:stages)
            and newest.year <= :last_year
    )
order by enrolment.school_id, enrolment.stage, enrolment.grade
