-- In which planning unit, community and subdistrict lies a place, and which building stands there?
select
    planning_unit.code as unit,
    planning_unit.name_zh as unit_name,
    community.name_zh as community,
    building.code as building,
    building.name_zh as building_name,
    building.address as building_address
from
    (
        select st_setsrid(
            st_makepoint(cast(:lon as double precision), cast(:lat as double precision)), 4490
        ) as geom
    ) as place
inner join onemap.planning_unit
    on planning_unit.district_id = :district_id and st_covers(planning_unit.geom, place.geom)
left join onemap.community on community.id = planning_unit.community_id
left join onemap.building
    on building.district_id = :district_id and st_covers(building.geom, place.geom)
order by planning_unit.code, building.code
limit 1
