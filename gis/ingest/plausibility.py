"""Are places where they claim to be? Findings with evidence; nothing is ever moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError
from scipy.stats import binom

from gis.crs import STORE_SRID, Datum, Geometries, resolve_crs, to_metric, to_store
from gis.errors import CrsError

Kind: TypeAlias = Literal[
    "no_coordinates", "antimeridian", "outside", "swapped", "other_system", "shifted"
]
Flags: TypeAlias = NDArray[np.bool_]
Coordinates: TypeAlias = NDArray[np.float64]

# ASSUMPTION: an explanation counts when it brings nearly all places into the district, and the
# stated system hardly any.
_MOST_SHARE, _FEW_SHARE = 0.9, 0.1
# ASSUMPTION: chance that places without a shift are called shifted, for each of two shifts.
_ALARM_CHANCE = 1e-3
_NEAR_M = 5.0
_TRIED = 2_000  # places that the shift is tried on, drawn evenly
_TURNS = 23  # other directions that the same step is tried in
_ROWS_NAMED = 10

# SOURCE: EPSG registry. Belts of systems in use in China: first code, its central meridian, and
# how far the next belt is; CGCS2000 in 3° and 6° belts, without and with the number of the belt in
# front of the easting, and WGS 84 in UTM zones.
_BELTS = ((4534, 75, 3), (4513, 75, 3), (4502, 75, 6), (4491, 75, 6), (32643, 75, 6))
_LAST_MERIDIAN = 135
_OTHER_SYSTEMS = (STORE_SRID, 3857)
_BELTS_TRIED_DEG = 4.6  # the belt of a district and its neighbours


@dataclass(frozen=True)
class Finding:
    """One doubt about where places are.

    Parameters
    ----------
    kind
        ``no_coordinates``, ``antimeridian``, ``outside``, ``swapped`` (longitude and latitude),
        ``other_system``, ``shifted`` (GCJ-02 or BD-09).
    count, total
        Places that it is about, and places there are.
    words
        What was found, in one sentence.
    mend
        What a person may do about it.
    rows
        Some of the places, by position from 0.
    evidence
        Numbers behind it.
    """

    kind: Kind
    count: int
    total: int
    words: str
    mend: str
    rows: list[int] = field(default_factory=list)
    evidence: dict[str, float | int | str] = field(default_factory=dict)


def find_misplaced(
    shapes: Any,
    stated: object,
    district: Any,
    *,
    metric_srid: int,
    references: Iterable[Any] | None = None,
    near_m: float = _NEAR_M,
) -> list[Finding]:
    """Find out whether shapes can lie where their stated system puts them.

    A place is the centroid of a shape. When most places miss the district, the systems in use in
    China and swapped coordinates are tried, and told if they bring nearly all of them in. When
    references are given, the shifts of GCJ-02 and BD-09 are undone: places are suspected of a
    shift if that brings them onto references far more often than it takes them off (paired sign
    test), and more often than a step of the same length in any other direction.

    Parameters
    ----------
    shapes
        n geometries with the coordinates of the file; missing ones are passed over.
    stated
        Their system, as `gis.crs.resolve_crs` takes it.
    district
        Area of the district, EPSG:4490.
    metric_srid
        Its system in metres.
    references
        Geometries that the places should lie on, such as buildings or roads, EPSG:4490; an area
        around them will do.
    near_m
        How near to a reference counts as on it.

    Returns
    -------
    list of Finding
        Empty when there is no doubt.

    Raises
    ------
    CrsError
        The stated system is none.

    Examples
    --------
    >>> district = shapely.box(120.5, 27.9, 120.8, 28.1)
    >>> swapped = shapely.points([[28.0, 120.6], [28.05, 120.7]])
    >>> [found] = find_misplaced(swapped, 4490, district, metric_srid=4549)
    >>> found.kind, found.words
    ('swapped', '2 of 2 places lie outside the district; with x and y swapped 2 lie inside.')
    """
    datum = resolve_crs(stated)
    array = np.atleast_1d(np.asarray(shapes, dtype=object))
    is_given = ~(shapely.is_missing(array) | shapely.is_empty(array))
    centres = np.full((len(array), 2), np.nan)
    centres[is_given] = shapely.get_coordinates(shapely.centroid(array[is_given]))
    findings = [*_find_unusable(array, centres, is_given, datum)]
    usable = np.flatnonzero(np.isfinite(centres).all(axis=1))
    if not len(usable):
        return findings
    ground = shapely.force_2d(district)  # a copy: what is prepared belongs to nobody else
    shapely.prepare(ground)
    xy = centres[usable]
    inside = _find_inside(xy, datum, ground)
    outside = usable[~inside]
    if len(outside):
        findings.append(_explain_outside(xy, inside, outside, datum, ground))
    if references is not None and datum.shift is None and inside.mean() > _FEW_SHARE:
        findings += _find_shift(xy, datum, np.asarray(list(references)), metric_srid, near_m)
    return findings


def _find_unusable(
    array: Geometries, centres: Coordinates, is_given: Flags, datum: Datum
) -> Iterator[Finding]:
    total = len(array)
    broken = np.flatnonzero(is_given & ~np.isfinite(centres).all(axis=1))
    if len(broken):
        yield Finding(
            "no_coordinates",
            len(broken),
            total,
            f"{len(broken):,} of {total:,} shapes have coordinates that are no numbers.",
            "Correct them in the source, or leave them empty.",
            broken[:_ROWS_NAMED].tolist(),
        )
    if datum.crs.is_geographic:
        bounds = shapely.bounds(array)
        wide = np.flatnonzero(bounds[:, 2] - bounds[:, 0] > 180.0)
        if len(wide):
            yield Finding(
                "antimeridian",
                len(wide),
                total,
                f"{len(wide):,} of {total:,} shapes reach more than half around the Earth: they"
                " cross the 180th meridian, or join coordinates of two systems.",
                "Cut them at the meridian, or correct them in the source.",
                wide[:_ROWS_NAMED].tolist(),
            )


def _find_inside(xy: Coordinates, datum: Datum, ground: Any) -> Flags:
    """Find the places that lie in the district when their system is the one named."""
    inside = np.zeros(len(xy), dtype=bool)
    placed = _place(xy, datum)
    if placed is not None:
        rows, lon_lat = placed
        inside[rows] = shapely.intersects_xy(ground, lon_lat)
    return inside


def _place(xy: Coordinates, datum: Datum) -> tuple[NDArray[np.int64], Coordinates] | None:
    """Bring places into EPSG:4490; those that cannot lie in the system are left out."""
    limits = (180.0, 90.0) if datum.crs.is_geographic else (1e8, 1e8)
    rows = np.flatnonzero((np.abs(xy) <= limits).all(axis=1))
    try:
        points = to_store(shapely.points(xy[rows]), datum)
    except CrsError:
        return None
    return rows, shapely.get_coordinates(points)


def _explain_outside(
    xy: Coordinates, inside: Flags, outside: NDArray[np.int64], datum: Datum, ground: Any
) -> Finding:
    total, missed = len(xy), len(outside)
    found = f"{missed:,} of {total:,} places lie outside the district"
    rows = outside[:_ROWS_NAMED].tolist()
    evidence: dict[str, float | int | str] = {"inside": total - missed}
    if inside.mean() <= _FEW_SHARE:
        swapped = int(_find_inside(xy[:, ::-1], datum, ground).sum())
        if swapped >= _MOST_SHARE * total:
            return Finding(
                "swapped",
                missed,
                total,
                f"{found}; with x and y swapped {swapped:,} lie inside.",
                "Swap longitude and latitude in the mapping, if that is what happened.",
                rows,
                {**evidence, "inside_swapped": swapped},
            )
        systems, brought = _find_systems(xy, ground)
        if brought >= _MOST_SHARE * total:
            named = " or ".join(systems)
            return Finding(
                "other_system",
                missed,
                total,
                f"{found} as {datum.shift or datum.crs.name}; as {named} {brought:,} lie inside.",
                f"Ask the source for its system; if it is one of these, state {named}.",
                rows,
                {**evidence, "inside_otherwise": brought, "system": ", ".join(systems)},
            )
    return Finding(
        "outside",
        missed,
        total,
        f"{found}.",
        "Check these places, or whether the file belongs to this district.",
        rows,
        evidence,
    )


def _find_systems(xy: Coordinates, ground: Any) -> tuple[list[str], int]:
    """Find the systems under which the most places lie in the district, and how many do.

    Several may do: belts of 3° and of 6° share meridians.
    """
    best: list[str] = []
    most = 0
    for srid in _list_systems(shapely.get_x(shapely.centroid(ground))):
        try:
            count = int(_find_inside(xy, Datum(CRS.from_epsg(srid)), ground).sum())
        except CRSError:  # an older registry without it
            continue
        if count > most:
            best, most = [], count
        if count == most and count:
            best.append(f"EPSG:{srid}")
    return best, most


def _list_systems(lon: float) -> list[int]:
    """List the systems that a file of a place at this longitude may be in."""
    belts = [
        first + (meridian - start) // step
        for first, start, step in _BELTS
        for meridian in range(start, _LAST_MERIDIAN + 1, step)
        if abs(meridian - lon) < _BELTS_TRIED_DEG
    ]
    return [*_OTHER_SYSTEMS, *belts]


def _find_shift(
    xy: Coordinates, datum: Datum, references: Geometries, metric_srid: int, near_m: float
) -> list[Finding]:
    """Find out whether undoing a shift brings places onto references."""
    placed = _place(xy, datum)
    if placed is None or not len(references) or not len(placed[0]):
        return []
    lon_lat = placed[1]
    if len(lon_lat) > _TRIED:
        lon_lat = lon_lat[np.linspace(0, len(lon_lat) - 1, _TRIED).astype(int)]
    tree = shapely.STRtree(to_metric(references, metric_srid))

    def are_on(metric: Coordinates) -> Flags:
        hits = tree.query(shapely.points(metric), predicate="dwithin", distance=near_m)[0]
        on = np.zeros(len(metric), dtype=bool)
        on[hits] = True
        return on

    here = _project(lon_lat, metric_srid)
    on_here = are_on(here)
    suspects = []
    for shift in ("gcj02", "bd09"):
        undone = to_store(shapely.points(lon_lat), shift)
        steps = _project(shapely.get_coordinates(undone), metric_srid) - here
        on_there = are_on(here + steps)
        gained, lost = int((on_there & ~on_here).sum()), int((on_here & ~on_there).sum())
        chance = float(binom.sf(gained - 1, gained + lost, 0.5)) if gained else 1.0
        if chance >= _ALARM_CHANCE or not _is_best_way(on_there, here, steps, are_on):
            continue
        suspects.append((int(on_there.sum()), shift, gained, lost, chance))
    if not suspects:
        return []
    count, shift, gained, lost, chance = max(suspects)
    return [_tell_shift(len(here), int(on_here.sum()), count, shift, gained, lost, chance)]


def _is_best_way(on_there: Flags, here: Coordinates, steps: Coordinates, are_on: Any) -> bool:
    """Tell whether no other direction of the same step comes near.

    Places that lie beside buildings by nature, such as stops along a road, come onto some of them
    by any step. So the best of the other directions is set against the shift, by the same test.
    """
    best, on_best = -1, on_there
    for turn in range(1, _TURNS + 1):
        angle = 2.0 * np.pi * turn / (_TURNS + 1)
        turned = steps @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        on_turned = are_on(here + turned)
        if int(on_turned.sum()) > best:
            best, on_best = int(on_turned.sum()), on_turned
    gained, lost = int((on_there & ~on_best).sum()), int((on_best & ~on_there).sum())
    return bool(gained and binom.sf(gained - 1, gained + lost, 0.5) < _ALARM_CHANCE)


def _project(lon_lat: Coordinates, metric_srid: int) -> Coordinates:
    return shapely.get_coordinates(to_metric(shapely.points(lon_lat), metric_srid))


def _tell_shift(
    total: int, on_here: int, on_there: int, shift: str, gained: int, lost: int, chance: float
) -> Finding:
    called = {"gcj02": "GCJ-02", "bd09": "BD-09"}[shift]
    return Finding(
        "shifted",
        on_there - on_here,
        total,
        f"Of {total:,} places tried {on_here:,} lie on buildings or roads; with the shift of"
        f" {called} undone {on_there:,} do ({gained:,} come onto them, {lost:,} leave them).",
        f"Ask the source for its system; if it is {called}, state {shift}.",
        evidence={
            "system": shift,
            "on_as_stated": on_here,
            "on_undone": on_there,
            "gained": gained,
            "lost": lost,
            "chance": chance,
        },
    )
