-- Which limits of resources were crossed, or will be and when, by an outlook?
select
    told.stage,
    school.id as school_id,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    told.indicator,
    told.year::int as year,
    told.level,
    told.value,
    told.limit
from onemap.balance_warning as told
left join onemap.school on school.id = told.school_id
where told.run_id = :run_id
order by told.year, told.stage, told.school_id is not null, school.code, told.indicator nulls first
