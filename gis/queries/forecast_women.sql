-- How many women of child-bearing age live in each planning unit?
select women.planning_unit_id, women.age_from, women.women
from onemap.women
join onemap.planning_unit on planning_unit.id = women.planning_unit_id
where planning_unit.district_id = :district_id
