-- How many pupils has each grade of the district, by year?
select
    enrolment.stage,
    enrolment.grade,
    enrolment.year,
    sum(enrolment.pupils)::int as pupils,
    sum(enrolment.classes)::int as classes
from onemap.enrolment
join onemap.school on school.id = enrolment.school_id
where school.district_id = :district_id
group by enrolment.stage, enrolment.grade, enrolment.year
order by enrolment.stage, enrolment.grade, enrolment.year
