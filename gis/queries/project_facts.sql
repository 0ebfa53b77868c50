-- What is this project: where, who builds it, for how much?
select
    project.code,
    project.name_zh,
    project.name_en,
    project.kind,
    project.contractor,
    project.investment_yuan,
    project.site_area_m2,
    subdistrict.name_zh as subdistrict_name_zh,
    subdistrict.name_en as subdistrict_name_en,
    school.id as school_id,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en
from onemap.project
left join onemap.subdistrict on subdistrict.id = project.subdistrict_id
left join onemap.school on school.id = project.school_id
where project.district_id = :district_id and project.id = :project_id
