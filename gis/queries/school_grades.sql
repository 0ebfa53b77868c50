-- How many pupils and classes has each grade of this school, by year?
select enrolment.stage, enrolment.grade, enrolment.year, enrolment.pupils, enrolment.classes
from onemap.enrolment
where enrolment.school_id = :school_id
order by enrolment.stage, enrolment.grade, enrolment.year
