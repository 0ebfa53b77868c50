-- How many eligible children live in each subdistrict, by stage and year, in the newest count?
-- Rows without a subdistrict are children whose home is not located or lies in none.
select
    subdistrict.id as subdistrict_id,
    subdistrict.code as subdistrict_code,
    subdistrict.name_zh as subdistrict_name_zh,
    subdistrict.name_en as subdistrict_name_en,
    unit_demand.stage,
    unit_demand.year,
    sum(unit_demand.children)::int as children,
    sum(unit_demand.registered_children)::int as registered_children
from onemap.unit_demand
left join onemap.planning_unit on planning_unit.id = unit_demand.planning_unit_id
left join onemap.subdistrict on subdistrict.id = planning_unit.subdistrict_id
where
    unit_demand.run_id in (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind in ('demand', 'loaded_demand')
        group by run.kind
    )
group by subdistrict.id, unit_demand.stage, unit_demand.year
order by subdistrict.code, unit_demand.stage, unit_demand.year
