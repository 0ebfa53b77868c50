-- Where is each school on :day, of what kind, and how many pupils has it?
-- Pupils are those of the newest year with enrolment; empty when none is known.
select
    school.id,
    school.name_zh,
    school.name_en,
    school.kind,
    school.public,
    school.geom,
    pupils.pupils
from onemap.school
left join (
    select enrolment.school_id, sum(enrolment.pupils) as pupils
    from onemap.enrolment
    where
        enrolment.year = (
            select max(newest.year)
            from onemap.enrolment as newest
            join onemap.school as pupils_school on pupils_school.id = newest.school_id
            where pupils_school.district_id = :district_id
        )
    group by enrolment.school_id
) as pupils on pupils.school_id = school.id
where
    school.district_id = :district_id
    and (school.closed_on is null or school.closed_on > :day)
order by pupils.pupils desc nulls last, school.code
