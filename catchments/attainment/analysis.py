"""One paper as a whole: distribution, reliability, items, schools, classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.attainment.distribution import PERCENTILES, count_bands, measure_schools
from catchments.attainment.items import measure_items
from catchments.attainment.reliability import measure_reliability
from catchments.attainment.value_added import FEW, UNMEASURED, measure_value_added
from catchments.attainment.weaknesses import find_weaknesses
from catchments.attainment_rules import AttainmentRules
from catchments.disclosure import suppress_cells

Floats = NDArray[np.float64]

_TOLD = ["mean_points", "mean_low", "mean_high", "spread_points"]
_TOLD += [f"p{p}_points" for p in PERCENTILES]
_ADDED = ["value_added_points", "value_added_low", "value_added_high"]


@dataclass(frozen=True, eq=False)
class Sitting:
    """The marks of all pupils in one paper.

    Parameters
    ----------
    rows
        school_id, class_number, absent, points (NaN for the absent, and where a mark is not known
        that no total tells), prior_points (NaN where not known); one row a pupil.
    marks
        Marks by pupil and item, shape (n, k), NaN where not known; k may be 0.
    full_marks
        Of the items, shape (k,).
    paper_full_marks
        Of the paper.
    """

    rows: pd.DataFrame
    marks: Floats
    full_marks: Floats
    paper_full_marks: float


@dataclass(frozen=True, eq=False)
class PaperAnalysis:
    """What came out; `measure` holds the columns of table ``paper_measure``, bands apart."""

    measure: dict[str, Any]
    bands: pd.DataFrame
    items: pd.DataFrame
    schools: pd.DataFrame
    classes: pd.DataFrame


def analyse_paper(sitting: Sitting, rules: AttainmentRules, *, minimum: int) -> PaperAnalysis:
    """Analyse one paper; whoever was absent counts as absent and nowhere else.

    Counts below `minimum` are hidden with those that would give them away; schools and classes of
    fewer than ``least_pupils`` are told without marks.

    Returns
    -------
    PaperAnalysis
        measure: pupils, absent, mean_points, …, alpha, error_points, model. bands: from_points,
        to_points, pupils. items: see :func:`catchments.attainment.items.measure_items`. schools:
        school_id, pupils, absent, mean_points, …, value_added_points, state; in the order of
        school_id. classes: school_id, class_number and the columns of
        :func:`catchments.attainment.weaknesses.find_weaknesses`.

    Examples
    --------
    >>> rows = pd.DataFrame({"school_id": [1, 1], "class_number": 1, "absent": [False, True],
    ...     "points": [3.0, np.nan], "prior_points": np.nan})
    >>> sitting = Sitting(rows, np.array([[1.0, 2], [np.nan, np.nan]]), np.array([1.0, 2]), 3.0)
    >>> found = analyse_paper(sitting, AttainmentRules(), minimum=5)
    >>> found.measure["mean_points"], found.schools["state"].tolist()
    (3.0, ['few'])
    """
    sat = ~sitting.rows["absent"].to_numpy(bool)
    rows, marks = sitting.rows[sat].reset_index(drop=True), sitting.marks[sat]
    points = rows["points"].dropna().to_numpy(np.float64)
    reliability = measure_reliability(marks, interval_pct=rules.interval_pct)
    added = measure_value_added(
        rows,
        degree=rules.prior_degree,
        interval_pct=rules.interval_pct,
        least_pupils=rules.least_pupils,
    )
    bands = count_bands(points, sitting.paper_full_marks, bands=rules.bands)
    one = pd.Series("", index=bands.index)
    absent = int((~sat).sum())
    return PaperAnalysis(
        measure={
            "pupils": len(sitting.rows),
            "absent": None if 0 < absent < minimum else absent,
            "mean_points": float(points.mean()) if len(points) else np.nan,
            "spread_points": float(points.std(ddof=1)) if len(points) > 1 else np.nan,
            "alpha": reliability.alpha,
            "alpha_low": reliability.low,
            "alpha_high": reliability.high,
            "error_points": reliability.error_points,
            "model": added.describe_model(),
        },
        bands=bands.assign(pupils=suppress_cells(bands["pupils"], one, minimum=minimum)),
        items=measure_items(marks, sitting.full_marks, tail_pct=rules.tail_pct),
        schools=_tell_schools(sitting.rows, rows, added.schools, rules, minimum),
        classes=_tell_classes(rows, marks, sitting.full_marks, rules),
    )


def _tell_schools(
    every: pd.DataFrame,
    rows: pd.DataFrame,
    added: pd.DataFrame,
    rules: AttainmentRules,
    minimum: int,
) -> pd.DataFrame:
    """Put counts, marks and value added of the schools together, small ones without marks."""
    counted = every.groupby("school_id").agg(pupils=("absent", "size"), absent=("absent", "sum"))
    measured = measure_schools(rows, interval_pct=rules.interval_pct)
    told = counted.join(measured).join(added[[*_ADDED, "state"]])
    told["state"] = told["state"].astype(object).where(told["state"].notna(), UNMEASURED)
    few = ~(told["sat"] >= rules.least_pupils)
    told.loc[few, [*_TOLD, *_ADDED]] = np.nan
    told.loc[few, "state"] = FEW
    one = pd.Series("", index=told.index)
    pupils = suppress_cells(told["pupils"], one, minimum=minimum)
    absent = suppress_cells(told["absent"].astype(int), one, minimum=minimum)
    told = told.assign(pupils=pupils, absent=absent.mask(pupils.isna()))
    return told[["pupils", "absent", *_TOLD, *_ADDED, "state"]].reset_index()


def _tell_classes(
    rows: pd.DataFrame, marks: Floats, full_marks: Floats, rules: AttainmentRules
) -> pd.DataFrame:
    """Find weak items by class, with school and number of the class in place of its position."""
    keys = ["school_id", "class_number"]
    classes = rows[keys].drop_duplicates().sort_values(keys).reset_index(drop=True)
    if classes.empty or not len(full_marks):
        return pd.DataFrame(columns=[*keys, "number", "difference_pct", "is_weak"])
    at = pd.MultiIndex.from_frame(classes).get_indexer(pd.MultiIndex.from_frame(rows[keys]))
    found = find_weaknesses(
        marks,
        full_marks,
        at,
        interval_pct=rules.interval_pct,
        false_discovery_pct=rules.false_discovery_pct,
        least_pupils=rules.least_pupils,
    )
    named = classes.iloc[found.pop("group").to_numpy(int)].reset_index(drop=True)
    return pd.concat([named, found], axis=1)
