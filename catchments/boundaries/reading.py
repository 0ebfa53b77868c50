"""Read planning units, schools and borders from CSV files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from catchments.boundaries.degrees import check_metres
from catchments.sites.reading import MOST_PAIRS
from catchments.units import NOWHERE, Instance, Numbers, Positions
from gis.errors import RejectedDataError
from gis.ingest.plain_csv import (
    find_ids,
    parse_amounts,
    parse_numbers,
    read_table,
    refuse_repeats,
    refuse_rows,
    sort_ids,
)

STATUSES = ("existing", "candidate")
_LENGTH_TOLERANCE = 1e-6

Warn = Callable[[str], object]


def read_instance(
    units: Path,
    schools: Path,
    adjacency: Path,
    *,
    distances: Path | None = None,
    needs_ways: bool = True,
    warn: Warn | None = None,
) -> Instance:
    """Read an instance; units and schools are sorted by id, so the order of rows never matters.

    Without `distances` a way is the straight line between x, y of the unit and x, y of the school,
    or of the school's unit where the school has none, in metres.

    Parameters
    ----------
    units
        CSV unit_id, x, y, pupils, and perhaps area (m²), perimeter (m), current (a school_id;
        empty where the unit belongs to none). x and y may be left out when `distances` is given.
    schools
        CSV school_id, unit_id, capacity, and perhaps x, y, open_cost, status: existing (default)
        or candidate. An open_cost counts for candidates only: an existing school is always open.
    adjacency
        CSV unit_a, unit_b, and perhaps shared_length (m). A pair given twice, in either order, is
        one border; its lengths must agree.
    distances
        CSV unit_id, school_id, distance (m); a pair left out has no way.
    needs_ways
        Without, x, y and `distances` may all be left out; every way then counts as 0 m.
    warn
        Is told what was read but looks wrong.

    Raises
    ------
    UsageError
        When a file is missing.
    RejectedDataError
        When a column is missing or a value is wrong; file, line and value are named.
    CrsError
        When x and y are degrees.
    """
    unit_table = _read_units(units, needs_places=needs_ways and distances is None)
    school_table = _read_schools(schools)
    unit_ids, school_ids = list(unit_table.index), list(school_table.index)
    if len(unit_ids) * len(school_ids) > MOST_PAIRS:
        raise RejectedDataError(
            f"{len(unit_ids):,} units of {units} and {len(school_ids):,} schools of {schools} make"
            f" too many pairs; {MOST_PAIRS:,} fit.",
            mend="Divide the district and solve its parts.",
        )
    own_unit = find_ids(school_table.set_index("line"), "unit_id", unit_ids, schools, source=units)
    borders, border_m = _read_borders(adjacency, unit_ids, units)
    if distances is not None:
        distance_m = _read_distances(distances, (unit_ids, units), (school_ids, schools), warn)
    elif {"x", "y"} <= set(unit_table):
        xy = unit_table[["x", "y"]].to_numpy(dtype=np.float64)
        check_metres(xy, unit_table.get("area"), border_m, units, warn=warn)
        distance_m = _measure_lines(xy, _place_schools(school_table, xy[own_unit]))
    else:
        distance_m = np.zeros((len(unit_ids), len(school_ids)))
        _warn(warn, f"{units} lacks x and y; every way counts as 0 m. Add them, or --distances.")
    is_candidate = (school_table["status"] == "candidate").to_numpy(dtype=bool)
    return Instance(
        unit_ids=tuple(unit_ids),
        pupils=unit_table["pupils"].to_numpy(dtype=np.float64),
        borders=borders,
        border_m=border_m,
        school_ids=tuple(school_ids),
        own_unit=own_unit,
        capacity=school_table["capacity"].to_numpy(dtype=np.float64),
        distance_m=distance_m,
        open_cost=np.where(is_candidate, school_table["open_cost"].to_numpy(np.float64), 0.0),
        is_candidate=is_candidate,
        area_m2=_get_numbers(unit_table, "area"),
        perimeter_m=_get_numbers(unit_table, "perimeter"),
        current=_find_current(unit_table, school_ids, units, schools),
    )


def _warn(warn: Warn | None, told: str) -> None:
    if warn is not None:
        warn(told)


def _get_numbers(table: pd.DataFrame, column: str) -> Numbers | None:
    return table[column].to_numpy(dtype=np.float64) if column in table else None


def _read_units(path: Path, *, needs_places: bool) -> pd.DataFrame:
    """Return the units by id in their order, with the line that each stands in."""
    needed = ["unit_id", "x", "y", "pupils"] if needs_places else ["unit_id", "pupils"]
    table = read_table(path, needed, optional=["x", "y", "area", "perimeter", "current"])
    refuse_repeats(table, "unit_id", path, "Give each unit one row.")
    read = table.assign(pupils=parse_amounts(table, "pupils", path), line=table.index)
    for column in ("x", "y"):
        if column in table:
            refuse_rows(table[column].isna(), path, f"lacks {column}", "Fill it in every row.")
            read[column] = parse_numbers(table, column, path)
    for column in ("area", "perimeter"):
        if column in table:
            refuse_rows(table[column].isna(), path, f"lacks {column}", "Fill it in every row.")
            read[column] = parse_amounts(table, column, path, above_zero=True)
    return read.set_index("unit_id").loc[sort_ids(table["unit_id"])]


def _find_current(
    unit_table: pd.DataFrame, school_ids: list[str], units: Path, schools: Path
) -> Positions | None:
    if "current" not in unit_table:
        return None
    known = unit_table["current"].notna().to_numpy(dtype=bool)
    current = np.full(len(unit_table), NOWHERE, dtype=np.int64)
    given = unit_table[known].set_index("line")
    current[known] = find_ids(given, "current", school_ids, units, source=schools)
    return current


def _read_schools(path: Path) -> pd.DataFrame:
    """Return the schools by id in their order, with the line that each stands in."""
    needed = ["school_id", "unit_id", "capacity"]
    table = read_table(path, needed, optional=["x", "y", "open_cost", "status"])
    table = table.reindex(columns=[*needed, "x", "y", "open_cost", "status"]).astype(object)
    refuse_repeats(table, "school_id", path, "Give each school one row.")
    status = table["status"].fillna("existing")
    refuse_rows(
        ~status.isin(STATUSES),
        path,
        "has an unknown status",
        f"Write {' or '.join(STATUSES)}, or nothing for an existing school.",
        values=status,
    )
    refuse_rows(
        table["x"].isna() != table["y"].isna(), path, "has only one of x and y", "Give both."
    )
    read = table.assign(
        capacity=parse_amounts(table, "capacity", path),
        open_cost=parse_amounts(table, "open_cost", path),
        x=parse_numbers(table, "x", path),
        y=parse_numbers(table, "y", path),
        status=status,
        line=table.index,
    )
    return read.set_index("school_id").loc[sort_ids(table["school_id"])]


def _place_schools(school_table: pd.DataFrame, own_xy: Numbers) -> Numbers:
    xy = school_table[["x", "y"]].to_numpy(dtype=np.float64)
    return np.where(np.isnan(xy), own_xy, xy)


def _measure_lines(unit_xy: Numbers, school_xy: Numbers) -> Numbers:
    apart = unit_xy[:, None, :] - school_xy[None, :, :]
    return np.hypot(apart[..., 0], apart[..., 1])


def _read_borders(path: Path, unit_ids: list[str], units: Path) -> tuple[Positions, Numbers]:
    """Return each pair of units once, and the length of its border, 0 where not known."""
    table = read_table(
        path, ["unit_a", "unit_b"], optional=["shared_length"], may_be_empty=len(unit_ids) == 1
    )
    a = find_ids(table, "unit_a", unit_ids, path, source=units)
    b = find_ids(table, "unit_b", unit_ids, path, source=units)
    refuse_rows(
        pd.Series(a == b, table.index),
        path,
        "lets a unit border itself",
        "Take the row out.",
        values=table["unit_a"],
    )
    table = table.reindex(columns=["unit_a", "unit_b", "shared_length"]).astype(object)
    length = parse_amounts(table, "shared_length", path)
    length[table["shared_length"].isna()] = np.nan
    pairs = pd.DataFrame(
        {"a": np.minimum(a, b), "b": np.maximum(a, b), "length": length}, index=table.index
    )
    longest = pairs.groupby(["a", "b"])["length"].transform("max")
    refuse_rows(
        longest - pairs["length"] > _LENGTH_TOLERANCE * longest,
        path,
        "gives a border another length than its other row",
        "Give each pair of units one shared_length.",
        values=table["unit_a"] + "–" + table["unit_b"] + " " + table["shared_length"],
    )
    once = pairs.groupby(["a", "b"], as_index=False)["length"].max()
    return once[["a", "b"]].to_numpy(dtype=np.int64), once["length"].fillna(0.0).to_numpy()


def _read_distances(
    path: Path,
    units: tuple[list[str], Path],
    schools: tuple[list[str], Path],
    warn: Warn | None,
) -> Numbers:
    table = read_table(path, ["unit_id", "school_id", "distance"])
    pairs = pd.DataFrame(
        {
            "unit": find_ids(table, "unit_id", units[0], path, source=units[1]),
            "school": find_ids(table, "school_id", schools[0], path, source=schools[1]),
            "distance_m": parse_amounts(table, "distance", path),
        },
        index=table.index,
    )
    longest = pairs.groupby(["unit", "school"])["distance_m"].transform("max")
    refuse_rows(
        longest - pairs["distance_m"] > _LENGTH_TOLERANCE * longest,
        path,
        "gives a pair another distance than its other row",
        "Give each unit and school one distance.",
        values=table["unit_id"] + "–" + table["school_id"] + " " + table["distance"],
    )
    distance_m = np.full((len(units[0]), len(schools[0])), np.inf)
    once = pairs.groupby(["unit", "school"], as_index=False)["distance_m"].max()
    distance_m[once["unit"], once["school"]] = once["distance_m"]
    missing = int(np.isinf(distance_m).sum())
    if missing:
        _warn(
            warn,
            f"{path} lacks {missing:,} of {distance_m.size:,} pairs of unit and school; they count"
            " as having no way.",
        )
    return distance_m
