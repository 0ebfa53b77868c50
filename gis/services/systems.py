"""Coordinate systems of a service: their addresses, their axis order, boxes stated in them.

Stored is EPSG:4490, lon/lat. CGCS2000 and WGS 84 count as one datum, see :mod:`gis.crs`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import shapely
from pyproj import CRS
from sqlalchemy import ColumnElement, func

from gis.crs import DRAW_SRID, STORE_SRID, from_metric
from gis.errors import CrsError, UsageError

_DEGREE_DECIMALS = 7  # SOURCE: RFC 7946 counsels 6; 7 are a centimetre
_METRE_DECIMALS = 3
_BOX_STEPS = 64  # a straight edge of a metric box bends in degrees


@dataclass(frozen=True)
class System:
    """A coordinate system that geometry can be asked for in.

    Parameters
    ----------
    is_northing_first
        Whether its registry puts north before east, as EPSG:4326, 4490 and 4549 do.
    """

    srid: int
    uri: str
    is_northing_first: bool
    is_metric: bool

    @property
    def decimals(self) -> int:
        """Decimals of its coordinates: a centimetre in degrees, a millimetre in metres."""
        return _METRE_DECIMALS if self.is_metric else _DEGREE_DECIMALS


CRS84 = System(DRAW_SRID, "http://www.opengis.net/def/crs/OGC/1.3/CRS84", False, False)


@lru_cache(maxsize=32)
def list_systems(metric_srid: int) -> tuple[System, ...]:
    """List the systems of a district: CRS84 (the default), WGS 84, CGCS2000, its metric one.

    Examples
    --------
    >>> [(one.srid, one.is_northing_first) for one in list_systems(4549)]
    [(4326, False), (4326, True), (4490, True), (4549, True)]
    """
    return (CRS84, *(_read_system(srid) for srid in (DRAW_SRID, STORE_SRID, metric_srid)))


def _read_system(srid: int) -> System:
    crs = CRS.from_epsg(srid)
    return System(
        srid,
        f"http://www.opengis.net/def/crs/EPSG/0/{srid}",
        crs.axis_info[0].direction == "north",
        crs.is_projected,
    )


def find_system(name: str | None, systems: Sequence[System], *, parameter: str) -> System:
    """Return the system of an address; without one CRS84, the first.

    Parameters
    ----------
    name
        ``http://www.opengis.net/def/crs/EPSG/0/4490``, ``urn:ogc:def:crs:EPSG::4490``,
        ``EPSG:4490`` or ``[EPSG:4490]``.

    Raises
    ------
    UsageError
        When the service has no such system; names those it has.

    Examples
    --------
    >>> find_system("EPSG:4549", list_systems(4549), parameter="crs").srid
    4549
    """
    if name is None:
        return systems[0]
    word = re.sub(r"[\[\]<>]", "", name).replace("https://", "http://").strip()
    for system in systems:
        authority, code = ("OGC", "CRS84") if system == systems[0] else ("EPSG", str(system.srid))
        if word in (system.uri, f"{authority}:{code}") or re.fullmatch(
            rf"urn:ogc:def:crs:{authority}:[0-9.]*:{code}", word
        ):
            return system
    raise UsageError(
        f"{parameter}={name[:80]!r} is no coordinate system of this service.",
        mend=f"Use one of {', '.join(system.uri for system in systems)}.",
    )


def express_geometry(geom: ColumnElement[Any], system: System) -> ColumnElement[str]:
    """Return the SQL that writes a stored geometry as GeoJSON in a system, axes in its order.

    Outer rings turn left, as RFC 7946 says, before axes change places.
    """
    shape = func.st_forcepolygonccw(geom)
    if system.is_metric:
        shape = func.st_transform(shape, system.srid)
    if system.is_northing_first:
        shape = func.st_flipcoordinates(shape)
    return func.st_asgeojson(shape, system.decimals, 0)


def read_box(text: str, system: System) -> Any:
    """Read a box of a system, corners with axes in its order, into a geometry of the store.

    A box of degrees whose west lies east of its east spans the date line. Heights in boxes of six
    numbers are left out.

    Raises
    ------
    UsageError
        When these are no four or six numbers, or south lies north of north.

    Examples
    --------
    >>> read_box("28,120.6,28.1,120.7", list_systems(4549)[2]).bounds
    (120.6, 28.0, 120.7, 28.1)
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:  # with heights
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)):
        raise UsageError(
            f"bbox={text[:80]!r} is no box.",
            mend="Write four numbers: the lower corner and the upper corner, as the axes of"
            " bbox-crs stand (by default longitude, latitude).",
        )
    west, south, east, north = numbers
    if system.is_northing_first:
        south, west, north, east = numbers
    if south > north or (system.is_metric and west > east):
        raise UsageError(
            f"bbox={text[:80]!r} has its lower corner above its upper one.",
            mend=f"Mind the axes of {system.uri}: "
            + ("north, then east." if system.is_northing_first else "east, then north."),
        )
    return _draw_box(west, south, east, north, system, text)


def _draw_box(
    west: float, south: float, east: float, north: float, system: System, text: str
) -> Any:
    if not system.is_metric:
        if west <= east:
            return shapely.box(west, south, east, north)
        halves = (shapely.box(west, south, 180, north), shapely.box(-180, south, east, north))
        return shapely.union_all(halves)
    box = shapely.box(west, south, east, north)
    longest = max(east - west, north - south) / _BOX_STEPS
    try:
        return from_metric([shapely.segmentize(box, longest) if longest else box], system.srid)[0]
    except CrsError as error:
        raise UsageError(
            f"bbox={text[:80]!r} lies outside of EPSG:{system.srid}.",
            mend="Give the box in metres, or name its system in bbox-crs.",
        ) from error
