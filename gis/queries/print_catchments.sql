-- Where are the catchments of a plan, of one stage or, without it, of all?
select
    catchment.school_id,
    catchment.stage,
    catchment.valid_from,
    catchment.area_m2,
    catchment.geom,
    (
        select count(*)::int
        from onemap.plan_membership
        where
            plan_membership.plan_id = catchment.plan_id
            and plan_membership.stage = catchment.stage
            and plan_membership.school_id = catchment.school_id
    ) as units
from onemap.catchment
join onemap.school on school.id = catchment.school_id
where
    catchment.plan_id = :plan_id
    and (cast(:stage as text) is null or catchment.stage = :stage)
order by catchment.stage, school.code
