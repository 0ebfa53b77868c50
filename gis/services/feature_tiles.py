"""Vector tiles of the features of any question: the same facts as its rows, cut by PostGIS.

From afar corners are moved to a grid laid over the whole world, coarser than the units of a tile,
which thins the borders. Neighbours share their corners, so these move together: no gap opens at
any zoom or between tiles.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, literal_column, select

from gis.crs import DRAW_SRID, STORE_SRID
from gis.services.features import Question

FEATURE_ZOOMS = range(6, 17)
_EXTENT = 4096  # units on the side of a tile
_MARGIN = 64
_MERCATOR_SRID = 3857
_CLOSE_ZOOM = 14
_FAR_GRID = 8  # UNITS: of the tile; half a pixel of one of 256 pixels
# From here on Web Mercator bends by 1.4 units of a tile at most, so that degrees can stand for it.
_LINEAR_ZOOM = 10


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
    zoom = place[0]
    tile = func.st_tileenvelope(*place)
    # CGCS2000 and WGS 84 count as one datum, see gis/crs.py
    degrees = func.st_transform(tile, DRAW_SRID)
    shape = func.st_setsrid(question.shape, DRAW_SRID)
    if zoom < _CLOSE_ZOOM:  # a tenth of the corners is left to be cut
        shape = func.st_snaptogrid(shape, _FAR_GRID * 360 / 2**zoom / _EXTENT)
    if zoom < _LINEAR_ZOOM:
        shape, bounds = func.st_transform(shape, _MERCATOR_SRID), tile
    else:
        bounds = degrees
    cut = func.st_asmvtgeom(shape, bounds, _EXTENT, _MARGIN, True)
    reach = func.st_expand(degrees, _MARGIN / _EXTENT * 360 / 2**zoom)
    near = func.st_setsrid(reach, STORE_SRID)
    fields = [question.rows.c[name] for name in question.fields]
    found = select(*fields, cut.label("geom")).where(question.shape.op("&&")(near)).subquery("tile")
    packed = select(func.st_asmvt(literal_column("tile"), layer, _EXTENT, "geom")).where(
        found.c.geom.is_not(None)
    )
    return bytes(connection.execute(packed.select_from(found)).scalar_one() or b"")
