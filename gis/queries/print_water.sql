-- Which water does a printed map of the district show?
select
    water.name_zh,
    water.kind,
    water.geom
from onemap.water
where water.district_id = :district_id
order by water.code
