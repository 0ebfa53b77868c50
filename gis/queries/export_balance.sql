-- Resource indicators of each school and stage by a balance run, as city GIS takes them.
select
    school.geom,
    school.code || '/' || told.stage || '/' || told.indicator as code,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    told.stage,
    told.indicator,
    told.year,
    told.pupils,
    told.value,
    told.standard,
    told.state,
    school.opened_on as valid_from,
    school.closed_on as valid_to,
    cast(run.finished_at at time zone 'UTC' as date) as changed_on
from onemap.indicator_result as told
join onemap.run on run.id = told.run_id
join onemap.school on school.id = told.school_id
where
    told.run_id = :run_id
    and (cast(:stage as text) is null or told.stage = :stage)
order by told.stage, school.code, told.indicator
