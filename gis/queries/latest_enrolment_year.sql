-- Which is the newest school year with pupils?
select max(enrolment.year) as year
from onemap.enrolment
join onemap.school on school.id = enrolment.school_id
where school.district_id = :district_id
