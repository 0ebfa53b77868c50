-- Pupils of the entry grade in the newest year of enrolment, and children of its age window.
with asked as (
    select
        unnest(cast(:stages as text[])) as stage,
        unnest(cast(:years as int[])) as year,
        unnest(cast(:firsts as date[])) as born_from,
        unnest(cast(:lasts as date[])) as born_until
)

select
    asked.stage,
    (
        select coalesce(sum(enrolment.pupils), 0)
        from onemap.enrolment
        join onemap.school on school.id = enrolment.school_id
        where school.district_id = :district_id
        and enrolment.stage = asked.stage
        and enrolment.year = asked.year
        and enrolment.grade = 1
    )::bigint as pupils,
    (
        select count(*)
        from registry.child
        where child.district_id = :district_id
        and child.born_on between asked.born_from and asked.born_until
    ) as children
from asked
order by asked.stage
