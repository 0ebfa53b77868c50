-- Which units do two plans give to different schools, and how many eligible children of a year
-- live there? The plan :against_id is the one that is changed.
select
    unit.id,
    unit.code,
    unit.name_zh,
    unit.geom,
    there.school_id as before_id,
    before.name_zh as before_name_zh,
    before.name_en as before_name_en,
    here.school_id as after_id,
    after.name_zh as after_name_zh,
    after.name_en as after_name_en,
    coalesce(demand.children, 0)::int as children
from onemap.plan_membership as here
join onemap.plan_membership as there
    on there.plan_id = :against_id
    and there.stage = here.stage
    and there.planning_unit_id = here.planning_unit_id
join onemap.planning_unit as unit on unit.id = here.planning_unit_id
join onemap.school as before on before.id = there.school_id
join onemap.school as after on after.id = here.school_id
left join (
    select unit_demand.planning_unit_id, sum(unit_demand.children) as children
    from onemap.unit_demand
    where
        unit_demand.stage = :stage
        and unit_demand.year = :year
        and unit_demand.run_id in (
            select max(run.id)
            from onemap.run
            where run.district_id = :district_id and run.kind in ('demand', 'loaded_demand')
            group by run.kind
        )
    group by unit_demand.planning_unit_id
) as demand on demand.planning_unit_id = unit.id
where
    here.plan_id = :plan_id
    and here.stage = :stage
    and here.school_id <> there.school_id
order by unit.code
