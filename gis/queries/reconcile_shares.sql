-- Who holds which shares in these dwellings?
select
    property_certificate.property_unit_id,
    property_certificate.owner_hash,
    property_certificate.share_pct
from registry.property_certificate
where property_certificate.property_unit_id = any(cast(:dwellings as bigint[]))
