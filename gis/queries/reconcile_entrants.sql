-- What else is compared of the entrants: listings of the identity, guardians, use of the dwelling?
with listing as (
    select child.identity_hash, count(*) as listings
    from registry.child
    where
        child.district_id = :district_id
        and child.identity_hash in (
            select same.identity_hash
            from entrant
            join registry.child same on same.id = entrant.id
        )
    group by child.identity_hash
)
select
    child.id as child_id,
    child.identity_last4,
    listing.listings,
    exists (
        select from registry.guardian where guardian.household_id = child.household_id
    ) as has_guardian,
    registered_at.dwelling_use as registered_use
from entrant
join registry.child on child.id = entrant.id
join registry.household on household.id = child.household_id
join listing on listing.identity_hash = child.identity_hash
left join registry.property_unit registered_at
    on registered_at.id = household.registered_unit_id and child.registered
