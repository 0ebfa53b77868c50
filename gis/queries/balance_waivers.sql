-- Which indicators stay below the standard, at 85 % or more, in the run of least additions?
select
    school.id as school_id,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    told.stage,
    told.indicator
from onemap.balance_waiver as told
join onemap.school on school.id = told.school_id
where told.run_id = :run_id
order by school.code, told.stage, told.indicator
