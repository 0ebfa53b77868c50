-- Who learns in the classes of a school, by pseudonym?
select
    pupil.id as pupil_id,
    pupil.code as pupil_code,
    pupil.stage,
    pupil.grade,
    pupil.class_number
from registry.pupil
join onemap.school on school.id = pupil.school_id
where
    pupil.district_id = :district_id
    and school.code = :school_code
    and (cast(:class_number as int) is null or pupil.class_number = :class_number)
    and exists (select from registry.growth_record where growth_record.pupil_id = pupil.id)
order by pupil.stage, pupil.grade, pupil.class_number, pupil.code
