-- How many teachers of each sort stand before how many pupils, by year, urban and rural?
-- Schools that report teachers and teach one of :stages.
select
    resource_fact.year,
    school.urban,
    sum(enrolled.pupils)::int as pupils,
    sum(resource_fact.qualified_teachers) as qualified_teachers,
    sum(resource_fact.backbone_teachers) as backbone_teachers,
    sum(resource_fact.pe_arts_teachers) as pe_arts_teachers
from onemap.resource_fact
join onemap.school on school.id = resource_fact.school_id
join (
    select enrolment.school_id, enrolment.year, sum(enrolment.pupils) as pupils
    from onemap.enrolment
    group by enrolment.school_id, enrolment.year
    having bool_or(enrolment.stage = any(:stages))
) as enrolled
    on enrolled.school_id = resource_fact.school_id and enrolled.year = resource_fact.year
where school.district_id = :district_id
group by resource_fact.year, school.urban
order by resource_fact.year, school.urban
