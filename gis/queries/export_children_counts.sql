-- Eligible children by planning unit, with the catchment of a plan; small cells are hidden later.
select
    planning_unit.geom,
    planning_unit.code || '/' || stage_of_plan.stage as code,
    planning_unit.code as planning_unit_code,
    planning_unit.name_zh,
    subdistrict.name_zh as subdistrict_name_zh,
    stage_of_plan.stage,
    cast(:year as int) as year,
    school.code as school_code,
    coalesce(demand.children, 0) as children,
    coalesce(demand.registered_children, 0) as registered_children,
    cast(null as date) as valid_from,
    cast(null as date) as valid_to,
    cast(counting.finished_at at time zone 'UTC' as date) as changed_on
from onemap.planning_unit
cross join (
    select distinct plan_membership.stage
    from onemap.plan_membership
    where
        plan_membership.plan_id = :plan_id
        and (cast(:stage as text) is null or plan_membership.stage = :stage)
) as stage_of_plan
left join onemap.subdistrict on subdistrict.id = planning_unit.subdistrict_id
left join onemap.plan_membership member
    on member.plan_id = :plan_id
    and member.stage = stage_of_plan.stage
    and member.planning_unit_id = planning_unit.id
left join onemap.school on school.id = member.school_id
left join onemap.unit_demand demand
    on demand.planning_unit_id = planning_unit.id
    and demand.stage = stage_of_plan.stage
    and demand.year = :year
    and demand.run_id in (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind in ('demand', 'loaded_demand')
        group by run.kind
    )
left join onemap.run as counting on counting.id = :run_id
where planning_unit.district_id = :district_id
order by stage_of_plan.stage, planning_unit.code
