-- Which unit, street, number, community and estate has each building with dwellings? What stands before
-- the first digits of an address is the street, what stands before the number of the building in
-- its name is the estate: 学院路12号, 金色家园3幢.
select
    planning_unit.code as planning_unit_id,
    coalesce(substring(building.address from '^\s*(\D+?)\s*\d'), '') as street,
    substring(building.address from '\d+') as number,
    coalesce(community.name_zh, '') as community,
    coalesce(substring(building.name_zh from '^(.*?)\d+[幢栋号]楼?$'), '') as estate,
    building.code,
    building.dwellings,
    st_centroid(building.geom) as geom
from onemap.building
left join onemap.planning_unit on planning_unit.id = building.planning_unit_id
left join onemap.community on community.id = planning_unit.community_id
where building.district_id = :district_id and building.dwellings > 0
order by building.code
