"""An area that somebody selects: as the address of the page writes it, by names, from a file."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

import geopandas as gpd
import numpy as np
import shapely
from sqlalchemy import Connection

from gis.crs import STORE_SRID, from_metric, to_metric, transform_frame
from gis.database import read_features
from gis.errors import RejectedDataError, UsageError
from gis.ingest.areas import read_area_file

PickKind = Literal["subdistrict", "community", "catchment"]
PICKS: tuple[PickKind, ...] = get_args(PickKind)
SEPARATOR = "!"
LARGEST_RADIUS_M = 50_000
MOST_PARTS, MOST_CORNERS = 200, 2000
LETTERS = {"s": "subdistrict", "c": "community", "z": "catchment"}
_STEP_DEG = 1e-5  # of a polyline; about a metre
_CIRCLE_QUARTER = 32  # straight pieces of a quarter circle


@dataclass(frozen=True)
class Part:
    """One part of an area; parts together are their union.

    Parameters
    ----------
    kind
        subdistrict, community or catchment with their `id`; polygon with `corners`; circle with
        its middle as the only corner, and `radius_m`; shape with `geom`.
    corners
        Degrees of EPSG:4326, longitude first.
    geom
        Polygon in EPSG:4490.
    """

    kind: str
    id: int | None = None
    corners: tuple[tuple[float, float], ...] = ()
    radius_m: float | None = None
    name: str | None = None
    geom: Any = None


@dataclass(frozen=True)
class Ground:
    """Where names and numbers of parts are looked up: a district, a plan and a stage of it."""

    district_id: int
    district_code: str
    metric_srid: int
    plan_id: int
    stage: str


def parse_area(text: str) -> tuple[Part, ...]:
    """Read the parts of an area as the address of the page writes them.

    Parts are separated by ``!``; the first letter says what each is: ``s12``, ``c12`` and ``z12``
    are a subdistrict, a community and the catchment of a school by number; ``p…`` is a polygon as
    an encoded polyline of latitudes and longitudes in steps of 1e-5 degrees; ``o120.6,27.9,800``
    is a circle: longitude, latitude, radius in metres.

    Raises
    ------
    UsageError
        When a part cannot be read, or there are too many.

    Examples
    --------
    >>> [part.kind for part in parse_area("s12!o120.6,27.95,800")]
    ['subdistrict', 'circle']
    >>> parse_area("p_p~iF~ps|U_ulLnnqC_mqNvxq`@")[0].corners[0]
    (-120.2, 38.5)
    """
    texts = [one for one in text.split(SEPARATOR) if one]
    if len(texts) > MOST_PARTS:
        raise UsageError(
            f"An area has {len(texts)} parts.", mend=f"Select at most {MOST_PARTS} parts."
        )
    return tuple(_parse_part(one) for one in texts)


def _parse_part(text: str) -> Part:
    letter, rest = text[:1], text[1:]
    if letter in LETTERS and re.fullmatch(r"[0-9]{1,18}", rest):
        return Part(LETTERS[letter], int(rest))
    if letter == "o":
        return parse_circle(rest)
    if letter == "p":
        corners = decode_polyline(rest)
        if 3 <= len(corners) <= MOST_CORNERS:
            return Part("polygon", corners=corners)
    raise UsageError(
        f"'{text[:40]}' is no part of an area.",
        mend="Select the area on the map again.",
    )


def parse_circle(text: str) -> Part:
    """Read a circle: longitude, latitude, radius in metres.

    Raises
    ------
    UsageError
        When these are no three numbers, no place, or no radius up to 50 km.

    Examples
    --------
    >>> parse_circle("120.62,27.95,800").radius_m
    800.0
    """
    try:
        longitude, latitude, radius_m = (float(word) for word in text.split(","))
    except ValueError as error:
        raise UsageError(
            f"'{text}' is no circle.", mend="Write LON,LAT,RADIUS_M, such as 120.62,27.95,800."
        ) from error
    is_place = abs(longitude) <= 180 and abs(latitude) < 85
    if not (is_place and 0 < radius_m <= LARGEST_RADIUS_M):
        raise UsageError(
            f"'{text}' is no circle on the ground.",
            mend=f"Give degrees and a radius of at most {LARGEST_RADIUS_M} m.",
        )
    return Part("circle", corners=((longitude, latitude),), radius_m=radius_m)


def decode_polyline(text: str) -> tuple[tuple[float, float], ...]:
    """Decode a polyline of steps of 1e-5 degrees into corners, longitude first.

    SOURCE: Encoded Polyline Algorithm Format, public description by Google.

    Raises
    ------
    UsageError
        When it is cut off or holds other letters.

    Examples
    --------
    >>> decode_polyline("_p~iF~ps|U_ulLnnqC")
    ((-120.2, 38.5), (-120.95, 40.7))
    """
    steps: list[int] = []
    number = shift = 0
    for letter in text:
        bits = ord(letter) - 63
        if not 0 <= bits < 64 or shift > 40:
            raise UsageError("The area is no polyline.", mend="Draw it again.")
        number |= (bits & 31) << shift
        shift += 5
        if bits < 32:
            steps.append(~(number >> 1) if number & 1 else number >> 1)
            number = shift = 0
    if shift or len(steps) % 2:
        raise UsageError("The area is cut off.", mend="Copy the whole address, or draw it again.")
    places = np.cumsum(np.array(steps, dtype=np.int64).reshape(-1, 2), axis=0)
    return tuple((int(x) / 1e5, int(y) / 1e5) for y, x in places)


def encode_polyline(corners: Sequence[tuple[float, float]]) -> str:
    """Encode corners, longitude first, as a polyline; the reverse of :func:`decode_polyline`.

    Examples
    --------
    >>> encode_polyline([(-120.2, 38.5), (-120.95, 40.7)])
    '_p~iF~ps|U_ulLnnqC'
    """
    letters = []
    before = (0, 0)
    for longitude, latitude in corners:
        place = (round(latitude / _STEP_DEG), round(longitude / _STEP_DEG))
        for now, last in zip(place, before, strict=True):
            step = now - last
            number = ~(step << 1) if step < 0 else step << 1
            while number >= 32:
                letters.append(chr((32 | number & 31) + 63))
                number >>= 5
            letters.append(chr(number + 63))
        before = place
    return "".join(letters)


def read_file_parts(path: Path) -> tuple[Part, ...]:
    """Read the polygons of a vector file that states its coordinate system.

    Raises
    ------
    UsageError, RejectedDataError, CrsError
        As :func:`gis.ingest.areas.read_area_file`.
    """
    found = read_area_file(path, shared_ids=True).areas
    stored = transform_frame(found, STORE_SRID)
    return tuple(
        Part("shape", name=f"{path.name} {id}", geom=geom)
        for id, geom in zip(stored["area_id"], stored.geometry, strict=True)
    )


def find_parts(
    connection: Connection, ground: Ground, kind: PickKind, names: Sequence[str]
) -> tuple[Part, ...]:
    """Find subdistricts, communities or catchments by name in Chinese or English, or by code.

    Raises
    ------
    UsageError
        When there is none of that name, with those there are, or several.
    """
    if not names:
        return ()
    known = read_shapes(connection, ground, kind)
    parts = []
    for name in names:
        is_meant = known["code"] == name
        for column in ("name_zh", "name_en"):
            is_meant |= known[column].astype(str).str.casefold() == name.casefold()
        found = known[is_meant]
        if len(found) != 1:
            told = found if len(found) else known
            words = ", ".join(f"{row.name_zh} ({row.code})" for row in told[:20].itertuples())
            more = f" and {len(told) - 20} more" if len(told) > 20 else ""
            what = f"has {len(found)} times" if len(found) else "has no"
            raise UsageError(
                f"District {ground.district_code} {what} {kind} '{name}'.",
                mend=f"Use one of {words}{more}." if words else "Load some first.",
            )
        parts.append(Part(kind, int(found["id"].iloc[0]), name=str(found["name_zh"].iloc[0])))
    return tuple(parts)


def build_area(connection: Connection, ground: Ground, parts: Sequence[Part]) -> Any:
    """Unite the parts into one area, EPSG:4490.

    Raises
    ------
    UsageError
        When no part is given, or a number belongs to nothing of the district.
    RejectedDataError
        When the parts hold no ground.
    """
    if not parts:
        raise UsageError("No area is selected.", mend="Name one, draw one or give a file.")
    shapes = [part.geom for part in parts if part.geom is not None]
    shapes += [_draw_part(part, ground.metric_srid) for part in parts if part.corners]
    for kind in PICKS:
        ids = [part.id for part in parts if part.kind == kind and part.id is not None]
        if ids:
            known = read_shapes(connection, ground, kind, ids).set_index("id")["geom"]
            lost = [id for id in ids if id not in known.index]
            if lost:
                raise UsageError(
                    f"District {ground.district_code} has no {kind} {lost[0]}"
                    + (f" in stage {ground.stage}." if kind == "catchment" else "."),
                    mend="Select the area again.",
                )
            shapes += list(known.loc[ids])
    area = shapely.union_all(np.array(shapes, dtype=object))
    if area.is_empty or not area.area:
        raise RejectedDataError(
            "The selected area holds no ground.", mend="Draw an area, not a line or a point."
        )
    return area


def read_shapes(
    connection: Connection, ground: Ground, kind: PickKind, ids: Sequence[int] | None = None
) -> gpd.GeoDataFrame:
    """Read what can be picked of a kind: id, code, name_zh, name_en, geom; all or these ids."""
    return read_features(
        connection,
        "area_shapes",
        kind=kind,
        district_id=ground.district_id,
        plan_id=ground.plan_id,
        stage=ground.stage,
        ids=None if ids is None else list(ids),
    )


def _draw_part(part: Part, metric_srid: int) -> Any:
    if part.kind == "circle":
        return _draw_circle(part.corners[0], part.radius_m or 0.0, metric_srid)
    # A lasso may cross itself: what it encloses is meant, whatever the way around.
    return shapely.make_valid(shapely.Polygon(part.corners), method="structure")


@lru_cache(maxsize=64)
def _draw_circle(middle: tuple[float, float], radius_m: float, metric_srid: int) -> Any:
    flat = to_metric(np.array([shapely.Point(middle)], dtype=object), metric_srid)
    round_ = shapely.buffer(flat, radius_m, quad_segs=_CIRCLE_QUARTER)
    return from_metric(round_, metric_srid)[0]


def write_hex(area: Any) -> str:
    """Write an area of EPSG:4490 as the database takes it."""
    assert math.isfinite(area.area)  # the parts were checked
    return str(shapely.to_wkb(shapely.set_srid(area, STORE_SRID), hex=True, include_srid=True))
