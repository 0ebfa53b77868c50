-- Which buildings, with which height, lie in one vector tile of zoom 13 or closer?
-- Buildings over the edge are whole in both tiles; the browser cuts them at the edge.
with tile as (
    select
        st_xmin(bounds) as west,
        st_ymax(bounds) as north,
        -- UNITS: of the tile, 4096 on a side, for one degree; y points south. So close by, the
        -- Web Mercator projection is linear: it bends by 0.2 m at most inside a tile.
        4096 / (st_xmax(bounds) - st_xmin(bounds)) as east_scale,
        -4096 / (st_ymax(bounds) - st_ymin(bounds)) as north_scale,
        -- CGCS2000 and WGS 84 count as one datum, see gis/crs.py
        st_setsrid(bounds, 4490) as reach
    from (select st_transform(st_tileenvelope(:z, :x, :y), 4326) as bounds) as envelope
),
placed as (
    select
        building.id,
        building.floors,
        building.height_m::real as height_m,
        case when :z >= 15 then building.name_zh end as name,
        case when :z >= 15 then building.dwellings end as dwellings,
        st_snaptogrid(
            st_affine(
                building.geom,
                tile.east_scale,
                0,
                0,
                tile.north_scale,
                -tile.west * tile.east_scale,
                -tile.north * tile.north_scale
            ),
            1
        ) as geom
    from onemap.building
    cross join tile
    where building.district_id = :district_id and building.geom && tile.reach
    offset 0
),
feature as (
    select
        id,
        floors,
        height_m,
        name,
        dwellings,
        -- an outer ring turns right on the screen
        st_forcepolygonccw(geom) as geom
    from placed
    where geom is not null
)
select st_asmvt(feature, 'buildings', 4096, 'geom', 'id') as tile
from feature
