-- How many teachers stand before how many pupils at each school and stage, by the newest run?
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
    told.teachers,
    told.qualified_teachers,
    told.senior_teachers,
    told.backbone_teachers,
    coalesce(enrolled.pupils, 0)::int as pupils,
    coalesce(enrolled.classes, 0)::int as classes
from (
    select
        teacher_count.school_id,
        teacher_count.stage,
        sum(teacher_count.teachers) filter (where teacher_count.sort = 'all')::int as teachers,
        coalesce(
            sum(teacher_count.teachers) filter (where teacher_count.sort = 'is_qualified'), 0
        )::int as qualified_teachers,
        coalesce(
            sum(teacher_count.teachers) filter (where teacher_count.sort = 'is_senior'), 0
        )::int as senior_teachers,
        coalesce(
            sum(teacher_count.teachers) filter (where teacher_count.sort = 'is_backbone'), 0
        )::int as backbone_teachers
    from onemap.teacher_count
    where
        teacher_count.run_id = :run_id
        and (cast(:stage as text) is null or teacher_count.stage = :stage)
    group by teacher_count.school_id, teacher_count.stage
) as told
join onemap.school on school.id = told.school_id
left join onemap.subdistrict on subdistrict.id = school.subdistrict_id
left join (
    select
        enrolment.school_id,
        enrolment.stage,
        sum(enrolment.pupils) as pupils,
        sum(enrolment.classes) as classes
    from onemap.enrolment
    join onemap.school on school.id = enrolment.school_id
    where school.district_id = :district_id and enrolment.year = :year
    group by enrolment.school_id, enrolment.stage
) as enrolled
    on enrolled.school_id = told.school_id and enrolled.stage = told.stage
order by school.code, told.stage
