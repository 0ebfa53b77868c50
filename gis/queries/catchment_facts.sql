-- How large is this catchment, since when does it hold, and whose is it?
select
    catchment.area_m2,
    catchment.valid_from,
    school.name_zh,
    school.name_en,
    school.kind,
    (
        select count(*)::int
        from onemap.plan_membership
        where
            plan_membership.plan_id = :plan_id
            and plan_membership.stage = :stage
            and plan_membership.school_id = :school_id
    ) as units
from onemap.catchment
join onemap.school on school.id = catchment.school_id
where
    catchment.plan_id = :plan_id
    and catchment.stage = :stage
    and catchment.school_id = :school_id
