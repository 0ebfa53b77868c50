-- How many pupils and classes has each school in each stage and year?
select
    school.id as school_id,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    school.kind,
    enrolment.stage,
    enrolment.year,
    sum(enrolment.pupils)::int as pupils,
    sum(enrolment.classes)::int as classes
from onemap.enrolment
join onemap.school on school.id = enrolment.school_id
where school.district_id = :district_id
group by school.id, enrolment.stage, enrolment.year
order by school.code, enrolment.stage, enrolment.year
