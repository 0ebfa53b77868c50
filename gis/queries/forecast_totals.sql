-- How many children enter and how many pupils attend in the district, by the forecast run?
select
    told.stage,
    told.measure,
    told.grade,
    told.year,
    told.expected,
    told.low_80,
    told.high_80,
    told.low_95,
    told.high_95
from onemap.forecast_total told
where told.run_id = :run_id and (cast(:stage as text) is null or told.stage = :stage)
order by told.stage, told.measure, told.grade, told.year
