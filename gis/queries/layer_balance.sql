-- Which indicators of quality balance does each school of a stage not meet, by the newest run?
select
    school.id,
    school.name_zh,
    school.name_en,
    school.geom,
    indicator_result.indicator,
    indicator_result.year,
    indicator_result.value,
    indicator_result.standard,
    indicator_result.state
from onemap.indicator_result
join onemap.school on school.id = indicator_result.school_id
where
    indicator_result.run_id = (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind = 'balance'
    )
    and indicator_result.stage = :stage
order by school.code, indicator_result.indicator
