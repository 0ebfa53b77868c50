"""States beside the warning: class sizes, schools too large, seats and classes to spare."""

from __future__ import annotations

import numpy as np
import pandas as pd

from catchments.profile import ClassSize, Profile

USUAL, LARGE, OVERSIZED, EXTREME, UNRATED = "usual", "large", "oversized", "extreme", "unrated"


def rate_classes(enrolment: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    """Rate the classes of each school, stage and grade by their pupils (大班额).

    Only pupils and classes of a grade are known: its largest class holds at least their ratio,
    rounded up, and that is what is rated. A class is large above the design class of its stage,
    and from the profile's limit. Grades whose classes nobody stated, and stages that the profile
    does not name, are not rated. SOURCE: docs/standards.md.

    Parameters
    ----------
    enrolment
        school_id, stage, grade, year, pupils, classes (missing where nobody stated them).

    Returns
    -------
    DataFrame
        The rows with class_pupils (missing where not rated) and class_state: usual, large,
        oversized, extreme or unrated.

    Examples
    --------
    >>> from catchments.profile import load_profile
    >>> from gis.settings import DISTRICTS
    >>> ouhai = load_profile(DISTRICTS / "ouhai" / "profile.toml")
    >>> grades = pd.DataFrame({"school_id": 1, "stage": "primary", "grade": [1, 2, 3, 4],
    ...     "year": 2025, "pupils": [90, 91, 166, 132], "classes": [2, 2, 3, 2]})
    >>> rate_classes(grades, ouhai)[["class_pupils", "class_state"]].values.tolist()
    [[45.0, 'usual'], [46.0, 'large'], [56.0, 'oversized'], [66.0, 'extreme']]
    """
    rule = profile.class_size
    classes = enrolment["classes"].astype(float).to_numpy()
    is_rated = enrolment["stage"].isin(rule.stages).to_numpy() & (classes > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        pupils = np.ceil(enrolment["pupils"].to_numpy(float) / classes)
    design = enrolment["stage"].map({stage.code: stage.design_class for stage in profile.stages})
    state = _rate(pupils, design.to_numpy(float), rule)
    return enrolment.assign(
        class_pupils=np.where(is_rated, pupils, np.nan),
        class_state=np.where(is_rated, state, UNRATED),
    )


def _rate(pupils: np.ndarray, design: np.ndarray, rule: ClassSize) -> np.ndarray:
    return np.select(
        [
            pupils >= rule.extreme_from,
            pupils >= rule.oversized_from,
            (pupils >= rule.large_from) & (pupils > design),
        ],
        [EXTREME, OVERSIZED, LARGE],
        USUAL,
    )


def measure_sizes(enrolment: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    """Set the pupils of each school against the most that its kind may have.

    Counted are the pupils of the stages that have standards, as a school of several stages is
    limited as a whole.

    Parameters
    ----------
    enrolment
        school_id, kind, stage, pupils of one year.

    Returns
    -------
    DataFrame
        school_id, school_pupils, size_limit (missing where none is set), beyond_limit_pupils
        (0 up to the limit).

    Examples
    --------
    >>> from catchments.profile import load_profile
    >>> from gis.settings import DISTRICTS
    >>> ouhai = load_profile(DISTRICTS / "ouhai" / "profile.toml")
    >>> school = pd.DataFrame({"school_id": [1, 1, 2],
    ...                        "kind": ["nine_year", "nine_year", "primary"],
    ...                        "stage": ["primary", "junior", "primary"],
    ...                        "pupils": [1800, 720, 90]})
    >>> measure_sizes(school, ouhai)["beyond_limit_pupils"].tolist()
    [20, 0]
    """
    standard = {code for one in profile.balance.indicators for code in one.standard}
    mine = enrolment[enrolment["stage"].isin(standard)]
    sizes = mine.groupby(["school_id", "kind"], as_index=False).agg(school_pupils=("pupils", "sum"))
    limit = sizes["kind"].map(profile.balance.size_limit).astype("Int64")
    beyond = (sizes["school_pupils"] - limit).clip(lower=0).fillna(0).astype(int)
    return sizes.drop(columns="kind").assign(size_limit=limit, beyond_limit_pupils=beyond)


def count_empty_classes(surplus_seats: pd.Series, stages: pd.Series, profile: Profile) -> pd.Series:
    """Return how many whole classes of the design size the seats to spare would fill.

    Examples
    --------
    >>> from catchments.profile import load_profile
    >>> from gis.settings import DISTRICTS
    >>> ouhai = load_profile(DISTRICTS / "ouhai" / "profile.toml")
    >>> count_empty_classes(pd.Series([44, 90, None]), pd.Series(["primary"] * 3), ouhai).tolist()
    [0, 2, <NA>]
    """
    design = stages.map({stage.code: stage.design_class for stage in profile.stages})
    return surplus_seats.astype("Int64") // design.astype("Int64")
