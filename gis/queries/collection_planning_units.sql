-- Where are the planning units of a district, and in which subdistrict and community?
-- Without children: counts by unit are small cells.
select
    planning_unit.geom,
    planning_unit.code,
    planning_unit.name_zh,
    planning_unit.urban,
    subdistrict.code as subdistrict_code,
    subdistrict.name_zh as subdistrict_name_zh,
    community.code as community_code,
    community.name_zh as community_name_zh
from onemap.planning_unit
left join onemap.subdistrict on subdistrict.id = planning_unit.subdistrict_id
left join onemap.community on community.id = planning_unit.community_id
where planning_unit.district_id = :district_id
