-- Which doors are in each building? Texts such as 2单元501室 are cut in gis.addresses.
select building.code as building, property_unit.code, property_unit.door
from registry.property_unit
inner join onemap.building on building.id = property_unit.building_id
where property_unit.district_id = :district_id
order by property_unit.code
