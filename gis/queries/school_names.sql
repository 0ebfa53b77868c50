-- What are these schools called?
select
    school.id as school_id,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en
from onemap.school
where school.id = any(cast(:ids as bigint[]))
