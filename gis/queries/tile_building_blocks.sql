-- What do the buildings of a district look like from afar, at zoom :z, tile by tile?
-- Each tile has 64 × 64 cells; a cell shows one square with the footprint area, the mean
-- storeys and the mean height (both weighted by footprint) of the buildings inside it.
with placed as materialized (
    select
        building.floors,
        building.height_m,
        st_area(building.geom) as area_deg2,
        (st_xmin(building.geom) + st_xmax(building.geom)) / 2 as longitude,
        radians((st_ymin(building.geom) + st_ymax(building.geom)) / 2) as latitude
    from onemap.building
    where building.district_id = :district_id
),
counted as materialized (
    select
        floors,
        height_m,
        -- UNITS: cells from the west and from the north of the Web Mercator square
        (longitude / 360 + 0.5) * 64 * 2 ^ :z as cell_x,
        (0.5 - ln(tan(latitude / 2 + pi() / 4)) / (2 * pi())) * 64 * 2 ^ :z as cell_y,
        -- footprint as a share of a cell; a cell is as high as wide on the ground
        area_deg2 / cos(latitude) / (360 / (64 * 2 ^ :z)) ^ 2 as share
    from placed
),
cell as (
    select
        floor(cell_x)::int as column_,
        floor(cell_y)::int as row_,
        count(*)::int as buildings,
        sum(floors * share) / sum(share) as floors,
        sum(height_m * share) / sum(share) as height_m,
        -- half the side of the square, in the 4096 units of a tile
        32 * sqrt(least(1, greatest(0.02, sum(share)))) as half,
        64 * sum(cell_x * share) / sum(share) as x,
        64 * sum(cell_y * share) / sum(share) as y
    from counted
    group by 1, 2
),
feature as (
    select
        column_ / 64 as tile_x,
        row_ / 64 as tile_y,
        buildings,
        round(floors)::int as floors,
        round(height_m)::int as height_m,
        -- in the middle of its buildings, but never over the edge of its cell
        greatest(64 * column_ + half, least(64 * column_ + 64 - half, x)) - 4096 * (column_ / 64)
            as x,
        greatest(64 * row_ + half, least(64 * row_ + 64 - half, y)) - 4096 * (row_ / 64) as y,
        half
    from cell
)
select
    tile_x,
    tile_y,
    st_asmvt(block, 'buildings', 4096, 'geom') as tile
from (
    select
        tile_x,
        tile_y,
        buildings,
        floors,
        height_m,
        -- the y axis of a tile points south; an outer ring turns right on the screen
        st_forcepolygonccw(
            st_makeenvelope(round(x - half), round(y - half), round(x + half), round(y + half))
        ) as geom
    from feature
) as block
group by tile_x, tile_y
