-- Which planning units does an area touch, and how many of their dwellings stand inside?
-- Buildings stand where their middle is, moved by a hair (:nudge_x, :nudge_y degrees): one exactly
-- on an edge that two areas share is inside one of them alone. Of a unit without dwellings it is
-- the share of its ground that is told.
-- The area itself is asked for, not joined: it is large, and rows that carry it are slow to sort.
with area as materialized (
    select cast(:area as geometry) as geom
),
touched as materialized (
    select
        planning_unit.id,
        planning_unit.geom,
        st_covers((select area.geom from area), planning_unit.geom) as is_whole
    from onemap.planning_unit
    where
        planning_unit.district_id = :district_id
        and st_intersects((select area.geom from area), planning_unit.geom)
),
housed as (
    select
        touched.id,
        sum(building.dwellings) as dwellings,
        sum(building.dwellings) filter (
            where st_covers(
                (select area.geom from area),
                st_translate(st_centroid(building.geom), :nudge_x, :nudge_y)
            )
        ) as inside_dwellings
    from touched
    join onemap.building on building.planning_unit_id = touched.id
    where not touched.is_whole and building.dwellings > 0
    group by touched.id
)
select
    touched.id as planning_unit_id,
    touched.is_whole,
    coalesce(housed.dwellings, 0)::int as dwellings,
    coalesce(housed.inside_dwellings, 0)::int as inside_dwellings,
    case
        when not touched.is_whole and housed.id is null
            then
                st_area(st_intersection((select area.geom from area), touched.geom))
                / st_area(touched.geom)
    end as area_share
from touched
left join housed on housed.id = touched.id
order by touched.id
