-- What are the codes of these dwellings?
select property_unit.id, property_unit.code
from registry.property_unit
where property_unit.id = any(cast(:ids as bigint[]))
