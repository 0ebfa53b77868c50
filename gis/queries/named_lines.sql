-- Which named roads and waters, and which district boundary, are there? What a boundary follows.
select road.name_zh as name, road.road_class as kind, road.geom
from onemap.road
where road.district_id = :district_id and road.name_zh is not null
union all
select water.name_zh as name, water.kind, water.geom
from onemap.water
where water.district_id = :district_id and water.name_zh is not null
union all
select district.name_zh || '界' as name, 'district' as kind, st_boundary(district.geom) as geom
from onemap.district
where district.id = :district_id and district.geom is not null
