-- Catchments of a plan with their newest count, as city GIS takes them.
select
    catchment.geom,
    school.code || '/' || catchment.stage as code,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    catchment.stage,
    catchment.source,
    catchment.area_m2,
    counted.year,
    counted.children,
    counted.counted_children,
    counted.seats,
    counted.shortfall_seats,
    counted.surplus_seats,
    counted.ratio_pct,
    counted.warning,
    catchment.valid_from,
    catchment.valid_to,
    cast(
        greatest(drawn.finished_at, counting.finished_at) at time zone 'UTC' as date
    ) as changed_on
from onemap.catchment
join onemap.school on school.id = catchment.school_id
left join onemap.catchment_count counted
    on counted.school_id = catchment.school_id
    and counted.stage = catchment.stage
    and counted.year = :year
    and counted.run_id = :run_id
left join onemap.run as drawn on drawn.id = catchment.run_id
left join onemap.run as counting on counting.id = :run_id
where
    catchment.plan_id = :plan_id
    and (cast(:stage as text) is null or catchment.stage = :stage)
order by catchment.stage, school.code
