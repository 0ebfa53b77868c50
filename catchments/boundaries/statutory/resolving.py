"""From names, polygons and door numbers to planning units and schools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from catchments.boundaries.statutory.division import Division, read_door_numbers, read_names
from catchments.boundaries.statutory.findings import Finding, name_some
from catchments.boundaries.statutory.ground import Ground, Positions, is_wide, unite_shapes
from catchments.door_ranges import match_doors
from gis.coverage import Polygons, is_polygon, repair_polygons
from gis.crs import resolve_crs, transform_frame
from gis.errors import CrsError, RejectedDataError, UsageError


@dataclass(frozen=True, eq=False)
class Resolution:
    """What a division says of each unit, in positions of units and schools.

    Parameters
    ----------
    catchments
        m polygons, empty where a school has none.
    shares
        unit, school, amount (m² or doors) and share of the unit, from 0 to 1, by unit and
        school.
    cut
        Positions of the units that a border cuts.
    school_of_door
        Position of the school of each door, -1 without one; None but for door numbers.
    findings
        Faults of the names.
    """

    catchments: Polygons
    shares: pd.DataFrame
    cut: Positions
    findings: list[Finding]
    school_of_door: Positions | None = None


def resolve_division(ground: Ground, division: Division, *, tolerance_m: float) -> Resolution:
    """Resolve a division into units and schools; see :func:`check_division`."""
    table = division.table.copy()
    table["school"] = _find(table["school_id"], ground.schools.index)
    findings = [
        Finding("unknown_school", named=str(name), count=len(rows))
        for name, rows in table[table["school"] < 0].groupby("school_id")
    ]
    table = table[table["school"] >= 0]
    if division.kind == "polygons":
        return _resolve_polygons(ground, table, findings, tolerance_m)
    if division.kind == "doors":
        return _resolve_doors(ground, table, findings)
    if division.kind == "units":
        members = pd.DataFrame(
            {
                "name": read_names(ground.units.index.to_series()).to_numpy(),
                "unit": np.arange(len(ground.units)),
            }
        )
        return _resolve_names(
            ground, table.rename(columns={"planning_unit_id": "name"}), members, findings
        )
    if "community" not in ground.units.columns:
        raise UsageError(
            "A division by communities needs the community of each planning unit.",
            mend="Give the units a column community.",
        )
    members = pd.DataFrame(
        {
            "name": read_names(ground.units["community"]).to_numpy(),
            "unit": np.arange(len(ground.units)),
        }
    )
    return _resolve_names(ground, table.rename(columns={"community": "name"}), members, findings)


def _resolve_names(
    ground: Ground, table: pd.DataFrame, members: pd.DataFrame, findings: list[Finding]
) -> Resolution:
    """Resolve a list of names, each of which stands for whole units."""
    is_known = table["name"].isin(members["name"])
    schools = ground.schools.index
    findings += [
        Finding("unknown", tuple(schools[sorted(set(rows["school"]))]), named=str(name))
        for name, rows in table[~is_known].groupby("name")
    ]
    table = table[is_known]
    areas = pd.Series(shapely.area(ground.unit_shapes))
    for name, rows in table[table["name"].duplicated(keep=False)].groupby("name"):
        units = members.loc[members["name"] == name, "unit"].to_numpy()
        findings.append(
            Finding(
                "named_twice",
                tuple(schools[sorted(set(rows["school"]))]),
                tuple(ground.units.index[units]),
                named=str(name),
                area_m2=float(areas[units].sum()),
                count=len(rows),
                geometry=shapely.union_all(ground.unit_shapes[units]),
            )
        )
    claims = table[["name", "school"]].merge(members, on="name")[["unit", "school"]]
    claims = claims.drop_duplicates().sort_values(["unit", "school"], ignore_index=True)
    unit, school = (claims[name].to_numpy(np.int64) for name in ("unit", "school"))
    return Resolution(
        unite_shapes(ground.unit_shapes[unit], school, len(schools)),
        claims.assign(amount=areas[unit].to_numpy(), share=1.0),
        np.empty(0, np.int64),
        findings,
    )


def _resolve_polygons(
    ground: Ground, table: pd.DataFrame, findings: list[Finding], tolerance_m: float
) -> Resolution:
    """Resolve polygons, several of which may make up one catchment."""
    assert isinstance(table, gpd.GeoDataFrame)
    shapes = _bring_home(table, ground)
    polygonal = is_polygon(shapes) & ~shapely.is_empty(shapes)
    for row in np.flatnonzero(~(polygonal & shapely.is_valid(shapes))):
        school = ground.schools.index[table["school"].iloc[row]]
        reason = shapely.is_valid_reason(shapes[row]) if polygonal[row] else "no polygon"
        findings.append(Finding("broken", (school,), named=str(reason), geometry=shapes[row]))
    shapes[~polygonal] = shapely.Polygon()
    owners = table["school"].to_numpy(np.int64)
    catchments = unite_shapes(repair_polygons(shapes), owners, len(ground.schools))
    shares, cut = _measure_shares(ground, catchments, tolerance_m)
    return Resolution(catchments, shares, cut, findings)


def _bring_home(table: gpd.GeoDataFrame, ground: Ground) -> Polygons:
    """Bring polygons into the system of the ground."""
    system = resolve_crs(ground.units.crs).crs
    if resolve_crs(table.crs).crs != system:
        srid = system.to_epsg()
        if srid is None:
            raise CrsError(
                f"{system.name} has no EPSG code, and the division is in another system.",
                mend="Give the division in the system of the district.",
            )
        table = transform_frame(table, srid)
    return np.array(table.geometry, dtype=object)


def _measure_shares(
    ground: Ground, catchments: Polygons, tolerance_m: float
) -> tuple[pd.DataFrame, Positions]:
    """Measure how much of each unit lies in each catchment, slivers left out."""
    units = ground.unit_shapes
    shapely.prepare(catchments)
    school, unit = shapely.STRtree(units).query(catchments, predicate="intersects")
    is_whole = shapely.covers(catchments[school], units[unit])
    inner = units[unit]
    inner[~is_whole] = shapely.intersection(inner[~is_whole], catchments[school[~is_whole]])
    counts = is_whole | is_wide(inner, tolerance_m)
    school, unit, inner, is_whole = (x[counts] for x in (school, unit, inner, is_whole))
    part = np.flatnonzero(~is_whole)
    rest = shapely.difference(units[unit[part]], catchments[school[part]])
    is_cut = is_wide(rest, tolerance_m)
    amount = shapely.area(inner)
    shares = pd.DataFrame(
        {
            "unit": unit,
            "school": school,
            "amount": amount,
            "share": amount / shapely.area(units[unit]),
        }
    )
    return shares.sort_values(["unit", "school"], ignore_index=True), np.unique(unit[part[is_cut]])


def _resolve_doors(ground: Ground, table: pd.DataFrame, findings: list[Finding]) -> Resolution:
    """Resolve ranges of door numbers; each unit goes to the school with most of its doors."""
    if ground.doors is None:
        raise UsageError(
            "A division by door numbers needs the doors of the district.",
            mend="Give a table of doors with street and number.",
        )
    doors = pd.DataFrame(
        {
            "street": read_names(ground.doors["street"]).to_numpy(),
            "door": read_door_numbers(ground.doors["number"]).to_numpy(),
            "unit": ground.find_door_units(),
        }
    )
    ranges = _unite_ranges(table, ground, findings)
    matches = _match_doors(doors, ranges)
    found = matches.groupby("row")["school"].agg(["min", "size"]).reindex(doors.index)
    doors["school"] = found["min"].fillna(-1).astype(np.int64)
    findings += _find_door_faults(ground, doors, ranges, matches)
    if doors.empty or not (doors["unit"] >= 0).any():
        raise RejectedDataError("No door lies in a planning unit.", mend="Give doors with places.")
    inside = doors[doors["unit"] >= 0]
    known = inside[inside["school"] >= 0]
    shares = known.groupby(["unit", "school"]).size().rename("amount").reset_index()
    total = inside.groupby("unit").size()
    shares["share"] = shares["amount"] / shares["unit"].map(total)
    cut = np.unique(shares.loc[shares["share"] < 1.0, "unit"].to_numpy(np.int64))
    unit, school = choose_schools(shares)
    catchments = unite_shapes(ground.unit_shapes[unit], school, len(ground.schools))
    return Resolution(catchments, shares, cut, findings, doors["school"].to_numpy(np.int64))


def _unite_ranges(table: pd.DataFrame, ground: Ground, findings: list[Finding]) -> pd.DataFrame:
    """Keep each range once for a school and tell those that are named twice."""
    keys = ["street", "first_number", "last_number", "side"]
    for key, rows in table[table.duplicated(keys, keep=False)].groupby(keys):
        schools = tuple(ground.schools.index[sorted(set(rows["school"]))])
        findings.append(Finding("named_twice", schools, named=_name_range(key), count=len(rows)))
    return table.drop_duplicates([*keys, "school"]).reset_index(drop=True)


def _match_doors(doors: pd.DataFrame, ranges: pd.DataFrame) -> pd.DataFrame:
    """Match doors with the ranges they lie in: row of the door, range, school."""
    pairs = match_doors(doors, ranges)
    return pairs.assign(school=ranges["school"].to_numpy()[pairs["range"]])


def _find_door_faults(
    ground: Ground, doors: pd.DataFrame, ranges: pd.DataFrame, matches: pd.DataFrame
) -> list[Finding]:
    """Find ranges without doors, and by street doors in no range, in two, or without facts."""
    found, streets = [], set(doors["street"])
    for at in np.setdiff1d(ranges.index, matches["range"]):
        row = ranges.loc[at]
        school = ground.schools.index[row["school"]]
        kind = "empty_range" if row["street"] in streets else "unknown"
        key = row[["street", "first_number", "last_number", "side"]]
        found.append(Finding(kind, (school,), named=_name_range(tuple(key)), count=0))
    often = matches.groupby("row")["range"].size()
    twice = doors.index.isin(often.index[often > 1])
    faults = {
        "door_without_unit": doors["unit"] < 0,
        "door_without_number": doors["door"].isna() & (doors["school"] < 0),
        "door_in_no_range": doors["door"].notna() & (doors["school"] < 0),
        "door_in_two_ranges": pd.Series(twice, doors.index),
    }
    for kind, is_wrong in faults.items():
        wrong = doors[is_wrong.to_numpy()]
        claims = wrong[["street"]].merge(matches, left_index=True, right_on="row")
        schools = claims.groupby("street")["school"].agg(lambda one: sorted(set(one)))
        for street, rows in wrong.groupby("street"):
            claimed = schools.get(street, [])
            found.append(_tell_doors(ground, kind, str(street), rows, claimed))
    return found


def _tell_doors(
    ground: Ground, kind: str, street: str, rows: pd.DataFrame, schools: Sequence[int]
) -> Finding:
    """Tell the doors of one street that share a fault, with their places where known."""
    assert ground.doors is not None
    order = np.argsort(rows["door"].fillna(0.0).to_numpy(), kind="stable")
    numbers = ground.doors["number"].iloc[rows.index.to_numpy()[order]]
    units = np.unique(rows.loc[rows["unit"] >= 0, "unit"])
    places = None
    if {"x_m", "y_m"} <= set(ground.doors.columns):
        at = ground.doors[["x_m", "y_m"]].iloc[rows.index].dropna().to_numpy(np.float64)
        places = shapely.MultiPoint(at) if len(at) else None
    return Finding(
        kind,
        tuple(ground.schools.index[list(schools)]),
        tuple(ground.units.index[units]),
        named=f"{street} {name_some(numbers.astype('string').fillna('?'))}",
        count=len(rows),
        geometry=places,
    )


def choose_schools(shares: pd.DataFrame) -> tuple[Positions, Positions]:
    """Choose the school with the largest share of each unit; of equal ones the first.

    Returns
    -------
    unit, school
        Positions; units without a school are left out.
    """
    # Rounded, so that equal shares stay equal however they were computed.
    share, unit, school = (shares[name].to_numpy() for name in ("share", "unit", "school"))
    order = np.lexsort((school, -share.round(9), unit))
    best = shares.iloc[order].drop_duplicates("unit")
    return best["unit"].to_numpy(np.int64), best["school"].to_numpy(np.int64)


def _name_range(key: Any) -> str:
    """Name a range of door numbers as people write it.

    Examples
    --------
    >>> _name_range(("学院路", 0.0, float("inf"), "odd"))
    '学院路 …–… odd'
    """
    street, first, last, side = key
    ends = ("…" if number in (0.0, np.inf) else f"{number:.0f}" for number in (first, last))
    return f"{street} {'–'.join(ends)} {side}"


def _find(names: pd.Series, index: pd.Index) -> Positions:
    """Return the position of each name in an index, -1 where it is not."""
    listed = pd.Index(read_names(index.to_series()).to_numpy())
    return listed.get_indexer(pd.Index(names.to_numpy())).astype(np.int64)
