-- Which raster of a kind is loaded for a district?
select kind, content, digest, source, srid, least, most, mean
from onemap.raster_coverage
where district_id = :district_id and kind = :kind
