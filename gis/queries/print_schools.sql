-- Which schools are open on :day, where do they stand and in whose subdistrict?
select
    school.id as school_id,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    school.kind,
    school.public,
    school.address,
    school.subdistrict_id,
    subdistrict.name_zh as subdistrict_name_zh,
    subdistrict.name_en as subdistrict_name_en,
    school.geom
from onemap.school
left join onemap.subdistrict on subdistrict.id = school.subdistrict_id
where
    school.district_id = :district_id
    and (school.closed_on is null or school.closed_on > :day)
order by school.code
