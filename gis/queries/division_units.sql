-- By what codes and names do divisions of others call units and communities?
select
    planning_unit.id,
    planning_unit.code,
    community.code as community_code,
    community.name_zh as community_name_zh
from onemap.planning_unit
left join onemap.community on community.id = planning_unit.community_id
where planning_unit.district_id = :district_id
order by planning_unit.id
