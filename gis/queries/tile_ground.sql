-- Which water and roads lie in one vector tile? Small roads only where there is room for them.
with tile as (
    select
        st_tileenvelope(:z, :x, :y) as bounds,
        -- CGCS2000 and WGS 84 count as one datum, see gis/crs.py
        st_setsrid(
            st_transform(st_tileenvelope(:z, :x, :y, margin => 64.0 / 4096), 4326), 4490
        ) as reach,
        360 / (4096 * 2 ^ :z) as unit_deg -- bends smaller than that are not seen
),
waters as (
    select
        water.kind,
        st_asmvtgeom(
            st_transform(st_setsrid(st_simplify(water.geom, tile.unit_deg), 4326), 3857),
            tile.bounds,
            4096,
            64,
            true
        ) as geom
    from onemap.water
    cross join tile
    where water.district_id = :district_id and water.geom && tile.reach
),
roads as (
    select
        road.road_class,
        st_asmvtgeom(
            st_transform(st_setsrid(st_simplify(road.geom, tile.unit_deg), 4326), 3857),
            tile.bounds,
            4096,
            64,
            true
        ) as geom
    from onemap.road
    cross join tile
    where
        road.district_id = :district_id
        and road.geom && tile.reach
        and (
            road.road_class = 'main'
            or (road.road_class = 'secondary' and :z >= 12)
            or (road.road_class = 'local' and :z >= 14)
            or :z >= 15
        )
    -- the more important roads are drawn over the others where they meet
    order by array_position(array['path', 'lane', 'local', 'secondary', 'main'], road.road_class)
)
select
    (select st_asmvt(waters, 'water', 4096, 'geom') from waters where waters.geom is not null)
    || (select st_asmvt(roads, 'roads', 4096, 'geom') from roads where roads.geom is not null)
    as tile
