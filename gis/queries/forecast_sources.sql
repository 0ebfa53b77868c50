-- What are the expected children of the district made of, by the forecast run?
select told.stage, told.year, told.source, told.children
from onemap.forecast_source told
where told.run_id = :run_id and (cast(:stage as text) is null or told.stage = :stage)
order by told.stage, told.year, told.source
