-- What resources has each school in a year, and how many pupils in each stage?
-- Of one year, or of all years that anybody reports. A school with pupils that reports no
-- resources is listed without them.
select
    school.id as school_id,
    school.kind,
    enrolled.year::int as year,
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
join (
    select
        enrolment.school_id, enrolment.year, enrolment.stage, sum(enrolment.pupils)::int as pupils
    from onemap.enrolment
    where cast(:year as int) is null or enrolment.year = :year
    group by enrolment.school_id, enrolment.year, enrolment.stage
) as enrolled on enrolled.school_id = school.id
join (
    select distinct told.year
    from onemap.resource_fact as told
    join onemap.school as teller on teller.id = told.school_id
    where teller.district_id = :district_id
) as reported on reported.year = enrolled.year
left join onemap.resource_fact
    on resource_fact.school_id = school.id and resource_fact.year = enrolled.year
where school.district_id = :district_id
order by enrolled.year, school.code, enrolled.stage
