"""Datums and projections: what a source states, what the store holds, what metres mean.

Coordinates are lon, lat (x, y) everywhere, whatever order a registry lists its axes in.

CGCS2000 (EPSG:4490) and WGS 84 (EPSG:4326) count as one datum: the shift between them is
null. The registry names no transformation between the two, and they agree within
centimetres at their epoch, far below a door. Every other datum must have a transformation
of its own to WGS 84; a geometry is refused rather than moved by a guess.

GCJ-02 and BD-09 are not datums but secret shifts laid over WGS 84, the second over the first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from gis.errors import CrsError

STORE_SRID = 4490
DRAW_SRID = 4326

Degrees: TypeAlias = NDArray[np.float64]
Geometries: TypeAlias = NDArray[np.object_]
_Rule: TypeAlias = Callable[[Degrees, Degrees], tuple[Degrees, Degrees]]

# SOURCE: the rectangle that all published GCJ-02 code uses for "inside China".
_CHINA_WEST, _CHINA_EAST = 72.004, 137.8347
_CHINA_SOUTH, _CHINA_NORTH = 0.8293, 55.8271

# UNITS: metres; the Krassovsky ellipsoid that GCJ-02 converts its metre offsets with.
_KRASSOVSKY_RADIUS_M = 6378245.0
_KRASSOVSKY_E2 = 0.00669342162296594323

# Each step of the inverse shrinks the error at least 100 times for GCJ-02 and 40 times for
# BD-09. A fixed count, and no stop by tolerance, keeps the answer of a point free of its
# neighbours in the array.
_GCJ02_STEPS = 5
_BD09_STEPS = 8

# Small enough for the processor cache, which halves the time of a million points.
_BLOCK = 8192

_NAMED = {"cgcs2000": STORE_SRID, "wgs84": DRAW_SRID}

# No public parameters lead from the old national datums to CGCS2000; generic ones are wrong
# by up to a hundred metres, which moves children into another catchment.
_OLD_DATUMS = ("Beijing 1954", "New Beijing", "Xian 1980")


@dataclass(frozen=True)
class Datum:
    """The system that a source states: a CRS, and the shift laid over it, if any."""

    crs: CRS
    shift: Literal["gcj02", "bd09"] | None = None


def convert_wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    """Shift WGS 84 / CGCS2000 points to GCJ-02 (Amap, Tencent).

    Points outside the rectangle of China stay where they are; NaN stays NaN.

    SOURCE: the widely published reverse-engineered formula; the authority publishes none.

    Parameters
    ----------
    lon, lat
        Degrees, any shapes that broadcast.

    Returns
    -------
    lon, lat
        Degrees, arrays of the broadcast shape.

    Examples
    --------
    >>> lon, lat = convert_wgs84_to_gcj02(116.404, 39.915)
    >>> round(float(lon), 8), round(float(lat), 8)
    (116.4102445, 39.91640428)
    """
    return _move_inside_china(lon, lat, lambda x, y: _add(_measure_gcj02_offset, x, y))


def convert_gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    """Undo the GCJ-02 shift, exact to about 1e-11 degrees (a micrometre).

    The rectangle of China is tested on the GCJ-02 point: on its rim, at sea or abroad, a
    strip of some hundred metres has no exact return.

    Same shapes and units as `convert_wgs84_to_gcj02`.

    Examples
    --------
    >>> lon, lat = convert_gcj02_to_wgs84([116.41024449916938], [39.91640428150164])
    >>> lon.round(9).tolist(), lat.round(9).tolist()
    ([116.404], [39.915])
    """
    return _move_inside_china(
        lon, lat, lambda x, y: _remove(_measure_gcj02_offset, x, y, _GCJ02_STEPS)
    )


def convert_gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    """Shift GCJ-02 points to BD-09 (Baidu); same rules as `convert_wgs84_to_gcj02`."""
    return _move_inside_china(lon, lat, lambda x, y: _add(_measure_bd09_offset, x, y))


def convert_bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    """Undo the BD-09 shift, exact to about 1e-11 degrees.

    The usual closed form is off by up to 1e-6 degrees because it reads the wave of the shift
    at the BD-09 point; this one solves for the GCJ-02 point.
    """
    return _move_inside_china(
        lon, lat, lambda x, y: _remove(_measure_bd09_offset, x, y, _BD09_STEPS)
    )


def resolve_crs(name: object) -> Datum:
    """Resolve what a source states into a CRS and a shift; nothing is guessed.

    Parameters
    ----------
    name
        EPSG code (``4549``, ``"4549"``, ``"EPSG:4549"``), WKT, PROJJSON, a pyproj CRS, a
        `Datum`, or one of ``gcj02``, ``bd09``, ``cgcs2000``, ``wgs84`` (case, ``-``, ``_`` and
        blanks do not matter). Other words are refused: registries answer them with the
        nearest name they know.

    Raises
    ------
    CrsError
        None is stated, it is unknown, it is no map system (geocentric, vertical), or it is one
        of the old national datums that have no public way to CGCS2000.

    Examples
    --------
    >>> resolve_crs("GCJ-02").shift
    'gcj02'
    >>> resolve_crs(4549).crs.name
    'CGCS2000 / 3-degree Gauss-Kruger CM 120E'
    """
    if isinstance(name, Datum):
        return name
    if name is None:
        raise CrsError(
            "No coordinate system is stated.",
            mend="State it: an EPSG code such as 4490, or gcj02 or bd09 for shifted maps.",
        )
    if isinstance(name, str):
        word = re.sub(r"[-_\s]", "", name).lower()
        if word in ("gcj02", "bd09"):
            return Datum(CRS.from_epsg(STORE_SRID), word)  # type: ignore[arg-type]
        name = _NAMED.get(word, name.strip())
    crs = _read_crs(name)
    datum_name = crs.geodetic_crs.datum.name if crs.geodetic_crs and crs.geodetic_crs.datum else ""
    if datum_name.startswith(_OLD_DATUMS):
        raise CrsError(
            f"{crs.name} rests on {datum_name}, which has no public transformation to CGCS2000.",
            mend="Ask the surveying office to deliver in CGCS2000 (EPSG:4490 or EPSG:4549).",
        )
    return Datum(crs)


def _read_crs(name: object) -> CRS:
    """Read a code, WKT, PROJJSON or CRS; a bare word counts as unknown."""
    known = not isinstance(name, str) or re.search(r"^\d+$|[:\[]", name)
    crs = None
    if known and not isinstance(name, bool):
        with suppress(CRSError):
            crs = CRS.from_user_input(name)
    if crs is None or not (crs.is_geographic or crs.is_projected):
        raise CrsError(
            f"{str(name)[:80]!r} is no known map coordinate system.",
            mend="Give an EPSG code such as 4490 or 4549, WKT, gcj02 or bd09.",
        )
    return crs


def require_metres(name: object) -> CRS:
    """Return the CRS when lengths in it are metres on the ground, else refuse it.

    Web Mercator counts as unfit: its unit is called metre, but one of them is 0.88 m on the
    ground at 28° N.

    Parameters
    ----------
    name
        Anything that `resolve_crs` takes.

    Raises
    ------
    CrsError
        Degrees, feet, a shifted system or Web Mercator.

    Examples
    --------
    >>> require_metres(4549).to_epsg()
    4549
    """
    datum = resolve_crs(name)
    operation = datum.crs.coordinate_operation
    is_metric = (
        datum.crs.is_projected
        and all(axis.unit_name == "metre" for axis in datum.crs.axis_info[:2])
        and operation is not None
        and "Pseudo Mercator" not in operation.method_name
    )
    if not is_metric:
        raise CrsError(
            f"{datum.shift or datum.crs.name} does not measure in metres.",
            mend="Use the district's metric system, such as EPSG:4549.",
        )
    return datum.crs


def to_store(geometries: Any, source: object = None) -> Geometries:
    """Bring geometries from the system their source states into EPSG:4490, lon/lat.

    A stated `source` wins over what the file says of itself: GeoJSON claims WGS 84 even when
    a steward knows it to be GCJ-02. Z is kept as it is; None and empty stay.

    Parameters
    ----------
    geometries
        GeoDataFrame, GeoSeries or array of n geometries.
    source
        Anything that `resolve_crs` takes; by default the CRS of the GeoDataFrame or GeoSeries.

    Returns
    -------
    Geometries
        Array of n geometries in EPSG:4490.

    Raises
    ------
    CrsError
        No system is stated, it has no exact way to CGCS2000, or a geometry lies outside its
        range.

    Examples
    --------
    >>> point = to_store([shapely.Point(116.41024449916938, 39.91640428150164)], "gcj02")[0]
    >>> round(point.x, 6), round(point.y, 6)
    (116.404, 39.915)
    """
    stated = source if source is not None else getattr(geometries, "crs", None)
    column = getattr(geometries, "geometry", geometries)
    return _transform(column, resolve_crs(stated), CRS.from_epsg(STORE_SRID))


def to_metric(geometries: Any, metric_srid: int) -> Geometries:
    """Project n geometries of the store (EPSG:4490) into a CRS that passes `require_metres`.

    UNITS: x east and y north in metres.
    """
    return _transform(geometries, resolve_crs(STORE_SRID), require_metres(metric_srid))


def from_metric(geometries: Any, metric_srid: int) -> Geometries:
    """Bring geometries measured in metres back into the store's EPSG:4490."""
    metric = Datum(require_metres(metric_srid))
    return _transform(geometries, metric, CRS.from_epsg(STORE_SRID))


def transform_frame(frame: Any, to_srid: int, *, source: object = None) -> Any:
    """Return a copy of a GeoDataFrame with its geometry column in another CRS.

    Parameters
    ----------
    frame
        GeoDataFrame; index, other columns and the name of the geometry column are kept.
    to_srid
        EPSG code of the result.
    source
        The system the source states, if the frame does not know it or is wrong about it.

    Raises
    ------
    CrsError
        As in `to_store`.
    """
    datum = resolve_crs(source if source is not None else frame.crs)
    moved = _transform(frame.geometry, datum, resolve_crs(to_srid).crs)
    column = gpd.GeoSeries(moved, index=frame.index, crs=to_srid)
    return frame.assign(**{frame.geometry.name: column}).set_geometry(frame.geometry.name)


def _transform(geometries: Any, source: Datum, target: CRS) -> Geometries:
    """Move geometries over the common lon/lat of WGS 84 and CGCS2000; see the module text."""
    inward, outward = _get_transformer(source.crs), _get_transformer(target)

    def move(x: Degrees, y: Degrees, *z: Degrees) -> tuple[Degrees, ...]:
        if source.shift == "bd09":
            x, y = convert_bd09_to_gcj02(x, y)
        if source.shift is not None:
            x, y = convert_gcj02_to_wgs84(x, y)
        x, y = inward.transform(x, y)
        x, y = outward.transform(x, y, direction="INVERSE")
        return (x, y, *z)

    array = np.atleast_1d(np.asarray(geometries, dtype=object))
    moved: Geometries = shapely.transform(  # the stubs miss None: Z where there is Z
        array, move, include_z=None, interleaved=False
    )  # type: ignore[call-overload]
    _refuse_unreachable(moved, source, target)
    return moved


@lru_cache(maxsize=64)
def _get_transformer(crs: CRS) -> Transformer:
    """Return the way from `crs` to lon/lat of CGCS2000 or, the same to us, of WGS 84."""
    for srid in (STORE_SRID, DRAW_SRID):
        with suppress(ProjError):
            return Transformer.from_crs(crs, srid, always_xy=True, allow_ballpark=False)
    raise CrsError(
        f"No exact transformation leads from {crs.name} to CGCS2000.",
        mend="Deliver the data in CGCS2000 (EPSG:4490 or EPSG:4549) or WGS 84.",
    )


def _refuse_unreachable(moved: Geometries, source: Datum, target: CRS) -> None:
    """Refuse geometries that cannot lie in the system their source states."""
    bounds = np.abs(shapely.bounds(moved))
    limits = (180.0, 90.0, 180.0, 90.0) if target.is_geographic else (np.finfo(float).max,) * 4
    rows = np.flatnonzero((bounds > limits).any(axis=1))
    if rows.size:
        raise CrsError(
            f"{rows.size} geometries, first in row {rows[0]}, cannot lie in "
            f"{source.shift or source.crs.name}: their coordinates leave its range.",
            mend="State the system that the coordinates are really in.",
        )


def _move_inside_china(lon: ArrayLike, lat: ArrayLike, rule: _Rule) -> tuple[Degrees, Degrees]:
    """Apply `rule` to the points inside the rectangle of China and leave the rest."""
    lon, lat = np.broadcast_arrays(np.asarray(lon, float), np.asarray(lat, float))
    moved_lon, moved_lat = lon.flatten(), lat.flatten()
    is_inside = (moved_lon >= _CHINA_WEST) & (moved_lon <= _CHINA_EAST)
    is_inside &= (moved_lat >= _CHINA_SOUTH) & (moved_lat <= _CHINA_NORTH)
    inside = np.flatnonzero(is_inside)
    for start in range(0, inside.size, _BLOCK):
        block = inside[start : start + _BLOCK]
        moved_lon[block], moved_lat[block] = rule(moved_lon[block], moved_lat[block])
    return moved_lon.reshape(lon.shape), moved_lat.reshape(lat.shape)


def _add(measure: _Rule, lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    east, north = measure(lon, lat)
    return lon + east, lat + north


def _remove(measure: _Rule, lon: Degrees, lat: Degrees, steps: int) -> tuple[Degrees, Degrees]:
    """Find the point that the offset moves to lon, lat, by fixed-point steps."""
    found_lon, found_lat = lon, lat
    for _ in range(steps):
        east, north = measure(found_lon, found_lat)
        found_lon, found_lat = lon - east, lat - north
    return found_lon, found_lat


def _measure_gcj02_offset(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Measure the GCJ-02 offset of WGS 84 points, in degrees east and north."""
    x, y = lon - 105.0, lat - 35.0
    pi_x, pi_y = np.pi * x, np.pi * y
    root, ripple = np.sqrt(np.abs(x)), 20.0 * (np.sin(6.0 * pi_x) + np.sin(2.0 * pi_x))

    east_m = 300.0 + x + 2.0 * y + 0.1 * x * (x + y) + 0.1 * root
    east_m += (ripple + 20.0 * np.sin(pi_x) + 40.0 * np.sin(pi_x / 3.0)) * 2.0 / 3.0
    east_m += (150.0 * np.sin(pi_x / 12.0) + 300.0 * np.sin(pi_x / 30.0)) * 2.0 / 3.0
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north_m += (ripple + 20.0 * np.sin(pi_y) + 40.0 * np.sin(pi_y / 3.0)) * 2.0 / 3.0
    north_m += (160.0 * np.sin(pi_y / 12.0) + 320.0 * np.sin(pi_y / 30.0)) * 2.0 / 3.0

    # Radii of curvature of the ellipsoid turn metres into degrees.
    angle = np.radians(lat)
    squash = 1.0 - _KRASSOVSKY_E2 * np.sin(angle) ** 2
    prime_m = _KRASSOVSKY_RADIUS_M / np.sqrt(squash)
    meridian_m = prime_m * (1.0 - _KRASSOVSKY_E2) / squash
    return np.degrees(east_m / (prime_m * np.cos(angle))), np.degrees(north_m / meridian_m)


def _measure_bd09_offset(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Measure the BD-09 offset of GCJ-02 points, in degrees east and north."""
    wave = np.pi * 3000.0 / 180.0
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * wave)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * wave)
    return radius * np.cos(angle) + 0.0065 - lon, radius * np.sin(angle) + 0.006 - lat
