"""Check a division on the ground: gaps, overlaps, islands, holes, schools outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from catchments.boundaries.statutory.division import Division, Kind
from catchments.boundaries.statutory.findings import Finding, list_findings
from catchments.boundaries.statutory.ground import (
    SLIVER_M,
    Flags,
    Ground,
    Positions,
    is_wide,
    unite_shapes,
)
from catchments.boundaries.statutory.resolving import (
    Resolution,
    choose_schools,
    resolve_division,
)
from gis.coverage import Polygons, find_wide_parts
from gis.partition import Area


@dataclass(frozen=True, eq=False)
class CheckedDivision:
    """A division resolved into units, and what is wrong with it.

    Parameters
    ----------
    kind
        What the division listed.
    school_of_unit
        school_id for each unit, missing where no school has a part of it; index as the units.
        A unit that several schools claim goes to the largest share, of equal ones to the
        lowest school_id.
    shares
        planning_unit_id, school_id, amount (m², or doors for door numbers), share of the unit
        from 0 to 1; one row for each unit and school that has a part of it.
    school_of_door
        school_id for each door, of two the lowest, missing without one; None but for door
        numbers.
    catchments
        Polygon of each school by school_id in order, empty without one. Door numbers make
        catchments of whole units.
    findings
        Faults as :func:`check_division` tells.
    areas_m2
        district, claimed (the sum of the catchments), covered (district in a catchment), gap,
        outside (catchments beyond the district), overlap (claimed more than once, each further
        time counted). Slivers count here: covered + gap = district, and
        claimed - overlap = covered + outside.
    """

    kind: Kind
    school_of_unit: pd.Series
    shares: pd.DataFrame
    school_of_door: pd.Series | None
    catchments: gpd.GeoSeries
    findings: gpd.GeoDataFrame
    areas_m2: dict[str, float]


def check_division(
    ground: Ground, division: Division, *, tolerance_m: float = SLIVER_M
) -> CheckedDivision:
    """Resolve a division into units and list every fault with what mends it.

    Findings have the columns kind (see `MENDS`), school_ids, unit_ids, named (the words of the
    plan), area_m2, count, mend and geometry. Of the ground:

    - gap: ground of the district in no catchment, with the units it touches;
    - overlap: ground of two schools; outside: ground beyond the district;
    - island: part of a catchment apart from the one that holds the school (from the largest,
      if none does); a bridge narrower than half the tolerance does not join;
    - hole: ground of the second school wholly enclosed by the catchment of the first;
    - school_outside: with the schools whose catchment it stands in; no_catchment;
    - cut_unit: planning unit of which a school has a part and not all.

    Of the names: broken, unknown_school, unknown (unit, community or street), named_twice,
    empty_range, and by street door_in_no_range, door_in_two_ranges, door_without_number,
    door_without_unit. A list that gives one unit to two schools shows as named_twice and as the
    overlap that comes of it.

    Parameters
    ----------
    ground
        The district.
    division
        What :func:`read_division` read.
    tolerance_m
        Ground where no disc of this diameter fits in is no fault.

    Raises
    ------
    UsageError
        The division needs communities or doors that the ground does not give.
    RejectedDataError
        No door lies in a planning unit.
    CrsError
        Polygons cannot be brought into the system of the ground.

    Examples
    --------
    >>> from catchments.boundaries.statutory import read_division
    >>> units = gpd.GeoDataFrame(
    ...     geometry=[shapely.box(0, 0, 9, 9), shapely.box(9, 0, 18, 9)], index=[1, 2], crs=4549
    ... )
    >>> schools = gpd.GeoDataFrame(geometry=[shapely.Point(5, 5)], index=["A"], crs=4549)
    >>> listed = pd.DataFrame({"school_id": ["A"], "planning_unit_id": [1]})
    >>> checked = check_division(Ground(units, schools), read_division(listed))
    >>> checked.school_of_unit.tolist(), checked.areas_m2["gap"]
    (['A', <NA>], 81.0)
    >>> checked.findings[["kind", "unit_ids", "area_m2"]].to_numpy().tolist()
    [['gap', (2,), 81.0]]
    """
    resolution = resolve_division(ground, division, tolerance_m=tolerance_m)
    catchments, area = resolution.catchments, ground.find_area()
    union: Any = shapely.union_all(catchments)
    missing = shapely.difference(area, union)
    findings = [
        *resolution.findings,
        *_find_gaps(ground, missing, tolerance_m),
        *_find_overlaps(ground, catchments, tolerance_m),
        *_find_overhangs(ground, catchments, area, tolerance_m),
        *_find_islands(ground, catchments, tolerance_m),
        *_find_holes(ground, catchments, tolerance_m),
        *_find_lost_schools(ground, catchments, tolerance_m),
        *_tell_cut_units(ground, resolution),
    ]
    schools, units = ground.schools.index, ground.units.index
    chosen = np.full(len(units), -1, dtype=np.int64)
    unit, school = choose_schools(resolution.shares)
    chosen[unit] = school
    doors = resolution.school_of_door
    return CheckedDivision(
        kind=division.kind,
        school_of_unit=_name_schools(chosen, schools, units),
        shares=pd.DataFrame(
            {
                "planning_unit_id": units[resolution.shares["unit"].to_numpy()],
                "school_id": schools[resolution.shares["school"].to_numpy()],
                "amount": resolution.shares["amount"].to_numpy(),
                "share": resolution.shares["share"].to_numpy(),
            }
        ),
        school_of_door=None
        if doors is None or ground.doors is None
        else _name_schools(doors, schools, ground.doors.index),
        catchments=gpd.GeoSeries(catchments, index=schools, crs=ground.units.crs),
        findings=list_findings(findings, ground.units.crs),
        areas_m2=_measure_areas(catchments, union.area, area.area, missing.area),
    )


def _name_schools(at: Positions, schools: pd.Index, index: pd.Index) -> pd.Series:
    ids = pd.Series(schools).convert_dtypes().reindex(at)
    return ids.set_axis(index).rename("school_id")


def _measure_areas(
    catchments: Polygons, union_m2: float, district_m2: float, gap_m2: float
) -> dict[str, float]:
    claimed_m2 = float(shapely.area(catchments).sum())
    covered_m2 = district_m2 - gap_m2
    # Sums of areas differ by rounding; nothing is below zero.
    return {
        "district": district_m2,
        "claimed": claimed_m2,
        "covered": covered_m2,
        "gap": gap_m2,
        "outside": max(union_m2 - covered_m2, 0.0),
        "overlap": max(claimed_m2 - union_m2, 0.0),
    }


def _find_gaps(ground: Ground, missing: Any, tolerance_m: float) -> list[Finding]:
    gaps, _ = find_wide_parts(missing, tolerance_m)
    return _tell_shapes(ground, "gap", [()] * len(gaps), gaps, tolerance_m)


def _find_overlaps(ground: Ground, catchments: Polygons, tolerance_m: float) -> list[Finding]:
    first, second = shapely.STRtree(catchments).query(catchments, predicate="intersects")
    first, second = first[first < second], second[first < second]
    shared = shapely.intersection(catchments[first], catchments[second])
    shapes, pair = _unite_wide_parts(shared, tolerance_m)
    schools = list(zip(first[pair], second[pair], strict=True))
    return _tell_shapes(ground, "overlap", schools, shapes, tolerance_m)


def _find_overhangs(
    ground: Ground, catchments: Polygons, area: Area, tolerance_m: float
) -> list[Finding]:
    shapes, school = _unite_wide_parts(shapely.difference(catchments, area), tolerance_m)
    schools = list(zip(school, strict=True))
    return _tell_shapes(ground, "outside", schools, shapes, tolerance_m)


def _find_islands(ground: Ground, catchments: Polygons, tolerance_m: float) -> list[Finding]:
    pieces, school = _split_pieces(catchments, tolerance_m)
    # Within a tolerance of its ground a school counts as held, as everywhere here.
    holds = shapely.dwithin(pieces, ground.school_points[school], tolerance_m)
    # Of pieces as large as each other the southernmost, then westernmost counts; millimetres and
    # less are noise of how the same ground was given.
    west, south, _, _ = np.round(shapely.bounds(pieces), 3).T
    order = np.lexsort([west, south, -np.round(shapely.area(pieces), 3), ~holds, school])
    apart = order[1:][school[order[1:]] == school[order[:-1]]]
    schools = list(zip(school[apart], strict=True))
    return _tell_shapes(ground, "island", schools, pieces[apart], tolerance_m)


def _split_pieces(catchments: Polygons, tolerance_m: float) -> tuple[Polygons, Positions]:
    """Split catchments into pieces; cracks narrower than the tolerance do not part them."""
    if not tolerance_m:
        parts, owner = shapely.get_parts(catchments, return_index=True)
        return parts, owner
    # Growing closes cracks, and shrinking by more opens what met in a corner alone.
    half = tolerance_m / 2.0
    grown = shapely.buffer(catchments, half, join_style="mitre")
    cores = shapely.buffer(grown, -1.5 * half, join_style="mitre")
    cores, owner = shapely.get_parts(cores, return_index=True)
    back = shapely.buffer(cores, 0.5 * half, join_style="mitre")
    pieces = shapely.intersection(back, catchments[owner])
    counts = is_wide(pieces, tolerance_m)
    return pieces[counts], owner[counts]


def _find_holes(ground: Ground, catchments: Polygons, tolerance_m: float) -> list[Finding]:
    parts, owner = shapely.get_parts(catchments, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    # The first ring of each part is its shell.
    is_hole = np.r_[False, part[1:] == part[:-1]] if part.size else np.zeros(0, dtype=bool)
    holes = np.array(shapely.polygons(rings[is_hole]), dtype=object)
    around = owner[part[is_hole]]
    hole, inner = shapely.STRtree(catchments).query(holes, predicate="intersects")
    is_other = around[hole] != inner
    hole, inner = hole[is_other], inner[is_other]
    shapes, row = _unite_wide_parts(
        shapely.intersection(holes[hole], catchments[inner]), tolerance_m
    )
    schools = list(zip(around[hole[row]], inner[row], strict=True))
    return _tell_shapes(ground, "hole", schools, shapes, tolerance_m)


def _find_lost_schools(ground: Ground, catchments: Polygons, tolerance_m: float) -> list[Finding]:
    points, schools = ground.school_points, ground.schools.index
    is_bare: Flags = shapely.is_empty(catchments)
    is_held = shapely.dwithin(catchments, points, tolerance_m)
    lost = np.flatnonzero(~is_bare & ~is_held)
    at, holder = shapely.STRtree(catchments).query(points[lost], predicate="intersects")
    return [
        *(
            Finding("no_catchment", (schools[school],), geometry=points[school])
            for school in np.flatnonzero(is_bare)
        ),
        *(
            Finding(
                "school_outside",
                (schools[school], *schools[np.sort(holder[at == row])]),
                geometry=points[school],
            )
            for row, school in enumerate(lost)
        ),
    ]


def _tell_cut_units(ground: Ground, resolution: Resolution) -> list[Finding]:
    """Tell each cut unit with the share of every school."""
    shares = resolution.shares[resolution.shares["unit"].isin(resolution.cut)]
    schools = ground.schools.index
    by_doors = resolution.school_of_door is not None
    found = []
    for _, rows in shares.groupby("unit"):
        unit = int(rows["unit"].iloc[0])
        shape = ground.unit_shapes[unit]
        ids = schools[rows["school"].to_numpy(np.int64)]
        told = (f"{school}: {share:.1%}" for school, share in zip(ids, rows["share"], strict=True))
        found.append(
            Finding(
                "cut_unit",
                tuple(ids),
                (ground.units.index[unit],),
                named=", ".join(told),
                area_m2=float(shape.area),
                count=int(rows["amount"].sum()) if by_doors else None,
                geometry=shape,
            )
        )
    return found


def _unite_wide_parts(shapes: Polygons, tolerance_m: float) -> tuple[Polygons, Positions]:
    """Keep the wide parts of each shape as one, and the row of each that has any."""
    parts, row = find_wide_parts(shapes, tolerance_m)
    rows, group = np.unique(row, return_inverse=True)
    return unite_shapes(parts, group, rows.size), rows


def _tell_shapes(
    ground: Ground,
    kind: str,
    schools: Sequence[tuple[Any, ...]],
    shapes: Polygons,
    tolerance_m: float,
) -> list[Finding]:
    """Tell faults of the ground, with the units that have more than a sliver of them."""
    fault, unit = shapely.STRtree(ground.unit_shapes).query(shapes, predicate="intersects")
    shared = shapely.intersection(shapes[fault], ground.unit_shapes[unit])
    counts = is_wide(shared, tolerance_m)
    fault, unit = fault[counts], unit[counts]
    return [
        Finding(
            kind,
            tuple(ground.schools.index[int(school)] for school in schools[at]),
            tuple(ground.units.index[np.sort(unit[fault == at])]),
            area_m2=float(shape.area),
            geometry=shape,
        )
        for at, shape in enumerate(shapes)
    ]
