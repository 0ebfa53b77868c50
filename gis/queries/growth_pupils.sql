-- Which pupils of the district have records of growth, and in which class do they learn?
select
    pupil.id as pupil_id,
    pupil.stage,
    pupil.school_id,
    pupil.grade,
    pupil.class_number
from registry.pupil
where
    pupil.district_id = :district_id
    and exists (select from registry.growth_record where growth_record.pupil_id = pupil.id)
order by pupil.id
