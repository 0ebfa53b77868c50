-- Where are the entrants registered, where do they live, and since when?
select
    child.id as child_id,
    child.code as child_code,
    child.identity_hash,
    child.household_id,
    household.code as household_code,
    child.born_on,
    child.registered as local,
    case when child.registered then child.registered_since end as child_registered_since,
    case when child.registered then household.registered_since end as household_registered_since,
    household.residence_permit_since as permit_since,
    household.points,
    entrant.deferral_certificate,
    registered_at.id as registered_unit_id,
    registered_in.planning_unit_id as registered_place_id,
    registered_at.building_id as registered_building_id,
    resident_at.id as residence_unit_id,
    resident_in.planning_unit_id as residence_place_id,
    resident_at.building_id as residence_building_id
from entrant
join registry.child on child.id = entrant.id
join registry.household on household.id = child.household_id
left join registry.property_unit registered_at
    on registered_at.id = household.registered_unit_id and child.registered
left join onemap.building registered_in on registered_in.id = registered_at.building_id
left join registry.property_unit resident_at on resident_at.id = household.residence_unit_id
left join onemap.building resident_in on resident_in.id = resident_at.building_id
