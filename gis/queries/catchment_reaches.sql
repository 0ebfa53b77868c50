-- How far do the children of each catchment walk, in the newest measurement of a plan?
select
    catchment_reach.school_id,
    catchment_reach.stage,
    catchment_reach.year::int as year,
    catchment_reach.pupils,
    catchment_reach.mean_distance_m,
    catchment_reach.radius_m,
    catchment_reach.beyond_radius_pct,
    catchment_reach.on_foot,
    catchment_reach.run_id
from onemap.catchment_reach
where
    catchment_reach.run_id = (
        select max(run.id)
        from onemap.run
        where
            run.district_id = :district_id
            and run.kind = 'reach'
            and run.plan_id = :plan_id
    )
    and (cast(:stage as text) is null or catchment_reach.stage = :stage)
