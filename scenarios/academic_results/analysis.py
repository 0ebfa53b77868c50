"""How many pupils go on from grade to grade. Pure."""

from __future__ import annotations

import numpy as np
import pandas as pd


def measure_progression(schools: pd.DataFrame) -> pd.DataFrame:
    """Add class_size and progression_pct to each school and stage.

    The progression ratio sets the pupils of grades 2 and up against those of the grades below a
    year before: above 100 % more moved in than left. It says nothing of the results of a pupil.

    Parameters
    ----------
    schools
        As ``queries/grade_progression.sql`` returns it: pupils, classes, began, continued.

    Returns
    -------
    DataFrame
        The same with class_size and progression_pct, missing where nothing began.

    Examples
    --------
    >>> schools = pd.DataFrame({"pupils": [200], "classes": [5], "began": [150],
    ...     "continued": [147]})
    >>> measure_progression(schools)[["class_size", "progression_pct"]].values.tolist()
    [[40.0, 98.0]]
    """
    numbers = schools[["pupils", "classes", "began", "continued"]].astype(float)
    return schools.assign(
        class_size=numbers["pupils"] / numbers["classes"].where(numbers["classes"] > 0),
        progression_pct=100 * numbers["continued"] / numbers["began"].where(numbers["began"] > 0),
    )


def count_class_sizes(schools: pd.DataFrame, *, width: int = 5) -> pd.Series:
    """Count schools by their average class, in bands of `width` pupils without a hole between.

    Examples
    --------
    >>> schools = pd.DataFrame({"class_size": [45.0, 45.2, 33.0, None]})
    >>> count_class_sizes(schools).to_dict()
    {'31–35': 1, '36–40': 0, '41–45': 1, '46–50': 1}
    """
    # A class of 45.0 still belongs to 41–45.
    bands = np.ceil(schools["class_size"].dropna() / width).astype(int)
    if bands.empty:
        return pd.Series(dtype=int)
    counted = bands.value_counts().reindex(range(bands.min(), bands.max() + 1), fill_value=0)
    labels = [f"{width * (band - 1) + 1}–{width * band}" for band in counted.index]
    return counted.set_axis(labels)


def sum_stages(schools: pd.DataFrame) -> pd.DataFrame:
    """Sum the schools by stage and measure them as one: stage, schools, pupils, classes, …."""
    sums = schools.groupby("stage", as_index=False, sort=False).agg(
        schools=("school_id", "nunique"),
        pupils=("pupils", "sum"),
        classes=("classes", "sum"),
        began=("began", "sum"),
        continued=("continued", "sum"),
    )
    return measure_progression(sums)
