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
    planning_unit.code as planning_unit_code,
    cast(null as date) as valid_from,
    cast(null as date) as valid_to,
    cast(dataset.loaded_at at time zone 'UTC' as date) as changed_on
from onemap.building
left join onemap.planning_unit on planning_unit.id = building.planning_unit_id
left join onemap.dataset
    on dataset.district_id = building.district_id and dataset.name = 'building'
where building.district_id = :district_id
order by building.code
