"""Anyone's table of schools and resources, read and checked; every fault is told with its line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from catchments.profile import Profile
from gis.crs import to_metric
from gis.errors import RejectedDataError, UsageError
from gis.ingest.plain_csv import (
    parse_amounts,
    parse_numbers,
    read_header,
    read_table,
    refuse_repeats,
    refuse_rows,
)

_PLACE = ("lon", "lat")
_OPTIONAL = ("kind", "subdistrict", "urban", *_PLACE)
_TRUTH = {"1": True, "true": True, "yes": True, "urban": True, "是": True, "城": True}
_TRUTH |= {"0": False, "false": False, "no": False, "rural": False, "否": False, "乡": False}


@dataclass(frozen=True, eq=False)
class SchoolTable:
    """Schools of a file.

    Parameters
    ----------
    facts
        As :func:`scenarios.resource_distribution.analysis.assess_schools` takes it; indicators
        without a column are missing everywhere. school_id is the position in `names`.
    names
        As the file writes them.
    places
        school_id, subdistrict, urban, x_m, y_m; missing where the file does not say.
    resources
        Further resources that were asked for: their columns stand in `facts`.
    reported
        Columns of indicators that the file has.
    ignored
        Columns of the file that nothing was read from.
    """

    facts: pd.DataFrame
    names: list[str]
    places: pd.DataFrame
    resources: tuple[str, ...]
    reported: tuple[str, ...]
    ignored: tuple[str, ...]


def read_schools(
    path: Path, profile: Profile, *, stage: str | None, resources: tuple[str, ...] = ()
) -> SchoolTable:
    """Read schools with pupils and any of the resources.

    Columns: ``school``; ``pupils`` of `stage`, or for schools of several stages ``pupils_primary``,
    ``pupils_junior`` … and ``kind``, by which what a school has is split; any of the facts of the
    profile's indicators, totals of the whole school, empty where not reported; and, if the file has
    them, ``subdistrict``, ``urban`` (yes or no), ``lon`` and ``lat`` in degrees.

    Parameters
    ----------
    stage
        Stage that is assessed; by default all that the file has pupils of.
    resources
        Further columns, totals as well, whose variation is measured without a standard.

    Raises
    ------
    UsageError
        The file is missing, or the stage is none or has no standards.
    RejectedDataError
        A column is missing, a school stands twice, a number is none or negative, a kind is unknown.
    """
    stages = _list_stages(profile, stage)
    names = read_header(path)
    counted = _find_pupils(names, profile, stage, path)
    facts: list[str] = [one.fact for one in profile.balance.indicators]
    reported = [name for name in facts if name in names]
    if not reported and not resources:
        raise RejectedDataError(
            f"File {path} has no column of a resource; it has {', '.join(names)}.",
            mend=f"Give it one of {', '.join(facts)}, or name another column with --resource.",
        )
    wanted = ["school", *counted.values(), *reported, *resources]
    table = read_table(path, wanted, optional=_OPTIONAL, may_have_gaps=True)
    refuse_rows(table["school"].isna(), path, "names no school", "Name it.")
    refuse_repeats(table, "school", path, "Keep one row for each school.")
    pupils = {code: _read_pupils(table, name, path) for code, name in counted.items()}
    amounts = {name: _read_resource(table, name, path) for name in (*reported, *resources)}
    kinds = _read_kinds(table, profile, stages, counted, path)
    whole = pd.DataFrame({"school_id": np.arange(len(table)), "kind": kinds})
    for name in facts:
        whole[name] = amounts.get(name, np.full(len(table), np.nan))
    for name in resources:
        whole[name] = amounts[name]
    parts = [whole.assign(stage=code, pupils=count) for code, count in pupils.items()]
    return SchoolTable(
        pd.concat(parts, ignore_index=True),
        table["school"].tolist(),
        _read_places(table, profile, path),
        tuple(resources),
        tuple(reported),
        tuple(name for name in names if name not in {*wanted, *_OPTIONAL}),
    )


def _list_stages(profile: Profile, stage: str | None) -> list[str]:
    ruled = [
        one.code
        for one in profile.stages
        if any(one.code in indicator.standard for indicator in profile.balance.indicators)
    ]
    if stage is not None:
        profile.get_stage(stage)
        if stage not in ruled:
            raise UsageError(
                f"There are no standards of resources for stage '{stage}'.",
                mend=f"Use one of {', '.join(ruled) or 'none: the profile has no indicators'}.",
            )
    return ruled


def _find_pupils(
    names: list[str], profile: Profile, stage: str | None, path: Path
) -> dict[str, str]:
    """Return the column of pupils by stage."""
    split = {
        one.code: f"pupils_{one.code}" for one in profile.stages if f"pupils_{one.code}" in names
    }
    if split:
        if stage is not None and stage not in split:
            raise RejectedDataError(
                f"File {path} has no column pupils_{stage}.",
                mend="Add it, or name another stage with --stage.",
            )
        return split
    if stage is None:
        raise UsageError(
            "It is not said of which stage the pupils are.",
            mend="Name it with --stage, or give columns such as pupils_primary.",
        )
    return {stage: "pupils"}


def _read_pupils(table: pd.DataFrame, column: str, path: Path) -> NDArray[np.float64]:
    if column == "pupils":
        refuse_rows(table[column].isna(), path, "has no pupils", "Write 0 where there are none.")
    return parse_amounts(table, column, path) if column in table else np.zeros(len(table))


def _read_resource(table: pd.DataFrame, column: str, path: Path) -> NDArray[np.float64]:
    if column not in table:  # the column is there, but nobody filled it
        return np.full(len(table), np.nan)
    amounts = parse_numbers(table, column, path)
    refuse_rows(
        pd.Series(amounts < 0, table.index),
        path,
        f"has a {column} below zero",
        "Correct it, or leave it empty where it is not known.",
        values=table[column],
    )
    return amounts


def _read_kinds(
    table: pd.DataFrame,
    profile: Profile,
    stages: list[str],
    counted: dict[str, str],
    path: Path,
) -> list[str]:
    """Return the kind of each school; where none is told, that of its stages."""
    if "kind" not in table:
        if len(counted) > 1:
            raise RejectedDataError(
                f"File {path} has pupils of several stages but no column kind.",
                mend="Add it: primary, junior, nine_year, full_secondary or twelve_year.",
            )
        return [next(iter(counted))] * len(table)
    known = {kind for stage in profile.stages for kind in stage.kinds} | set(stages)
    refuse_rows(
        ~table["kind"].isin(known),
        path,
        "has a kind that there is not",
        f"Use one of {', '.join(sorted(known))}.",
        values=table["kind"],
    )
    return table["kind"].tolist()


def _read_places(table: pd.DataFrame, profile: Profile, path: Path) -> pd.DataFrame:
    empty = pd.Series([None] * len(table), index=table.index, dtype=object)
    urban = empty
    if "urban" in table:
        urban = table["urban"].str.lower().map(_TRUTH).astype(object)
        refuse_rows(
            table["urban"].notna() & urban.isna(),
            path,
            "has an urban that is neither yes nor no",
            "Write yes or no.",
            values=table["urban"],
        )
        urban = urban.where(urban.notna(), None)
    x_m, y_m = _read_points(table, profile, path)
    area = table["subdistrict"].astype(object) if "subdistrict" in table else empty
    return pd.DataFrame(
        {
            "school_id": np.arange(len(table)),
            "subdistrict": area.where(area.notna(), None).to_numpy(),
            "urban": urban.to_numpy(),
            "x_m": x_m,
            "y_m": y_m,
        }
    )


def _read_points(
    table: pd.DataFrame, profile: Profile, path: Path
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    nowhere = np.full(len(table), np.nan)
    if any(name not in table for name in _PLACE):
        return nowhere, nowhere.copy()
    degrees = [parse_numbers(table, name, path) for name in _PLACE]
    for name, values, most in zip(_PLACE, degrees, (180, 90), strict=True):
        refuse_rows(
            pd.Series(np.abs(values) > most, table.index),
            path,
            f"has a {name} that is no number of degrees",
            "Write longitude and latitude in degrees.",
            values=table[name],
        )
    is_known = ~np.isnan(degrees[0]) & ~np.isnan(degrees[1])
    x_m, y_m = nowhere, nowhere.copy()
    if is_known.any():
        points = shapely.points(degrees[0][is_known], degrees[1][is_known])
        flat = to_metric(points, profile.metric_srid)
        x_m[is_known], y_m[is_known] = shapely.get_x(flat), shapely.get_y(flat)
    return x_m, y_m
