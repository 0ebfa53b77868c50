-- Where are the catchments of a plan and stage, and how do children and seats stand in a year?
-- Counts are those of the plan's newest count; none where it was not counted.
select
    school.id,
    school.name_zh,
    school.name_en,
    catchment.geom,
    st_x(school.geom) as gate_longitude,
    st_y(school.geom) as gate_latitude,
    counted.counted_children,
    counted.seats,
    counted.shortfall_seats,
    counted.surplus_seats,
    counted.ratio_pct,
    coalesce(counted.warning, 'unknown') as warning
from onemap.catchment
join onemap.school on school.id = catchment.school_id
left join onemap.catchment_count as counted
    on counted.school_id = catchment.school_id
    and counted.stage = catchment.stage
    and counted.year = :year
    and counted.run_id = (
        select max(run.id)
        from onemap.run
        where
            run.district_id = :district_id
            and run.kind = 'count'
            and run.plan_id = :plan_id
    )
where catchment.plan_id = :plan_id and catchment.stage = :stage
order by school.code
