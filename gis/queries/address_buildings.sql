-- What do the district's own tables know of its buildings' addresses? The texts are cut in gis.addresses.
select
    building.code,
    building.address,
    building.name_zh as name,
    planning_unit.code as unit,
    planning_unit.name_zh as unit_name,
    community.name_zh as community,
    subdistrict.name_zh as subdistrict,
    st_x(st_centroid(building.geom)) as lon,
    st_y(st_centroid(building.geom)) as lat
from onemap.building
inner join onemap.planning_unit on planning_unit.id = building.planning_unit_id
left join onemap.community on community.id = planning_unit.community_id
left join onemap.subdistrict on subdistrict.id = planning_unit.subdistrict_id
where
    building.district_id = :district_id
    and (building.address is not null or building.name_zh is not null)
order by building.code
