-- How many pupils and classes has each school in :year, and how many pupils did last year's
-- grades below have (began) whom this year's grades set forth (continued)?
select
    school.id as school_id,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    enrolment.stage,
    sum(enrolment.pupils)::int as pupils,
    sum(enrolment.classes)::int as classes,
    sum(before.pupils)::int as began,
    (sum(enrolment.pupils) filter (where before.pupils is not null))::int as continued
from onemap.enrolment
join onemap.school on school.id = enrolment.school_id
left join onemap.enrolment as before
    on before.school_id = enrolment.school_id
    and before.stage = enrolment.stage
    and before.grade = enrolment.grade - 1
    and before.year = enrolment.year - 1
where school.district_id = :district_id and enrolment.year = cast(:year as int)
group by school.id, enrolment.stage
order by school.code, enrolment.stage
