-- Where are the catchments of a plan and stage, and how likely is each to turn red in a year?
select
    school.id,
    school.name_zh,
    school.name_en,
    catchment.geom,
    told.counted_children,
    told.low_80,
    told.high_80,
    told.seats,
    told.project_seats,
    told.red_chance
from onemap.catchment
join onemap.school on school.id = catchment.school_id
left join onemap.forecast_catchment told
    on told.school_id = catchment.school_id
    and told.stage = catchment.stage
    and told.year = cast(:year as int)
    and told.run_id = (
        select run.id
        from onemap.run
        where run.id = cast(:run_id as bigint) and run.district_id = :district_id
    )
where catchment.plan_id = :plan_id and catchment.stage = :stage
order by school.code
