-- Where are the dwellings of each planning unit? One door a building.
select planning_unit_id, dwellings, st_centroid(geom) as geom
from onemap.building
where district_id = :district_id and dwellings > 0 and planning_unit_id is not null
order by id
