-- What are the schools of a district called?
select school.id as school_id, school.code, school.name_zh, school.name_en
from onemap.school
where school.district_id = :district_id
order by school.code
