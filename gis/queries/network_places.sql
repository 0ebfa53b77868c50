-- Which subdistricts has the district, and how many residents have they in the newest count?
-- Nobody is counted: residents are missing.
select
    subdistrict.id as subdistrict_id,
    subdistrict.code as subdistrict_code,
    subdistrict.name_zh as subdistrict_name_zh,
    subdistrict.name_en as subdistrict_name_en,
    subdistrict.urban,
    sum(unit_population.residents) as residents
from onemap.subdistrict
left join onemap.planning_unit on planning_unit.subdistrict_id = subdistrict.id
left join onemap.unit_population
    on unit_population.planning_unit_id = planning_unit.id
    and unit_population.run_id = (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind = 'residents'
    )
where subdistrict.district_id = :district_id
group by subdistrict.id
order by subdistrict.code
