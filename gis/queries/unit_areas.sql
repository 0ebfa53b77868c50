-- In which subdistrict does each planning unit lie?
select planning_unit.id as planning_unit_id, planning_unit.subdistrict_id
from onemap.planning_unit
where planning_unit.district_id = :district_id
order by planning_unit.id
