"""Points in polygons, Voronoi cells and gap-free dissolves, on plain arrays.

Everything works in the coordinates as given and knows no CRS; lengths (tolerances, nearest
sites) mean something on the ground only in a metric CRS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from gis import coverage
from gis.coverage import Geometries, Polygons, Rows
from gis.errors import RejectedDataError, UsageError
from gis.labelling import OUTSIDE, build_label_index, label_by_tree, read_labels, read_points

__all__ = [
    "OUTSIDE",
    "Area",
    "CoverageReport",
    "assign_nearest",
    "check_coverage",
    "dissolve",
    "draw_cells",
    "label_points",
    "order_rings",
    "round_coverage",
]

Area: TypeAlias = shapely.Polygon | shapely.MultiPolygon

# Below it laying the grid takes longer than testing every point.
_FEW_POINTS = 20_000


@dataclass(frozen=True, eq=False)
class CoverageReport:
    """What keeps polygons from being a coverage; rows are positions in the checked array.

    Areas are in squared units of the coordinates.
    """

    invalid: Rows  # missing, empty, not polygons, or crossing themselves
    overlaps: Rows  # shape (k, 2): pairs of rows that claim the same ground
    overlap_area: float  # ground claimed more than once, counted once
    gap_neighbours: Rows  # rows that border unclaimed ground
    gap_area: float
    outside: Rows  # rows that reach beyond the frame
    outside_area: float
    is_edge_matched: bool  # shared edges have the same vertices, as `is_coverage` sees it

    @property
    def offenders(self) -> Rows:
        """Every row that is part of any fault, once, in order."""
        faults = (self.invalid, self.overlaps.ravel(), self.gap_neighbours, self.outside)
        return np.unique(np.concatenate(faults))

    @property
    def is_sound(self) -> bool:
        """Whether no polygon is invalid, overlaps, borders a gap or leaves the frame."""
        return self.offenders.size == 0


def label_points(
    points_x: ArrayLike,
    points_y: ArrayLike,
    polygons: Geometries,
    *,
    ids: ArrayLike | None = None,
) -> NDArray[np.int64]:
    """Label each point with the polygon that covers it, -1 outside all of them.

    A point on a border, or in an overlap, belongs to the lowest label that covers it, whatever
    the order of the rows. Points with a NaN coordinate lie outside; missing and empty polygons
    cover nothing.

    Parameters
    ----------
    points_x, points_y
        Coordinates of n points.
    polygons
        Array of m polygons in the same CRS.
    ids
        m labels of the polygons, whole numbers from 0; several polygons may share one. By
        default the position in `polygons`.

    Returns
    -------
    labels
        n labels.

    Raises
    ------
    UsageError
        Lengths differ, or a label is negative.
    RejectedDataError
        There are many points and a geometry is no polygon, or a vertex is no place.

    Examples
    --------
    >>> squares = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]
    >>> label_points([0.5, 1.0, 1.5, 9.0], [0.5, 0.5, 0.5, 0.5], squares).tolist()
    [0, 0, 1, -1]
    """
    x, y = read_points(points_x, points_y)
    if x.size > _FEW_POINTS:
        return build_label_index(polygons, ids=ids).label(x, y)
    areas = np.asarray(polygons, dtype=object)
    return label_by_tree(x, y, areas, read_labels(areas, ids))


def assign_nearest(
    points_x: ArrayLike, points_y: ArrayLike, sites_x: ArrayLike, sites_y: ArrayLike
) -> NDArray[np.int64]:
    """Assign each point to its nearest site in a straight line.

    Equally near sites yield to the lowest position. Points with a NaN coordinate get -1.

    Parameters
    ----------
    points_x, points_y
        Coordinates of n points. UNITS: metres; degrees would stretch east and west.
    sites_x, sites_y
        Coordinates of m sites, in the same CRS.

    Returns
    -------
    sites
        n positions among the sites.

    Raises
    ------
    RejectedDataError
        There is no site, or a site has no coordinates.

    Examples
    --------
    >>> assign_nearest([0.0, 5.0, 9.0], [0.0, 0.0, 0.0], [10.0, 0.0], [0.0, 0.0]).tolist()
    [1, 0, 0]
    """
    x, y = read_points(points_x, points_y)
    sites = np.column_stack(read_points(sites_x, sites_y))
    bare = np.flatnonzero(~np.isfinite(sites).all(axis=1))
    if bare.size or not len(sites):
        raise RejectedDataError(
            f"{bare.size} of {len(sites)} sites have no coordinates (rows {bare[:5].tolist()}).",
            mend="Give at least one site and coordinates for each.",
        )
    tree = cKDTree(sites)
    nearest = np.full(x.size, OUTSIDE, dtype=np.int64)
    pending = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    wanted = 2
    while pending.size:
        # Twice as many neighbours as long as all of those seen are equally near.
        ranks = np.arange(1, min(wanted, len(sites)) + 1)
        waiting = np.column_stack([x[pending], y[pending]])
        distances, found = map(np.asarray, tree.query(waiting, k=ranks))
        is_tied = distances == distances[:, :1]
        nearest[pending] = np.where(is_tied, found, len(sites)).min(axis=1)
        pending = pending[is_tied.all(axis=1) & (ranks.size < len(sites))]
        wanted *= 2
    return nearest


def dissolve(
    polygons: Geometries, labels: ArrayLike, *, tolerance: float = 0.0
) -> tuple[NDArray[Any], Polygons]:
    """Merge the polygons of each label so that neighbours still share every vertex.

    A coverage is merged exactly. Anything else is made one first: vertices within `tolerance`
    are snapped together, gaps narrower than it go to the neighbour with the longest border,
    and ground claimed twice goes to the lowest label. With tolerance 0 no gap is closed.

    Parameters
    ----------
    polygons
        n polygons; missing and empty ones add nothing.
    labels
        n labels that can be sorted, none of them missing.
    tolerance
        Length in units of the coordinates.

    Returns
    -------
    labels, areas
        The k different labels in order, and for each a valid MultiPolygon.

    Raises
    ------
    UsageError
        Lengths differ.
    RejectedDataError
        A label is missing, or a geometry is no polygon.

    Examples
    --------
    >>> squares = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(2, 0, 3, 1)]
    >>> names, areas = dissolve(squares, ["b", "a", "b"])
    >>> names.tolist(), shapely.area(areas).tolist()
    (['a', 'b'], [1.0, 2.0])
    """
    areas, marks = coverage.read_polygons(polygons), np.asarray(labels)
    if areas.size != marks.size:
        raise UsageError(
            f"{areas.size} polygons came with {marks.size} labels.",
            mend="Give one label for each polygon.",
        )
    bare = np.flatnonzero(pd.isna(marks))
    if bare.size:
        raise RejectedDataError(
            f"{bare.size} polygons have no label, first in row {bare[0]}.",
            mend="Label every polygon or leave it out.",
        )
    names, codes = np.unique(marks, return_inverse=True)
    if not coverage.is_coverage(areas):
        order = np.argsort(codes, kind="stable")
        areas, codes = coverage.clean_coverage(areas[order], tolerance), codes[order]
    return names, coverage.merge_faces(areas, codes, names.size)


def check_coverage(
    polygons: Geometries, *, frame: Area | None = None, tolerance: float
) -> CoverageReport:
    """Report overlaps, gaps and invalid polygons, with the rows at fault.

    An overlap, gap or overhang counts when it is wider than `tolerance` somewhere, that is,
    when a disc of that diameter fits in. Invalid polygons are measured as repaired.

    Parameters
    ----------
    polygons
        n polygons.
    frame
        Valid polygon that they should fill; by default they should leave no hole between them.
    tolerance
        Length in units of the coordinates.

    Raises
    ------
    RejectedDataError
        The frame is no valid polygon.

    Examples
    --------
    >>> report = check_coverage([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)], tolerance=0)
    >>> report.overlap_area, report.offenders.tolist()
    (1.0, [0, 1])
    """
    areas = np.asarray(polygons, dtype=object)
    is_polygon = coverage.is_polygon(areas) & ~shapely.is_empty(areas)
    is_valid = is_polygon & shapely.is_valid(areas)
    areas = coverage.repair_polygons(np.where(is_polygon, areas, np.array(None)))
    tree = shapely.STRtree(areas)

    first, second = tree.query(areas, predicate="intersects")
    first, second = first[first < second], second[first < second]
    shared, pair = coverage.find_wide_parts(
        shapely.intersection(areas[first], areas[second]), tolerance
    )
    pair = np.unique(pair)

    union = shapely.union_all(areas)
    shell = shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(union)))
    wanted = shapely.union_all(shell) if frame is None else _require_area(frame)
    gaps, _ = coverage.find_wide_parts(shapely.difference(wanted, union), tolerance)
    beyond, outside = coverage.find_wide_parts(shapely.difference(areas, wanted), tolerance)
    return CoverageReport(
        invalid=np.flatnonzero(~is_valid),
        overlaps=np.column_stack([first[pair], second[pair]]),
        overlap_area=float(shapely.union_all(shared).area),
        gap_neighbours=np.unique(tree.query(gaps, predicate="dwithin", distance=tolerance)[1]),
        gap_area=float(shapely.area(gaps).sum()),
        outside=np.unique(outside),
        outside_area=float(shapely.union_all(beyond).area),
        is_edge_matched=coverage.is_coverage(areas),
    )


def draw_cells(points: Geometries, frame: Area) -> Polygons:
    """Draw the Voronoi cell of each point inside a frame, as an exact coverage.

    The borders between cells and the frame are noded together once, so that cells share
    every vertex. The cell of a point outside the frame may be empty.

    Parameters
    ----------
    points
        n different Points. UNITS: metres; in degrees cells come out stretched.
    frame
        Valid Polygon or MultiPolygon that the cells fill.

    Returns
    -------
    cells
        n MultiPolygons, in the order of the points.

    Raises
    ------
    RejectedDataError
        Two points coincide, a point is missing or empty, or the frame is no valid polygon.

    Examples
    --------
    >>> cells = draw_cells(shapely.points([[1, 1], [3, 1]]), shapely.box(0, 0, 4, 2))
    >>> shapely.area(cells).tolist()
    [4.0, 4.0]
    """
    sites = np.array(points, dtype=object)
    sites[shapely.is_empty(sites)] = None
    xy = np.column_stack([shapely.get_x(sites), shapely.get_y(sites)])
    _, rank, count = np.unique(xy, axis=0, return_inverse=True, return_counts=True)
    unfit = np.flatnonzero((count[rank.ravel()] > 1) | ~np.isfinite(xy).all(axis=1))
    if unfit.size or not sites.size:
        raise RejectedDataError(
            f"{unfit.size} of {sites.size} points are missing or coincide: {unfit[:5].tolist()}.",
            mend="Give different points, one for each cell.",
        )
    shapely.prepare(_require_area(frame))
    # The diagram must reach well beyond the frame for its borders to end on the frame.
    west, south, east, north = frame.bounds
    reach = shapely.envelope(frame).buffer(max(east - west, north - south))
    borders = shapely.voronoi_polygons(shapely.multipoints(sites), extend_to=reach, only_edges=True)
    faces = coverage.cut_faces([borders, shapely.boundary(frame)])
    inner = shapely.point_on_surface(faces)
    is_inside = shapely.intersects(frame, inner)
    places = shapely.get_coordinates(inner[is_inside])
    owners = assign_nearest(*places.T, *xy.T)
    return coverage.merge_faces(faces[is_inside], owners, sites.size)


def order_rings(geometries: Geometries) -> Polygons:
    """Turn exterior rings counter-clockwise and holes clockwise, as RFC 7946 asks."""
    turned: Polygons = shapely.orient_polygons(np.asarray(geometries, dtype=object))
    return turned


def round_coverage(polygons: Geometries, *, decimals: int = 7) -> Polygons:
    """Round the vertices of a coverage so that it stays one: no gap and no overlap opens.

    Shared vertices round alike. Where rounding makes rings touch or cross, the whole linework
    is noded again on the rounded grid; a polygon narrower than the last decimal may come back
    empty. Polygons that are no coverage are rounded, and repaired, each by itself.

    Parameters
    ----------
    polygons
        n polygons.
    decimals
        Decimal places to keep; 7 at most in GeoJSON after RFC 7946.

    Returns
    -------
    rounded
        n valid polygons; all are MultiPolygons when the linework was noded again.

    Examples
    --------
    >>> halves = [shapely.box(0, 0, 1 / 3, 1), shapely.box(1 / 3, 0, 1, 1)]
    >>> [part.bounds for part in round_coverage(halves, decimals=2)]
    [(0.0, 0.0, 0.33, 1.0), (0.33, 0.0, 1.0, 1.0)]
    """
    areas = coverage.read_polygons(polygons)
    rounded = coverage.round_vertices(areas, decimals)
    if coverage.is_coverage(rounded):
        return rounded
    grid_size = 10.0**-decimals
    if coverage.is_coverage(areas):
        faces = coverage.cut_faces(shapely.boundary(areas), grid_size)
        inner = shapely.point_on_surface(faces)
        owners = label_points(shapely.get_x(inner), shapely.get_y(inner), areas)
        faces, owners = faces[owners != OUTSIDE], owners[owners != OUTSIDE]
        return coverage.round_vertices(coverage.merge_faces(faces, owners, areas.size), decimals)
    broken = ~shapely.is_valid(rounded)
    mended = shapely.set_precision(coverage.repair_polygons(areas[broken]), grid_size)
    rounded[broken] = coverage.round_vertices(mended, decimals)
    return rounded


def _require_area(frame: Area) -> Area:
    if not coverage.is_polygon(np.array([frame])).all() or not shapely.is_valid(frame):
        raise RejectedDataError(
            f"The frame is no valid polygon: {shapely.is_valid_reason(frame)}.",
            mend="Repair the frame first.",
        )
    return frame
