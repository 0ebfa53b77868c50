-- How many posts does each school need and fill in each subject, by the newest run, in a year?
-- All subjects or one, all stages or one; without :year the first year, that of the register.
select
    told.run_id,
    told.school_id,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    school.urban,
    school.public,
    school.subdistrict_id,
    subdistrict.code as subdistrict_code,
    subdistrict.name_zh as subdistrict_name_zh,
    subdistrict.name_en as subdistrict_name_en,
    told.stage,
    told.subject,
    told.year,
    told.demand_posts,
    told.supply_posts,
    told.missing_posts,
    told.spare_posts,
    told.retired_posts,
    told.cover_pct,
    told.level
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
        and (cast(:year as int) is null or today.year = :year)
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
    where ahead.run_id = :run_id and ahead.year = cast(:year as int)
) as told
join onemap.school on school.id = told.school_id
left join onemap.subdistrict on subdistrict.id = school.subdistrict_id
where
    (cast(:stage as text) is null or told.stage = :stage)
    and (cast(:subject as text) is null or told.subject = :subject)
order by told.stage, told.subject, school.code
