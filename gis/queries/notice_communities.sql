-- Where is each community? Communities of one name are one: notices call them by name.
select community.name_zh as name, st_union(community.geom) as geom
from onemap.community
where community.district_id = :district_id
group by community.name_zh
order by community.name_zh
