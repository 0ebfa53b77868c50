-- Which warnings were raised under a plan, over which catchment, and how do they stand?
-- Without the names of officers and what they wrote.
select
    catchment.geom,
    warning.school_code || '/' || warning.stage || '/' || warning.year as code,
    warning.school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    warning.stage,
    warning.year,
    warning.level,
    last_event.kind as state,
    cast(warning.raised_at as date) as raised_on,
    case when warning.level = 'none' then cast(last_event.at as date) end as cleared_on,
    counted.counted_children,
    counted.seats,
    counted.shortfall_seats,
    counted.ratio_pct
from onemap.warning
left join onemap.school
    on school.district_id = :district_id and school.code = warning.school_code
left join onemap.catchment
    on catchment.plan_id = :plan_id
    and catchment.stage = warning.stage
    and catchment.school_id = school.id
left join onemap.catchment_count counted
    on counted.school_id = school.id
    and counted.stage = warning.stage
    and counted.year = warning.year
    and counted.run_id = :run_id
left join lateral (
    select warning_event.kind, warning_event.at
    from onemap.warning_event
    where warning_event.warning_id = warning.id
    order by warning_event.id desc
    limit 1
) as last_event on true
where warning.district_code = :district_code and warning.plan_code = :plan_code
