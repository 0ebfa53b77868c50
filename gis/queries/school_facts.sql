-- What is this school?
select
    school.code,
    school.name_zh,
    school.name_en,
    school.kind,
    school.public,
    school.urban,
    school.address,
    school.site_area_m2,
    school.opened_on,
    school.closed_on,
    school.subdistrict_id,
    subdistrict.name_zh as subdistrict_name_zh,
    subdistrict.name_en as subdistrict_name_en
from onemap.school
left join onemap.subdistrict on subdistrict.id = school.subdistrict_id
where school.district_id = :district_id and school.id = :school_id
