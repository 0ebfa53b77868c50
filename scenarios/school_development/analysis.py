"""How schools grow, how full their classes are, how large they are. Pure."""

from __future__ import annotations

import numpy as np
import pandas as pd

from catchments.profile import Profile


def measure_development(
    sizes: pd.DataFrame, judged: pd.DataFrame, profile: Profile
) -> pd.DataFrame:
    """Set the pupils of each school and stage in the newest year against its first year.

    Parameters
    ----------
    sizes
        As ``queries/school_sizes.sql`` returns it: school_id, kind, stage, year, pupils, classes.
    judged
        As :func:`scenarios.resource_distribution.analysis.judge_schools` returns it.

    Returns
    -------
    DataFrame
        One row a school and stage with pupils in the newest year: the name columns, kind, stage,
        first_year, year, pupils, growth_pct (missing for a stage that is new), class_size,
        design_class, school_pupils (pupils of the school in all stages with standards),
        size_limit (missing where the profile sets none), met, indicators, passed; the fastest
        growing first.
    """
    names = ["school_id", "school_name_zh", "school_name_en", "kind", "stage"]
    newest = sizes["year"].max()
    now = sizes[sizes["year"] == newest]
    first = sizes[sizes["year"] == sizes["year"].min()].set_index(["school_id", "stage"])["pupils"]
    stages = {stage.code: stage.design_class for stage in profile.stages}
    keys = pd.MultiIndex.from_frame(now[["school_id", "stage"]])
    began = first.reindex(keys).to_numpy(dtype=float)
    pupils, classes = now["pupils"].to_numpy(dtype=float), now["classes"].to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.where(began > 0, 100 * (pupils - began) / began, np.nan)
        class_size = np.where(classes > 0, pupils / classes, np.nan)
    measured = now[names].assign(
        first_year=sizes["year"].min(),
        year=newest,
        pupils=now["pupils"],
        growth_pct=growth,
        class_size=class_size,
        design_class=now["stage"].map(stages),
        school_pupils=_sum_school(now, profile),
        size_limit=now["kind"].map(profile.balance.size_limit),
    )
    counted = judged.assign(indicators=judged[["met", "near", "failed", "missing"]].sum(axis=1))
    return measured.merge(
        counted[["school_id", "stage", "met", "indicators", "passed"]],
        on=["school_id", "stage"],
        how="left",
    ).sort_values(
        ["growth_pct", "school_id"], ascending=[False, True], na_position="last", ignore_index=True
    )


def _sum_school(now: pd.DataFrame, profile: Profile) -> pd.Series:
    """Pupils of each school in the stages that the size limit counts."""
    counted = now["pupils"].where(now["stage"].isin(list(profile.balance.variation_limit)), 0)
    return counted.groupby(now["school_id"]).transform("sum")


def measure_class_sizes(sizes: pd.DataFrame) -> pd.DataFrame:
    """Return the pupils of a class by stage and year: stage, year, class_size.

    Examples
    --------
    >>> sizes = pd.DataFrame({"stage": "primary", "year": 2025, "pupils": [450, 350],
    ...     "classes": [10, 10]})
    >>> measure_class_sizes(sizes)["class_size"].tolist()
    [40.0]
    """
    sums = sizes.groupby(["stage", "year"], as_index=False)[["pupils", "classes"]].sum()
    sums = sums[sums["classes"] > 0]
    return sums[["stage", "year"]].assign(class_size=sums["pupils"] / sums["classes"])
