-- Where is the district?
select id, geom
from onemap.district
where id = :district_id and geom is not null
