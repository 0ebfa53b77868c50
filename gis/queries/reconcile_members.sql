-- In which households are these persons known, as guardian, head or child?
select guardian.household_id, guardian.identity_hash
from registry.guardian
where
    guardian.district_id = :district_id
    and guardian.identity_hash = any(cast(:persons as text[]))
union
select household.id, household.head_hash
from registry.household
where
    household.district_id = :district_id
    and household.head_hash = any(cast(:persons as text[]))
union
select child.household_id, child.identity_hash
from registry.child
where
    child.district_id = :district_id
    and child.identity_hash = any(cast(:persons as text[]))
