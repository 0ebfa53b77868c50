-- Warnings of a plan with the catchments they speak of, as city GIS takes them; no names of
-- officers, nor what they wrote. A cleared warning is told with the day on which it was cleared.
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
    counted.counted_children,
    counted.seats,
    counted.shortfall_seats,
    counted.ratio_pct,
    expected.expected_year,
    warning.raised_by_run,
    cast(warning.raised_at at time zone 'UTC' as date) as valid_from,
    case
        when last_event.kind = 'cleared' then cast(last_event.at at time zone 'UTC' as date)
    end as valid_to,
    cast(last_event.at at time zone 'UTC' as date) as changed_on
from onemap.warning
join onemap.school
    on school.district_id = :district_id and school.code = warning.school_code
join onemap.catchment
    on catchment.plan_id = :plan_id
    and catchment.stage = warning.stage
    and catchment.school_id = school.id
join onemap.district on district.id = :district_id and district.code = warning.district_code
join onemap.plan on plan.id = :plan_id and plan.code = warning.plan_code
left join lateral (
    select event.kind, event.at
    from onemap.warning_event as event
    where event.warning_id = warning.id
    order by event.id desc
    limit 1
) as last_event on true
left join onemap.catchment_count as counted
    on counted.school_id = school.id
    and counted.stage = warning.stage
    and counted.year = warning.year
    and counted.run_id = :run_id
left join lateral (
    select event.expected_year
    from onemap.warning_event as event
    where event.warning_id = warning.id and event.expected_year is not null
    order by event.id desc
    limit 1
) as expected on true
where
    (cast(:stage as text) is null or warning.stage = :stage)
    and (cast(:asked_year as int) is null or warning.year = :asked_year)
order by warning.stage, warning.year, warning.school_code
