-- Which shares of which dwellings do the entrants, their parents and grandparents hold?
with home as (
    select distinct child.household_id
    from entrant
    join registry.child on child.id = entrant.id
),
owner as (
    select guardian.household_id, guardian.relation, guardian.identity_hash
    from registry.guardian
    join home on home.household_id = guardian.household_id
    union
    select child.household_id, 'child', child.identity_hash
    from entrant
    join registry.child on child.id = entrant.id
)
select
    owner.household_id,
    property_unit.id as property_unit_id,
    building.planning_unit_id as place_id,
    property_unit.building_id,
    owner.relation,
    property_certificate.share_pct,
    property_certificate.certificate_on,
    property_certificate.resettlement_slip_on as slip_on,
    property_unit.area_m2,
    property_unit.dwelling_use,
    property_unit.tenure
from owner
join registry.property_certificate on property_certificate.owner_hash = owner.identity_hash
join registry.property_unit on property_unit.id = property_certificate.property_unit_id
left join onemap.building on building.id = property_unit.building_id
where property_certificate.district_id = :district_id
