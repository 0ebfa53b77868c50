"""The square of Web Mercator and its tiles, as OGC API Tiles and TileJSON tell them.

SOURCE: OGC 17-083r4, WebMercatorQuad; TileJSON 3.0.0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

MATRIX_SET = "WebMercatorQuad"
MATRIX_SET_URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
MERCATOR_URI = "http://www.opengis.net/def/crs/EPSG/0/3857"
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"

_ZOOMS = 25
_HALF_M = 20037508.342789244  # half the side of the square
_TILE_PX = 256
_PIXEL_M = 0.00028  # size of a pixel that scale denominators rest on
_NORTHMOST = 85.051129  # degrees; where the square ends

Bounds = tuple[float, float, float, float]


def describe_matrices() -> dict[str, Any]:
    """Return the definition of the tile matrix set, zooms 0 to 24.

    Examples
    --------
    >>> round(describe_matrices()["tileMatrices"][0]["scaleDenominator"], 4)
    559082264.0287
    """
    matrices = []
    for zoom in range(_ZOOMS):
        cell_m = 2 * _HALF_M / (_TILE_PX * 2**zoom)
        matrices.append(
            {
                "id": str(zoom),
                "scaleDenominator": cell_m / _PIXEL_M,
                "cellSize": cell_m,
                "cornerOfOrigin": "topLeft",
                "pointOfOrigin": [-_HALF_M, _HALF_M],
                "tileWidth": _TILE_PX,
                "tileHeight": _TILE_PX,
                "matrixWidth": 2**zoom,
                "matrixHeight": 2**zoom,
            }
        )
    return {
        "id": MATRIX_SET,
        "title": "Google Maps Compatible for the World",
        "uri": MATRIX_SET_URI,
        "crs": MERCATOR_URI,
        "orderedAxes": ["E", "N"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": matrices,
    }


def list_limits(bounds: Bounds, zooms: range) -> list[dict[str, Any]]:
    """List which tiles of each zoom touch a box of lon/lat: west, south, east, north.

    Examples
    --------
    >>> list_limits((120.6, 28.0, 120.7, 28.1), range(10, 11))[0]["minTileCol"]
    855
    """
    west, south, east, north = bounds
    limits = []
    for zoom in zooms:
        (left, top), (right, bottom) = find_tile(west, north, zoom), find_tile(east, south, zoom)
        limits.append(
            {
                "tileMatrix": str(zoom),
                "minTileRow": top,
                "maxTileRow": bottom,
                "minTileCol": left,
                "maxTileCol": right,
            }
        )
    return limits


def find_tile(longitude: float, latitude: float, zoom: int) -> tuple[int, int]:
    """Return the column and row of the tile that a point of lon/lat lies in.

    Examples
    --------
    >>> find_tile(120.65, 28.0, 9)
    (427, 214)
    """
    angle = math.radians(max(-_NORTHMOST, min(_NORTHMOST, latitude)))
    share = 0.5 - math.asinh(math.tan(angle)) / (2 * math.pi)
    last = 2**zoom - 1
    column = min(last, max(0, int((longitude / 360 + 0.5) * 2**zoom)))
    return column, min(last, max(0, int(share * 2**zoom)))


def describe_tilejson(
    name: str,
    about: str,
    *,
    address: str,
    zooms: range,
    bounds: Bounds | None,
    layers: Mapping[str, Mapping[str, str]],
) -> dict[str, Any]:
    """Return the TileJSON of a tile set.

    Parameters
    ----------
    address
        Address of the tiles with ``{z}``, ``{x}`` and ``{y}``.
    bounds
        Box of lon/lat; left out where nothing has a place.
    layers
        Fields of each layer and their kinds: Number, String or Boolean.
    """
    span = {"minzoom": zooms.start, "maxzoom": zooms.stop - 1}
    box = {} if bounds is None else {"bounds": [round(degree, 6) for degree in bounds]}
    return {
        "tilejson": "3.0.0",
        "name": name,
        "description": about,
        "scheme": "xyz",
        "tiles": [address],
        **span,
        **box,
        "vector_layers": [
            {"id": layer, "fields": dict(fields), **span} for layer, fields in layers.items()
        ],
    }
