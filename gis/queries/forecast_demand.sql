-- How many children of a stage does the newest forecast expect in each planning unit, by year?
select
    forecast_unit.planning_unit_id,
    forecast_unit.year::int as year,
    forecast_unit.children,
    forecast_unit.registered_children
from onemap.forecast_unit
where
    forecast_unit.stage = :stage
    and forecast_unit.year between :first and :last
    and forecast_unit.planning_unit_id is not null
    and forecast_unit.run_id = (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind = :kind
    )
