-- How many pupils and classes has each grade of a school, or of each of a district, by year?
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
    and (cast(:school_id as bigint) is null or school.id = :school_id)
order by school.code, enrolment.stage, enrolment.grade, enrolment.year
