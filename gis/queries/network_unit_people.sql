-- In which subdistrict does each planning unit lie, and how many residents has it in the newest
-- count?
select
    planning_unit.id as planning_unit_id,
    coalesce(subdistrict.code, '') as subdistrict_code,
    coalesce(unit_population.residents, 0) as residents
from onemap.planning_unit
left join onemap.subdistrict on subdistrict.id = planning_unit.subdistrict_id
left join onemap.unit_population
    on unit_population.planning_unit_id = planning_unit.id
    and unit_population.run_id = (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind = 'residents'
    )
where planning_unit.district_id = :district_id
order by planning_unit.id
