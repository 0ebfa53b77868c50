-- How many seats are missing in the catchments of these schools, by year, in the newest count?
select
    catchment_count.year::int as year,
    sum(catchment_count.shortfall_seats)::int as catchment_shortfall_seats
from onemap.catchment_count
where
    catchment_count.run_id = (
        select max(run.id)
        from onemap.run
        where
            run.district_id = :district_id
            and run.kind = 'count'
            and run.plan_id = :plan_id
    )
    and catchment_count.stage = :stage
    and catchment_count.school_id = any(cast(:schools as bigint[]))
group by catchment_count.year
