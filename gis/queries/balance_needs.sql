-- What must be added to each school, by the run of least additions?
select
    school.id as school_id,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    told.indicator,
    told.amount,
    told.cost_yuan
from onemap.balance_need as told
join onemap.school on school.id = told.school_id
where told.run_id = :run_id
order by school.code, told.indicator
