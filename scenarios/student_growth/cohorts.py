"""Cohorts of children by subdistrict, as they may be shown."""

from __future__ import annotations

import pandas as pd

from gis.database import read_table
from layers.language import Language, is_missing
from scenarios.student_growth.analysis import COUNTS, count_migrants, hide_small_cells
from scenarios.view import View

HIDDEN = "*"


def read_children(view: View) -> pd.DataFrame:
    """Read the children of the newest count by subdistrict, stage and year, as they were counted.

    Returns
    -------
    DataFrame
        Columns of ``queries/children_by_subdistrict.sql`` and migrant_children. Only sums over
        the district may be shown of it; see :func:`hide_cohorts`.
    """
    return count_migrants(
        read_table(view.connection, "children_by_subdistrict", district_id=view.district.id)
    )


def hide_cohorts(children: pd.DataFrame, view: View) -> pd.DataFrame:
    """Hide the small cells of counted children and write each count as it may be shown.

    Parameters
    ----------
    children
        As :func:`read_children` returns it, with every subdistrict of a stage and year.

    Returns
    -------
    DataFrame
        The same, hidden cells missing, with children_text, registered_children_text and
        migrant_children_text: "<5" for a small cell, "*" for one that would give it away.
    """
    minimum = view.profile.minimum_cell
    shown = hide_small_cells(children, minimum=minimum)
    return shown.assign(
        **{
            f"{column}_text": write_cells(children[column], shown[column], view.language, minimum)
            for column in COUNTS
        }
    )


def write_cells(known: pd.Series, shown: pd.Series, _: Language, minimum: int) -> list[str]:
    """Write counts as they may be shown: "<5" for a small cell, "*" for one hidden with it."""
    return [
        HIDDEN if is_missing(cell) and not 0 < count < minimum else _.cell(count, minimum)
        for count, cell in zip(known.tolist(), shown.tolist(), strict=True)
    ]
