-- Buildings with their planning unit, as city GIS takes them.
select
    building.geom,
    building.code,
    building.name_zh,
    building.address,
    building.building_use,
    building.floors,
    building.height_m,
    building.built_year,
    building.dwellings,
    planning_unit.code as planning_unit_code
from onemap.building
left join onemap.planning_unit on planning_unit.id = building.planning_unit_id
where building.district_id = :district_id
order by building.code
