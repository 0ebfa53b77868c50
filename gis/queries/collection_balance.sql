-- How does each school stand in each resource indicator, in the newest assessment?
select
    school.geom,
    school.code || '/' || result.stage || '/' || result.indicator as code,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    school.urban,
    result.stage,
    result.indicator,
    result.year,
    result.pupils,
    result.value,
    result.standard,
    result.state
from onemap.indicator_result as result
join onemap.school on school.id = result.school_id
where
    result.run_id = (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind = 'balance'
    )
