-- What resources has each school in a year, and how many pupils in each stage?
-- A school with pupils that reports no resources is listed without them.
select
    school.id as school_id,
    school.kind,
    enrolled.stage,
    enrolled.pupils,
    resource_fact.qualified_teachers,
    resource_fact.backbone_teachers,
    resource_fact.pe_arts_teachers,
    resource_fact.teaching_area_m2,
    resource_fact.sports_area_m2,
    resource_fact.equipment_yuan,
    resource_fact.multimedia_classrooms
from onemap.school
left join onemap.resource_fact
    on resource_fact.school_id = school.id and resource_fact.year = :year
join (
    select enrolment.school_id, enrolment.stage, sum(enrolment.pupils) as pupils
    from onemap.enrolment
    where enrolment.year = :year
    group by enrolment.school_id, enrolment.stage
) as enrolled on enrolled.school_id = school.id
where school.district_id = :district_id
