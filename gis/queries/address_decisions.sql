-- What did people decide about addresses? The last over a text counts; its unit is the one that holds
-- the place today.
select distinct on (address_decision.text)
    address_decision.id,
    address_decision.text as key,
    building.code as building,
    planning_unit.code as unit,
    st_x(address_decision.geom) as lon,
    st_y(address_decision.geom) as lat
from registry.address_decision
inner join onemap.district on district.code = address_decision.district_code
left join onemap.building
    on building.district_id = district.id and building.code = address_decision.building_code
left join onemap.planning_unit
    on planning_unit.district_id = district.id
    and st_covers(planning_unit.geom, address_decision.geom)
where district.id = :district_id
order by address_decision.text, address_decision.id desc, planning_unit.code
