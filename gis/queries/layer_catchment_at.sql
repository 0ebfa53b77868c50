-- In which school's catchment lies a point (EPSG:4490, lon/lat)?
select school_id as id
from onemap.catchment
where
    plan_id = :plan_id
    and stage = :stage
    and st_covers(geom, st_setsrid(st_makepoint(:longitude, :latitude), 4490))
order by school_id
limit 1
