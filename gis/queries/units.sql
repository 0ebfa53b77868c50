-- What planning units has the district?
select id, code, name_zh, geom
from onemap.planning_unit
where district_id = :district_id
order by id
