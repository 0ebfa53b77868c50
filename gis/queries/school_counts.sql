-- How do children and seats of this school's catchments stand, in a plan's newest count?
select
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
where
    catchment_count.school_id = :school_id
    and catchment_count.run_id = (
        select max(run.id)
        from onemap.run
        where
            run.district_id = :district_id
            and run.kind = 'count'
            and run.plan_id = :plan_id
    )
order by catchment_count.stage, catchment_count.year
