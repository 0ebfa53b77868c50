-- How many teachers of each sort has each school, by the newest run? Small cells.
select
    told.school_id,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    school.urban,
    school.subdistrict_id,
    subdistrict.code as subdistrict_code,
    subdistrict.name_zh as subdistrict_name_zh,
    subdistrict.name_en as subdistrict_name_en,
    told.stage,
    told.sort,
    told.code,
    told.teachers
from onemap.teacher_count as told
join onemap.school on school.id = told.school_id
left join onemap.subdistrict on subdistrict.id = school.subdistrict_id
where
    told.run_id = :run_id
    and (cast(:stage as text) is null or told.stage = :stage)
order by school.code, told.stage, told.sort, told.code
