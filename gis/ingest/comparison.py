"""Rows of files set beside stored ones: which is which, what differs, whose value is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

SAME_PLACE_DEG = 1e-6  # 0.1 m: what is nearer is one place, written with fewer digits
ALL = "*"  # every row, or every column, in the provenance of values
AUTHORITY, NEWEST, FIRST = "authority", "newest", "first"

Flags = np.ndarray


@dataclass(frozen=True)
class Origin:
    """An office and the day on which its file was drawn."""

    office: str
    as_of: dt.date


@dataclass(frozen=True, eq=False)
class Held:
    """Where stored values come from.

    Parameters
    ----------
    main
        Origin of all that is not listed.
    listed
        row_key, column_name (`ALL` for every one), office, as_of.
    """

    main: Origin
    listed: pd.DataFrame

    def find(self, column: str, keys: pd.Series) -> tuple[np.ndarray, np.ndarray]:
        """Return office and day (datetime64) of a column's values in rows of those keys."""
        office = np.full(len(keys), self.main.office, dtype=object)
        day = np.full(len(keys), np.datetime64(self.main.as_of, "D"), dtype="datetime64[D]")
        for row, name in ((ALL, column), ("", ALL), ("", column)):
            some = self.listed[self.listed["column_name"] == name]
            some = some[(some["row_key"] == ALL) == (row == ALL)]
            if some.empty:
                continue
            index = pd.Index(some["row_key"])
            at = np.zeros(len(keys), int) if row == ALL else index.get_indexer(pd.Index(keys))
            hit = at >= 0
            office[hit] = some["office"].to_numpy(dtype=object)[at[hit]]
            day[hit] = pd.to_datetime(some["as_of"]).to_numpy("datetime64[D]")[at[hit]]
        return office, day


@dataclass(frozen=True, eq=False)
class Settled:
    """Whose values are kept.

    Parameters
    ----------
    applied
        By column: which of the paired rows take the value of the file.
    conflicts
        row_key, column_name, kept_value, kept_office, kept_as_of, left_value, left_office,
        left_as_of and rule, where two offices differ.
    older
        Values of the file that are older than those of the same office.
    """

    applied: dict[str, Flags]
    conflicts: pd.DataFrame
    older: int


CONFLICT_COLUMNS = [
    *("row_key", "column_name", "kept_value", "kept_office", "kept_as_of"),
    *("left_value", "left_office", "left_as_of", "rule"),
]


def pair_rows(given: pd.DataFrame, stored: pd.DataFrame, key: list[str]) -> np.ndarray:
    """Return the position of the stored row of the same key for each given row, -1 without one.

    A missing part of a key is a value like others. Of stored rows of one key the first is taken.

    Examples
    --------
    >>> stored = pd.DataFrame({"code": ["a", "b"]})
    >>> pair_rows(pd.DataFrame({"code": ["b", "x"]}), stored, ["code"]).tolist()
    [1, -1]
    """
    count = len(given)
    if count == 0 or len(stored) == 0:
        return np.full(count, -1, dtype=np.int64)
    codes = np.zeros(count + len(stored), dtype=np.int64)
    for name in key:
        ours, theirs = level_values(given[name]), level_values(stored[name])
        part, _ = pd.factorize(pd.concat([ours, theirs], ignore_index=True), use_na_sentinel=False)
        codes, _ = pd.factorize(codes * (int(part.max()) + 1) + part)
    first = pd.Series(np.arange(len(stored)), index=codes[count:])
    first = first[~first.index.duplicated()]
    at = first.index.get_indexer(pd.Index(codes[:count]))
    return np.where(at < 0, -1, first.to_numpy()[at])


def level_values(values: pd.Series) -> pd.Series:
    """Return values in the one type in which a file's and the database's can be compared."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.astype("datetime64[s]").reset_index(drop=True)
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values):
        plain = values.astype("Float64").to_numpy(np.float64, na_value=np.nan)
        return pd.Series(plain)
    return values.astype("str").reset_index(drop=True)


def find_difference(offered: pd.Series, held: pd.Series) -> Flags:
    """Return where two columns of equal length differ; two missing values do not.

    Places differ from 0.1 m on: offices write coordinates with six digits.

    Examples
    --------
    >>> find_difference(pd.Series([1.0, None, 3.0]), pd.Series([1, None, None])).tolist()
    [False, False, True]
    """
    if offered.name == "geom":
        ours, theirs = (np.asarray(one, dtype=object) for one in (offered, held))
        return ~shapely.equals_exact(
            shapely.normalize(ours), shapely.normalize(theirs), tolerance=SAME_PLACE_DEG
        ) & ~(shapely.is_missing(ours) & shapely.is_missing(theirs))
    mine, known = level_values(offered), level_values(held)
    if mine.dtype != known.dtype:  # a column without any value has no type
        mine, known = mine.astype(object), known.astype(object)
    none, nothing = mine.isna().to_numpy(), known.isna().to_numpy()
    unequal = (mine != known).to_numpy(dtype=bool, na_value=True)
    return (none != nothing) | (~none & ~nothing & unequal)


def settle_values(
    given: pd.DataFrame,
    held: pd.DataFrame,
    columns: list[str],
    *,
    origin: Origin,
    sources: Held,
    keys: pd.Series,
    find_authority: Callable[[str], str | None],
) -> Settled:
    """Decide of every value that differs whether the file's or the stored one is kept.

    Within one office the newer file tells. Between offices the authority of the column tells,
    else the newer file, else who came first. A file that tells nothing of a value leaves it to
    other offices; a value where there was none is taken from anybody.

    Parameters
    ----------
    given, held
        Paired rows, in the same order.
    keys
        What the rows are called in reports, in the same order.
    """
    applied: dict[str, Flags] = {}
    conflicts: list[pd.DataFrame] = []
    older = 0
    day = np.datetime64(origin.as_of, "D")
    for name in columns:
        differs = find_difference(given[name], held[name])
        applied[name] = np.zeros(len(given), dtype=bool)
        at = np.flatnonzero(differs)
        if not len(at):
            continue
        offered, kept = given[name].iloc[at], held[name].iloc[at]
        office, as_of = sources.find(name, keys.iloc[at])
        same = office == origin.office
        told, known = offered.notna().to_numpy(), kept.notna().to_numpy()
        chief = find_authority(name)
        ours, theirs = chief == origin.office, office == chief
        wins = np.where(
            same,
            day >= as_of,
            told & (~known | np.where(ours != theirs, ours, day > as_of)),
        ).astype(bool)
        applied[name][at[wins]] = True
        older += int((same & ~wins).sum())
        clash = ~same & told & known
        if clash.any():
            rule = np.where(ours != theirs, AUTHORITY, np.where(day != as_of, NEWEST, FIRST))
            conflicts.append(
                _list_conflicts(
                    name, keys.iloc[at], offered, kept, origin, office, as_of, wins, rule
                )[clash]
            )
    table = pd.concat(conflicts, ignore_index=True) if conflicts else pd.DataFrame()
    return Settled(applied, table.reindex(columns=CONFLICT_COLUMNS), older)


def _list_conflicts(
    column: str,
    keys: pd.Series,
    offered: pd.Series,
    held: pd.Series,
    origin: Origin,
    office: np.ndarray,
    as_of: np.ndarray,
    wins: Flags,
    rule: np.ndarray,
) -> pd.DataFrame:
    count = len(offered)
    day = np.full(count, origin.as_of, dtype=object)
    name = np.full(count, origin.office, dtype=object)
    theirs = {"value": write_values(offered), "office": name, "as_of": day}
    stored = {"value": write_values(held), "office": office, "as_of": as_of.astype(object)}
    told: dict[str, object] = {"row_key": keys.to_numpy(dtype=object), "column_name": column}
    for side, first, second in (("kept", theirs, stored), ("left", stored, theirs)):
        for part in ("value", "office", "as_of"):
            told[f"{side}_{part}"] = np.where(wins, first[part], second[part])
    return pd.DataFrame({**told, "rule": rule})


def write_values(values: pd.Series) -> np.ndarray:
    """Return values as people read them: days without time, whole numbers without a point."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.dt.strftime("%Y-%m-%d").to_numpy(dtype=object)
    if pd.api.types.is_float_dtype(values):
        return np.asarray([None if pd.isna(one) else f"{one:.10g}" for one in values], dtype=object)
    return np.asarray([None if pd.isna(one) else str(one) for one in values], dtype=object)
