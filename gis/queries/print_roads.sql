-- Which streets does a printed map of the district show? Footpaths find no room on paper.
select
    road.name_zh,
    road.road_class,
    road.geom
from onemap.road
where road.district_id = :district_id and road.road_class <> 'path'
order by road.code
