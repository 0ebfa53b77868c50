-- Which names lie where: units (estates, village groups), roads, communities, subdistricts? A road is
-- placed by the middle of its longest section of that name.
select
    'unit' as kind,
    planning_unit.code,
    planning_unit.name_zh as name,
    community.name_zh as community,
    subdistrict.name_zh as subdistrict,
    st_x(st_pointonsurface(planning_unit.geom)) as lon,
    st_y(st_pointonsurface(planning_unit.geom)) as lat
from onemap.planning_unit
left join onemap.community on community.id = planning_unit.community_id
left join onemap.subdistrict on subdistrict.id = planning_unit.subdistrict_id
where planning_unit.district_id = :district_id
union all
(
    select distinct on (road.name_zh)
        'road',
        road.code,
        road.name_zh,
        null,
        null,
        st_x(st_lineinterpolatepoint(road.geom, 0.5)),
        st_y(st_lineinterpolatepoint(road.geom, 0.5))
    from onemap.road
    where road.district_id = :district_id and road.name_zh is not null
    order by road.name_zh, road.length_m desc, road.code
)
union all
select
    'community',
    community.code,
    community.name_zh,
    community.name_zh,
    subdistrict.name_zh,
    st_x(st_pointonsurface(community.geom)),
    st_y(st_pointonsurface(community.geom))
from onemap.community
inner join onemap.subdistrict on subdistrict.id = community.subdistrict_id
where community.district_id = :district_id
union all
select
    'subdistrict',
    subdistrict.code,
    subdistrict.name_zh,
    null,
    subdistrict.name_zh,
    st_x(st_pointonsurface(subdistrict.geom)),
    st_y(st_pointonsurface(subdistrict.geom))
from onemap.subdistrict
where subdistrict.district_id = :district_id
order by kind, code
