-- What does the newest forecast of a plan say of each catchment and year?
select
    school.id as school_id,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    forecast_catchment.stage,
    forecast_catchment.year::int as year,
    forecast_catchment.children,
    forecast_catchment.counted_children,
    forecast_catchment.low_80,
    forecast_catchment.high_80,
    forecast_catchment.seats,
    forecast_catchment.project_seats,
    forecast_catchment.shortfall_seats,
    forecast_catchment.warning,
    forecast_catchment.yellow_chance,
    forecast_catchment.red_chance,
    forecast_catchment.basis,
    forecast_catchment.run_id
from onemap.forecast_catchment
join onemap.school on school.id = forecast_catchment.school_id
where
    forecast_catchment.run_id = (
        select max(run.id)
        from onemap.run
        where
            run.district_id = :district_id
            and run.kind = :kind
            and run.plan_id = :plan_id
    )
    and (cast(:stage as text) is null or forecast_catchment.stage = :stage)
    and forecast_catchment.year <= :last
order by forecast_catchment.stage, forecast_catchment.year, school.code
