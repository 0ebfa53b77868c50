-- How many posts will the district need, and how many are still filled, in each subject and year?
select
    told.stage,
    told.subject,
    told.year,
    sum(told.demand_posts) as demand_posts,
    sum(told.supply_posts) as supply_posts,
    sum(told.retired_posts) as retired_posts,
    sum(told.missing_posts)::int as missing_posts,
    sum(told.spare_posts)::int as spare_posts,
    count(*) filter (where told.missing_posts > 0)::int as short_schools
from (
    select
        today.run_id,
        today.school_id,
        today.stage,
        today.subject,
        today.year,
        today.demand_posts,
        today.supply_posts,
        today.missing_posts,
        today.spare_posts,
        0.0 as retired_posts,
        today.cover_pct,
        today.level
    from onemap.teacher_post as today
    where today.run_id = :run_id
    union all
    select
        ahead.run_id,
        ahead.school_id,
        ahead.stage,
        ahead.subject,
        ahead.year,
        ahead.demand_posts,
        ahead.supply_posts,
        ahead.missing_posts,
        ahead.spare_posts,
        ahead.retired_posts,
        ahead.cover_pct,
        ahead.level
    from onemap.teacher_post_ahead as ahead
    where ahead.run_id = :run_id
) as told
where
    (cast(:stage as text) is null or told.stage = :stage)
group by told.stage, told.subject, told.year
order by told.stage, told.subject, told.year
