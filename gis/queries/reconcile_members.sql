-- In which households are the owners of these dwellings known, as head, guardian or child?
with owner as (
    select distinct property_certificate.owner_hash
    from registry.property_certificate
    where property_certificate.property_unit_id = any(cast(:dwellings as bigint[]))
)
select guardian.household_id, guardian.identity_hash
from registry.guardian
join owner on owner.owner_hash = guardian.identity_hash
where guardian.district_id = :district_id
union
select household.id, household.head_hash
from registry.household
join owner on owner.owner_hash = household.head_hash
where household.district_id = :district_id
union
select child.household_id, child.identity_hash
from registry.child
join owner on owner.owner_hash = child.identity_hash
where child.district_id = :district_id
