-- Posts needed and filled at each school by subject, as city GIS takes them. Of the year of the
-- register alone: in years ahead they would tell who retires.
select
    school.geom,
    school.code || '/' || told.stage || '/' || told.subject as code,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    told.stage,
    told.subject,
    told.year,
    told.demand_posts,
    told.supply_posts,
    told.missing_posts,
    told.spare_posts,
    told.cover_pct,
    told.level,
    school.opened_on as valid_from,
    school.closed_on as valid_to,
    cast(run.finished_at at time zone 'UTC' as date) as changed_on
from onemap.teacher_post as told
join onemap.run on run.id = told.run_id
join onemap.school on school.id = told.school_id
where
    told.run_id = :run_id
    and (cast(:stage as text) is null or told.stage = :stage)
order by told.stage, school.code, told.subject
