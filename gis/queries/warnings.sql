-- Which warnings were raised under a plan, and how do they stand?
select
    warning.id,
    warning.stage,
    warning.school_code,
    school.id as school_id,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    warning.year::int as year,
    warning.level,
    warning.raised_at,
    warning.raised_by_run,
    last_event.kind as state,
    last_event.at as changed_at,
    acknowledged.who as acknowledged_by,
    measure.text as measure,
    expected.expected_year::int as expected_year
from onemap.warning
left join onemap.school
    on school.district_id = :district_id and school.code = warning.school_code
left join lateral (
    select warning_event.kind, warning_event.at
    from onemap.warning_event
    where warning_event.warning_id = warning.id
    order by warning_event.id desc
    limit 1
) as last_event on true
left join lateral (
    select warning_event.id
    from onemap.warning_event
    where warning_event.warning_id = warning.id and warning_event.kind = 'cleared'
    order by warning_event.id desc
    limit 1
) as last_clearing on true
left join lateral (
    select warning_event.who
    from onemap.warning_event
    where
        warning_event.warning_id = warning.id
        and warning_event.kind = 'acknowledged'
        and warning_event.id > coalesce(last_clearing.id, 0)
    order by warning_event.id desc
    limit 1
) as acknowledged on true
left join lateral (
    select warning_event.text
    from onemap.warning_event
    where
        warning_event.warning_id = warning.id
        and warning_event.kind = 'measure'
        and warning_event.id > coalesce(last_clearing.id, 0)
    order by warning_event.id desc
    limit 1
) as measure on true
left join lateral (
    select warning_event.expected_year
    from onemap.warning_event
    where
        warning_event.warning_id = warning.id
        and warning_event.expected_year is not null
        and warning_event.id > coalesce(last_clearing.id, 0)
    order by warning_event.id desc
    limit 1
) as expected on true
where
    warning.district_code = :district_code
    and warning.plan_code = :plan_code
    and (cast(:stage as text) is null or warning.stage = :stage)
    and (cast(:year as int) is null or warning.year = :year)
    and (cast(:school_code as text) is null or warning.school_code = :school_code)
order by warning.stage, warning.year, warning.school_code
