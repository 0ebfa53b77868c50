-- How many children live in units that two plans give to different schools?
select coalesce(sum(unit_demand.children), 0)::int as moved_children
from onemap.unit_demand
join onemap.plan_membership here
    on here.plan_id = :plan_id
    and here.stage = unit_demand.stage
    and here.planning_unit_id = unit_demand.planning_unit_id
join onemap.plan_membership there
    on there.plan_id = :against_id
    and there.stage = unit_demand.stage
    and there.planning_unit_id = unit_demand.planning_unit_id
where
    unit_demand.year = :year
    and (cast(:stage as text) is null or unit_demand.stage = :stage)
    and here.school_id <> there.school_id
    and unit_demand.run_id in (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind in ('demand', 'loaded_demand')
        group by run.kind
    )
