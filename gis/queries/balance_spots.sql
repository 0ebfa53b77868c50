-- Which schools lie among others like or unlike them, by an assessment?
select
    school.id as school_id,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    told.stage,
    told.indicator,
    told.moran,
    told.p,
    told.cluster
from onemap.balance_spot as told
join onemap.school on school.id = told.school_id
where told.run_id = :run_id
order by told.stage, told.indicator, school.code
