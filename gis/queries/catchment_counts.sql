-- How do children and seats stand in each catchment of a plan, in its newest count?
-- Rows without a school are the children outside every catchment.
select
    school.id as school_id,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    catchment_count.outside_reason,
    catchment_count.stage,
    catchment_count.year,
    catchment_count.children,
    catchment_count.registered_children,
    catchment_count.counted_children,
    catchment_count.seats,
    catchment_count.shortfall_seats,
    catchment_count.surplus_seats,
    catchment_count.ratio_pct,
    catchment_count.warning,
    catchment_count.complete,
    catchment_count.run_id
from onemap.catchment_count
left join onemap.school on school.id = catchment_count.school_id
where
    catchment_count.run_id = (
        select max(run.id)
        from onemap.run
        where
            run.district_id = :district_id
            and run.kind = 'count'
            and run.plan_id = :plan_id
    )
    and (cast(:stage as text) is null or catchment_count.stage = :stage)
    and (cast(:year as int) is null or catchment_count.year = :year)
order by catchment_count.stage, catchment_count.year, school.code, catchment_count.outside_reason
