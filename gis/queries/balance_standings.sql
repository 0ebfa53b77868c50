-- How many schools pass year by year, by an outlook?
select
    told.stage,
    told.year::int as year,
    told.is_forecast,
    told.schools,
    told.passed,
    told.not_passed,
    told.unknown
from onemap.balance_standing as told
where told.run_id = :run_id
order by told.stage, told.year
