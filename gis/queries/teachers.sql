-- Who teaches, or taught, at the district's schools? Personal rows.
select
    teacher.id,
    teacher.code,
    teacher.school_id,
    school.code as school_code,
    school.public,
    teacher.sex,
    teacher.born_on,
    teacher.stage,
    teacher.subject,
    teacher.second_subject,
    teacher.second_pct,
    teacher.post_pct,
    teacher.degree,
    teacher.title,
    teacher.backbone,
    teacher.entered_on,
    teacher.at_school_since,
    teacher.left_on
from registry.teacher
join onemap.school on school.id = teacher.school_id
where teacher.district_id = :district_id
order by teacher.id
