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
        stage, subject, year, demand_posts, supply_posts, 0.0 as retired_posts,
        missing_posts, spare_posts
    from onemap.teacher_post
    where run_id = :run_id
    union all
    select
        stage, subject, year, demand_posts, supply_posts, retired_posts,
        missing_posts, spare_posts
    from onemap.teacher_post_ahead
    where run_id = :run_id
) as told
where
    (cast(:stage as text) is null or told.stage = :stage)
group by told.stage, told.subject, told.year
order by told.stage, told.subject, told.year
