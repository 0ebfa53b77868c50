-- How far off would forecasts from earlier years have been, by the forecast run?
select
    told.stage,
    told.level,
    told.horizon,
    told.method,
    told.origins,
    told.cases,
    told.mape_pct,
    told.bias_pct,
    told.covered_80_pct,
    told.covered_95_pct
from onemap.forecast_backtest told
where told.run_id = :run_id and (cast(:stage as text) is null or told.stage = :stage)
order by told.stage, told.level, told.horizon, told.method
