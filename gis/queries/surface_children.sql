-- How many children has each planning unit of a stage and year in the newest count, and to which
-- school does it belong in the plan in force? Units of nobody are told, too.
select
    planning_unit.id as planning_unit_id,
    coalesce(sum(demand.children), 0)::int as children,
    coalesce(sum(demand.registered_children), 0)::int as registered_children,
    max(member.school_id) as school_id
from onemap.planning_unit
left join onemap.unit_demand demand
    on demand.planning_unit_id = planning_unit.id
    and demand.stage = :stage
    and demand.year = :year
    and demand.run_id in (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind in ('demand', 'loaded_demand')
        group by run.kind
    )
left join onemap.plan
    on plan.district_id = planning_unit.district_id and plan.code = :plan_code
left join onemap.plan_membership member
    on member.plan_id = plan.id
    and member.stage = :stage
    and member.planning_unit_id = planning_unit.id
where planning_unit.district_id = :district_id
group by planning_unit.id
order by planning_unit.id
