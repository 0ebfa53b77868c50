-- How does each school stand in each resource indicator, in the newest assessment?
-- All schools, or one with :school_id.
select
    indicator_result.school_id,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    school.urban,
    school.subdistrict_id,
    subdistrict.code as subdistrict_code,
    subdistrict.name_zh as subdistrict_name_zh,
    subdistrict.name_en as subdistrict_name_en,
    indicator_result.stage,
    indicator_result.indicator,
    indicator_result.year,
    indicator_result.pupils,
    indicator_result.value,
    indicator_result.standard,
    indicator_result.state,
    indicator_result.run_id
from onemap.indicator_result
join onemap.school on school.id = indicator_result.school_id
left join onemap.subdistrict on subdistrict.id = school.subdistrict_id
where
    indicator_result.run_id = (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind = 'balance'
    )
    and (cast(:school_id as bigint) is null or indicator_result.school_id = :school_id)
order by school.code, indicator_result.stage, indicator_result.indicator
