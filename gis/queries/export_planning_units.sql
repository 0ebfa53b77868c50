-- Planning units with their community and subdistrict, as city GIS takes them.
select
    planning_unit.geom,
    planning_unit.code,
    planning_unit.name_zh,
    community.code as community_code,
    community.name_zh as community_name_zh,
    subdistrict.code as subdistrict_code,
    subdistrict.name_zh as subdistrict_name_zh,
    planning_unit.urban,
    cast(null as date) as valid_from,
    cast(null as date) as valid_to,
    cast(dataset.loaded_at at time zone 'UTC' as date) as changed_on
from onemap.planning_unit
left join onemap.community on community.id = planning_unit.community_id
left join onemap.subdistrict on subdistrict.id = planning_unit.subdistrict_id
left join onemap.dataset
    on dataset.district_id = planning_unit.district_id and dataset.name = 'planning_unit'
where planning_unit.district_id = :district_id
order by planning_unit.code
