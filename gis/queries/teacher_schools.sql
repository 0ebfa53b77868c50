-- Where are the schools of these ids?
select
    school.id as school_id,
    school.geom
from onemap.school
where school.id = any(:ids)
order by school.id
