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
from onemap.teacher_post as told
join onemap.school on school.id = told.school_id
left join onemap.subdistrict on subdistrict.id = school.subdistrict_id
where
    told.run_id = :run_id
    and (cast(:stage as text) is null or told.stage = :stage)
    and (cast(:subject as text) is null or told.subject = :subject)
    and told.year = coalesce(
        cast(:year as int),
        (select min(first.year) from onemap.teacher_post as first where first.run_id = :run_id)
    )
order by told.stage, told.subject, school.code
