-- Which roads may people walk along?
select id, road_class, geom
from onemap.road
where district_id = :district_id and walkable
order by id
