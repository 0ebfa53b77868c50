"""Pupils by level: district, school and class, with the cells hidden that show few pupils."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.disclosure import suppress_table
from catchments.growth.levels import name_levels
from catchments.growth.rules import UNRATED, GrowthRules

Counts = NDArray[np.int64]
_CLASS = ["school_id", "grade", "class_number"]


def count_levels(
    rated: pd.DataFrame, rules: GrowthRules, *, minimum: int, classes_of: int
) -> pd.DataFrame:
    """Count the pupils of the district, its schools and their classes by level of each domain.

    Sums are public: those of a place (its pupils) and those of a level (the place above), so a
    small cell takes others with it; see :func:`catchments.disclosure.suppress_table`.

    Parameters
    ----------
    rated
        stage, school_id, grade, class_number, year, domain, level (-1 unrated); one row a pupil,
        year and domain.
    classes_of
        The year whose classes are counted too: pupils change classes, the register knows these.

    Returns
    -------
    DataFrame
        stage, school_id, grade, class_number (missing above a school or class), year, domain,
        level (code), pupils (missing where hidden), of_pupils (of the place; missing where few).
    """
    parts: list[dict[str, NDArray]] = []
    for stage, part in rated.groupby("stage", sort=False):
        places = _find_places(part)
        keys, known = pd.factorize(pd.MultiIndex.from_frame(part[["year", "domain"]]))
        for at, (year, domain) in enumerate(known):
            rows = np.flatnonzero(keys == at)
            codes = [UNRATED, *(level.code for level in rules.list_levels(str(domain)))]
            level = part["level"].to_numpy(int)[rows] + 1
            tables = _count_places(
                places, rows, level, len(codes), minimum, with_classes=int(year) == classes_of
            )
            about = {"stage": stage, "year": year, "domain": domain}
            parts += [_write_counts(*table, codes, about) for table in tables]
    columns = ["stage", *_CLASS, "year", "domain", "level", "pupils", "of_pupils"]
    if not parts:
        return pd.DataFrame(columns=columns)
    told = pd.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})
    pupils = pd.Series(told.pop("pupils"), dtype="Int64").mask(told.pop("hidden"))
    of_pupils = pd.Series(told["of_pupils"], dtype="Int64")
    return told.assign(pupils=pupils, of_pupils=of_pupils.mask(of_pupils < minimum))[columns]


@dataclass(frozen=True, eq=False)
class _Places:
    """Schools and classes of a stage, and the position of each row in both."""

    schools: NDArray
    school: NDArray[np.intp]
    classes: pd.DataFrame
    class_at: NDArray[np.intp]
    owner: NDArray[np.intp]  # school of each class


def _find_places(part: pd.DataFrame) -> _Places:
    school, schools = pd.factorize(part["school_id"], sort=True)
    classes = part[_CLASS].drop_duplicates().sort_values(_CLASS).reset_index(drop=True)
    at = pd.MultiIndex.from_frame(classes).get_indexer(pd.MultiIndex.from_frame(part[_CLASS]))
    owner = pd.Index(schools).get_indexer(pd.Index(classes["school_id"]))
    return _Places(np.asarray(schools), school, classes, at, owner)


_Table = tuple[pd.DataFrame, Counts, NDArray[np.bool_]]


def _count_places(
    places: _Places,
    rows: NDArray[np.intp],
    level: NDArray[np.intp],
    levels: int,
    minimum: int,
    *,
    with_classes: bool,
) -> list[_Table]:
    """Count district, schools and classes of one stage, year and domain, and hide the small."""
    whole = np.bincount(level, minlength=levels)[None, :]
    hidden_whole = suppress_table(whole, minimum=minimum)
    by_school = _cross(places.school[rows], level, len(places.schools), levels)
    hidden = suppress_table(by_school, minimum=minimum, parts_of_hidden=hidden_whole[0])
    nowhere = pd.DataFrame({name: [None] for name in _CLASS})
    named = pd.DataFrame({"school_id": places.schools, "grade": None, "class_number": None})
    tables = [(nowhere, whole, hidden_whole), (named, by_school, hidden)]
    if not with_classes:
        return tables
    by_class = _cross(places.class_at[rows], level, len(places.classes), levels)
    hidden_class = np.zeros(by_class.shape, dtype=bool)
    for place in range(len(places.schools)):
        mine = np.flatnonzero(places.owner == place)
        hidden_class[mine] = suppress_table(
            by_class[mine], minimum=minimum, parts_of_hidden=hidden[place]
        )
    return [*tables, (places.classes, by_class, hidden_class)]


def _cross(rows: NDArray[np.intp], columns: NDArray[np.intp], n: int, k: int) -> Counts:
    return np.bincount(rows * k + columns, minlength=n * k).reshape(n, k).astype(np.int64)


def _write_counts(
    places: pd.DataFrame,
    counts: Counts,
    hidden: NDArray[np.bool_],
    codes: list[str],
    about: dict[str, object],
) -> dict[str, NDArray]:
    row, column = (axis.ravel() for axis in np.indices(counts.shape))
    return {
        **{name: places[name].to_numpy(object)[row] for name in _CLASS},
        **{name: np.full(counts.size, value, dtype=object) for name, value in about.items()},
        "level": np.array(codes, dtype=object)[column],
        "pupils": counts.ravel(),
        "of_pupils": counts.sum(axis=1)[row],
        "hidden": hidden.ravel(),
    }


def count_transitions(pairs: pd.DataFrame, rules: GrowthRules, *, minimum: int) -> pd.DataFrame:
    """Count by stage and domain from which level to which the pupils of the district went.

    Parameters
    ----------
    pairs
        stage, domain, level_before, level (positions); see
        :func:`catchments.growth.changes.pair_years`.

    Returns
    -------
    DataFrame
        stage, domain, level_before, level (codes), pupils (missing where hidden).
    """
    parts = []
    for (stage, domain), part in pairs.groupby(["stage", "domain"], sort=False):
        levels = len(rules.list_levels(str(domain)))
        before, after = part["level_before"].to_numpy(int), part["level"].to_numpy(int)
        counts = _cross(before, after, levels, levels)
        hidden = suppress_table(counts, minimum=minimum)
        row, column = (axis.ravel() for axis in np.indices(counts.shape))
        parts.append(
            pd.DataFrame(
                {
                    "stage": stage,
                    "domain": domain,
                    "level_before": name_levels(pd.Series(row), str(domain), rules),
                    "level": name_levels(pd.Series(column), str(domain), rules),
                    "pupils": pd.Series(counts.ravel(), dtype="Int64").mask(hidden.ravel()),
                }
            )
        )
    columns = ["stage", "domain", "level_before", "level", "pupils"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
