-- Where do these buildings stand?
select building.id, st_centroid(building.geom) as geom
from onemap.building
where building.id = any(cast(:ids as bigint[]))
order by building.id
