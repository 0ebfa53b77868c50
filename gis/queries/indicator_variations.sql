-- How far do schools differ in each resource indicator, in the newest assessment?
select
    indicator_variation.stage,
    indicator_variation.indicator,
    indicator_variation.year,
    indicator_variation.schools,
    indicator_variation.variation,
    indicator_variation.limit,
    indicator_variation.met,
    indicator_variation.run_id
from onemap.indicator_variation
where
    indicator_variation.run_id = (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind = 'balance'
    )
order by indicator_variation.stage, indicator_variation.indicator
