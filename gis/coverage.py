"""Coverages: polygons that share their edges vertex by vertex, tested, mended and merged.

A coverage has no overlap, and no gap but those meant. Cutting all lines of the plane at once
and merging the faces gives one by construction; that is why cells and rounded borders are
made here and not polygon by polygon. Coordinates are taken as given.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.errors import RejectedDataError

Polygons: TypeAlias = NDArray[np.object_]
Rows: TypeAlias = NDArray[np.intp]
Geometries: TypeAlias = Sequence[Any] | NDArray[Any]  # or a GeoSeries


def is_polygon(geometries: Polygons) -> NDArray[np.bool_]:
    """Tell for each geometry whether it is a Polygon or MultiPolygon."""
    types = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
    return np.isin(shapely.get_type_id(geometries), types)


def read_polygons(polygons: Geometries) -> Polygons:
    """Read n polygons; missing ones become empty.

    Raises
    ------
    RejectedDataError
        A geometry is no polygon.
    """
    areas = np.array(polygons, dtype=object)
    areas[shapely.is_missing(areas)] = shapely.Polygon()
    wrong = np.flatnonzero(~is_polygon(areas))
    if wrong.size:
        raise RejectedDataError(
            f"{wrong.size} geometries are no polygons, first in row {wrong[0]}: "
            f"{areas[wrong[0]].geom_type}.",
            mend="Leave them out or give polygons.",
        )
    return areas


def is_coverage(areas: Polygons) -> bool:
    """Tell whether all polygons are valid and together a coverage; missing ones do not count.

    True is certain. False is not: GEOS 3.14 doubts a true coverage where a hole touches its shell
    in a vertex that a neighbour shares. Nothing is refused on a False therefore; cleaning such a
    coverage leaves it as it is.
    """
    is_valid = shapely.is_valid(areas) | shapely.is_missing(areas)
    return bool(np.all(is_valid) and shapely.coverage_is_valid(areas))


def repair_polygons(areas: Polygons) -> Polygons:
    """Make each polygon valid by itself; what collapses to lines is dropped."""
    repaired: Polygons = shapely.make_valid(areas, method="structure", keep_collapsed=False)
    return repaired


def clean_coverage(areas: Polygons, tolerance: float) -> Polygons:
    """Make a coverage of n polygons in order of their rank.

    Vertices within `tolerance` (in units of the coordinates) are snapped together, gaps
    narrower than it join the neighbour with the longest border, and the first polygon wins the
    ground that two claim. A polygon that loses all of its ground comes back empty.
    """
    cleaned: Polygons = shapely.coverage_clean(  # type: ignore[attr-defined] # not in the stubs
        repair_polygons(areas),
        gap_width=tolerance,
        snapping_distance=tolerance,
        merge_strategy="min_index",
    )
    return cleaned


def cut_faces(lines: Geometries, grid_size: float | None = None) -> Polygons:
    """Cut the plane along all lines at once, on a grid if one is given.

    Faces share every vertex and so form a coverage.

    Examples
    --------
    >>> cross = shapely.from_wkt(["LINESTRING (1 0, 1 2)", "LINESTRING (0 1, 2 1)"])
    >>> faces = cut_faces([*cross, shapely.box(0, 0, 2, 2).exterior])
    >>> shapely.area(faces).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    noded = shapely.union_all(np.asarray(lines, dtype=object), grid_size=grid_size)
    faces: Polygons = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    return faces


def merge_faces(faces: Polygons, owners: NDArray[Any], count: int) -> Polygons:
    """Merge the faces of a coverage by owner, 0 to `count` - 1.

    Returns `count` valid MultiPolygons that form a coverage; empty where an owner has no face.
    """
    order = np.argsort(owners, kind="stable")
    starts = np.searchsorted(owners[order], np.arange(1, count))
    groups = np.split(faces[order], starts)[:count]
    merged = [shapely.coverage_union_all(group) for group in groups]
    parts, rows = shapely.get_parts(np.array(merged, dtype=object), return_index=True)
    areas: Polygons = shapely.empty(count, geom_type=shapely.GeometryType.MULTIPOLYGON)
    shapely.multipolygons(parts, indices=rows, out=areas)
    return areas


def round_vertices(areas: Polygons, decimals: int) -> Polygons:
    """Round every vertex by itself; shared vertices stay shared, rings may come to cross.

    Vertices of a valid ring that fall together are kept once.
    """
    rounded: Polygons = shapely.transform(areas, lambda xy: np.round(xy, decimals))
    is_valid = shapely.is_valid(rounded)
    rounded[is_valid] = shapely.remove_repeated_points(rounded[is_valid])
    return rounded


def find_wide_parts(geometries: Any, width: float) -> tuple[Polygons, Rows]:
    """Find the polygon parts that a disc of diameter `width` fits in, and the row of each."""
    parts, rows = shapely.get_parts(np.atleast_1d(geometries), return_index=True)
    is_wide = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    is_wide &= ~shapely.is_empty(shapely.buffer(parts, -width / 2.0, join_style="mitre"))
    return parts[is_wide], rows[is_wide]
