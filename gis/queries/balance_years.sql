-- How do the resources of a stage stand year by year, by an outlook?
select
    told.stage,
    told.indicator,
    told.year::int as year,
    told.is_forecast,
    told.schools,
    told.met,
    told.near,
    told.failed,
    told.missing,
    told.mean,
    told.variation,
    told.limit
from onemap.balance_year as told
where told.run_id = :run_id
order by told.stage, told.indicator, told.year
