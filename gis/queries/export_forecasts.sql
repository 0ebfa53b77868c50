-- Expected children and seats of each catchment of a plan by a forecast run, as city GIS takes them.
select
    catchment.geom,
    school.code || '/' || told.stage || '/' || told.year as code,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    told.stage,
    told.year,
    told.children,
    told.counted_children,
    told.low_80,
    told.high_80,
    told.low_95,
    told.high_95,
    told.seats,
    told.project_seats,
    told.shortfall_seats,
    told.warning,
    told.yellow_chance,
    told.red_chance,
    told.basis,
    cast(null as date) as valid_from,
    cast(null as date) as valid_to,
    cast(run.finished_at at time zone 'UTC' as date) as changed_on
from onemap.forecast_catchment as told
join onemap.run on run.id = told.run_id
join onemap.school on school.id = told.school_id
join onemap.catchment
    on catchment.plan_id = :plan_id
    and catchment.stage = told.stage
    and catchment.school_id = told.school_id
where
    told.run_id = :run_id
    and (cast(:stage as text) is null or told.stage = :stage)
    and (cast(:asked_year as int) is null or told.year = :asked_year)
order by told.stage, told.year, school.code
