-- How many children and seats has each school with a catchment, at its gate, in a year?
-- `most` is the greatest number of any year, for a scale that all years share.
with counted as (
    select catchment_count.*
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
        and catchment_count.school_id is not null
)
select
    school.id,
    school.name_zh,
    school.name_en,
    school.geom,
    counted.counted_children,
    counted.seats,
    counted.shortfall_seats,
    counted.surplus_seats,
    counted.ratio_pct,
    counted.warning,
    (select max(greatest(counted.seats, counted.counted_children)) from counted) as most
from counted
join onemap.school on school.id = counted.school_id
where counted.year = :year
order by school.code
