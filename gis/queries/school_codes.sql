-- What are the codes of these schools?
select school.id as school_id, school.code
from onemap.school
where school.id = any(cast(:ids as bigint[]))
