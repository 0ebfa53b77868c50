"""Quality of what is loaded: of so many things looked at, how many are as they should be.

Every measure is a pair of counts, *checked* and *broken*, so that parts add up and a share can
always be traced to what was counted. See docs/methods/data_quality.md for the definitions.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

COMPLETENESS, VALIDITY, UNIQUENESS = "completeness", "validity", "uniqueness"
CONSISTENCY, TIMELINESS = "consistency", "timeliness"
MEASURES = (COMPLETENESS, VALIDITY, UNIQUENESS, CONSISTENCY, TIMELINESS)
PART_COLUMNS = ["measure", "part", "checked", "broken"]


def measure_share(checked: float, broken: float) -> float | None:
    """Return the share of checked things that are not broken, in per cent.

    Returns
    -------
    float or None
        None when nothing was checked: no share, not a good one.

    Examples
    --------
    >>> measure_share(8, 2), measure_share(0, 0)
    (75.0, None)
    """
    return None if checked == 0 else 100.0 * (1.0 - broken / checked)


def sum_parts(parts: pd.DataFrame) -> pd.DataFrame:
    """Add up the parts of each measure of each dataset.

    Parameters
    ----------
    parts
        dataset, measure, part, checked, broken.

    Returns
    -------
    DataFrame
        dataset, measure, checked, broken, share_pct, one row a dataset and measure, by name. The
        share weighs every thing that was looked at alike: long parts count more than short ones.

    Examples
    --------
    >>> parts = pd.DataFrame({"dataset": "school", "measure": "completeness",
    ...     "part": ["address", "opened_on"], "checked": [10, 10], "broken": [1, 4]})
    >>> sum_parts(parts)["share_pct"].tolist()
    [75.0]
    """
    by = parts.groupby(["dataset", "measure"], as_index=False)[["checked", "broken"]].sum()
    return add_shares(by)


def add_shares(counts: pd.DataFrame) -> pd.DataFrame:
    """Add share_pct, per cent of `checked` that is as it should be; missing for nothing checked."""
    pairs = zip(counts["checked"], counts["broken"], strict=True)
    shares = [measure_share(one, two) for one, two in pairs]
    return counts.assign(share_pct=pd.Series(shares, counts.index, dtype=float))


def count_overdue_days(as_of: dt.date, verify_days: int, today: dt.date) -> tuple[int, int]:
    """Count the days that a source may be old, and by how many it is older.

    Up to the day on which it is due (定期核验) a source is wholly in time. After it the share falls
    by the day, and reaches zero when twice the time has passed.

    Returns
    -------
    (checked, broken)
        `verify_days`, and the days since the due day, at most `verify_days`.

    Examples
    --------
    Drawn on 1 January, due after 100 days, looked at on day 125: a quarter is gone.

    >>> count_overdue_days(dt.date(2026, 1, 1), 100, dt.date(2026, 5, 6))
    (100, 25)
    """
    late_days = (today - as_of).days - verify_days
    return verify_days, int(np.clip(late_days, 0, verify_days))


def check_enrolment(enrolment: pd.DataFrame, *, class_most_pupils: int) -> pd.DataFrame:
    """Count the grades with more pupils than their classes can hold, or pupils without a class.

    Parameters
    ----------
    enrolment
        pupils and classes, one row a school, stage, grade and year. Rows without classes are not
        checked: how many there are is not known.
    class_most_pupils
        Pupils that the largest class can be believed to have.

    Returns
    -------
    DataFrame
        One row: measure, part ``pupils_in_classes``, checked, broken.

    Examples
    --------
    131 pupils in two classes of at most 65 are one too many; the third row tells no classes.

    >>> grades = pd.DataFrame({"pupils": [130, 131, 40], "classes": [2, 2, None]})
    >>> check_enrolment(grades, class_most_pupils=65)[["checked", "broken"]].values.tolist()
    [[2, 1]]
    """
    known = enrolment.dropna(subset=["pupils", "classes"])
    broken = known["pupils"].astype(float) > known["classes"].astype(float) * class_most_pupils
    return _build_part("pupils_in_classes", len(known), int(broken.sum()))


def check_seats(seats: pd.DataFrame, *, class_most_pupils: int) -> pd.DataFrame:
    """Count the plans whose seats do not fit their classes, or whose entry exceeds the whole.

    Parameters
    ----------
    seats
        entry_classes, entry_seats, classes and seats, one row a school, stage and year; a
        comparison with a missing side is not made.
    class_most_pupils
        Seats that the largest class can be believed to have.

    Returns
    -------
    DataFrame
        Parts ``seats_in_classes`` and ``entry_in_seats``: measure, part, checked, broken.

    Examples
    --------
    >>> plan = pd.DataFrame({"entry_classes": [2, 9], "entry_seats": [90, 400],
    ...     "classes": [12, 6], "seats": [540, 270]})
    >>> check_seats(plan, class_most_pupils=65)[["part", "checked", "broken"]].values.tolist()
    [['seats_in_classes', 2, 0], ['entry_in_seats', 2, 1]]
    """
    told = seats[["entry_classes", "entry_seats", "classes", "seats"]].astype("Float64")
    sized = told.dropna(subset=["classes", "seats"])
    crowded = sized["seats"] > sized["classes"] * class_most_pupils
    both = told.dropna(subset=["entry_seats", "seats"])
    above = both["entry_seats"] > both["seats"]
    wide = (both["entry_classes"] > both["classes"]).fillna(False)
    return pd.concat(
        [
            _build_part("seats_in_classes", len(sized), int(crowded.sum())),
            _build_part("entry_in_seats", len(both), int((above | wide).sum())),
        ],
        ignore_index=True,
    )


def check_registers(registers: pd.DataFrame, *, gap_pct: float) -> pd.DataFrame:
    """Count the stages whose first grade has not about as many pupils as there are children.

    Parameters
    ----------
    registers
        stage, pupils of the entry grade and children of its age window in the registers, of the
        same year. Stages without children are not checked.
    gap_pct
        Difference, in per cent of the children, from which the registers disagree.

    Returns
    -------
    DataFrame
        Part ``pupils_and_children``: measure, part, checked, broken.

    Examples
    --------
    900 pupils for 1,000 children lie 10 % apart, 880 lie 12 %.

    >>> both = pd.DataFrame({"stage": ["primary", "junior"], "pupils": [900, 880],
    ...     "children": [1000, 1000]})
    >>> check_registers(both, gap_pct=10)[["checked", "broken"]].values.tolist()
    [[2, 1]]
    """
    known = registers[registers["children"] > 0]
    gaps_pct = 100.0 * (known["pupils"] - known["children"]).abs() / known["children"]
    return _build_part("pupils_and_children", len(known), int((gaps_pct > gap_pct).sum()))


def _build_part(part: str, checked: int, broken: int) -> pd.DataFrame:
    row = {"measure": CONSISTENCY, "part": part, "checked": checked, "broken": broken}
    return pd.DataFrame([row], columns=PART_COLUMNS)
