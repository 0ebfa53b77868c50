-- Which street and house number has each building with dwellings? What stands before the first
-- digits of an address is the street: 学院路12号.
select
    planning_unit.code as planning_unit_id,
    substring(building.address from '^\s*(\D+?)\s*\d') as street,
    substring(building.address from '\d+') as number,
    st_centroid(building.geom) as geom
from onemap.building
join onemap.planning_unit on planning_unit.id = building.planning_unit_id
where
    building.district_id = :district_id
    and building.dwellings > 0
    and building.address ~ '^\s*\D+\d'
order by building.id
