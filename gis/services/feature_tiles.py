"""Vector tiles of the features of any question: the same facts as its rows, cut by PostGIS.

Corners are moved to a grid laid over the whole square of Web Mercator. Neighbours share their
corners, so they move together: no gap opens at any zoom or between tiles. From afar the grid is
coarser than the units of a tile, which thins the borders.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, literal_column, select

from gis.crs import DRAW_SRID, STORE_SRID
from gis.services.features import Question
from gis.services.tile_matrices import HALF_M

FEATURE_ZOOMS = range(6, 17)
_EXTENT = 4096  # units on the side of a tile
_MARGIN = 64
_MERCATOR_SRID = 3857
_CLOSE_ZOOM = 14
_FAR_GRID = 8  # UNITS: of the tile; half a pixel of one of 256 pixels


def cut_features(
    connection: Connection, question: Question, place: tuple[int, int, int], *, layer: str
) -> bytes:
    """Cut the tile of a place out of the features of a question, all their fields with them.

    Parameters
    ----------
    place
        Zoom, column from the west, row from the north.
    layer
        Name of the one layer of the tile.

    Returns
    -------
    bytes
        Mapbox vector tile 2.1; nothing where there are no features.
    """
    zoom, column, row = place
    bounds = func.st_tileenvelope(zoom, column, row)
    reach = func.st_tileenvelope(
        zoom, column, row, func.st_tileenvelope(0, 0, 0), _MARGIN / _EXTENT
    )
    # CGCS2000 and WGS 84 count as one datum, see gis/crs.py
    near = func.st_setsrid(func.st_transform(reach, DRAW_SRID), STORE_SRID)
    flat = func.st_transform(func.st_setsrid(question.shape, DRAW_SRID), _MERCATOR_SRID)
    grid = (_FAR_GRID if zoom < _CLOSE_ZOOM else 1) * 2 * HALF_M / 2**zoom / _EXTENT
    snapped = func.st_snaptogrid(flat, -HALF_M, HALF_M, grid, grid)
    cut = func.st_asmvtgeom(snapped, bounds, _EXTENT, _MARGIN, True)
    fields = [question.rows.c[name] for name in question.fields]
    tile = select(*fields, cut.label("geom")).where(question.shape.op("&&")(near)).subquery("tile")
    packed = select(func.st_asmvt(literal_column("tile"), layer, _EXTENT, "geom")).where(
        tile.c.geom.is_not(None)
    )
    return bytes(connection.execute(packed.select_from(tile)).scalar_one() or b"")
