-- How many children of a stage does a forecast run expect in each planning unit, by year?
select
    forecast_unit.planning_unit_id,
    forecast_unit.year::int as year,
    forecast_unit.children,
    forecast_unit.registered_children
from onemap.forecast_unit
where
    forecast_unit.run_id = cast(:run_id as bigint)
    and forecast_unit.stage = :stage
    and forecast_unit.year between :first and :last
    and forecast_unit.planning_unit_id is not null
