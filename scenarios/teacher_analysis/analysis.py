"""What the stored heads and posts of teachers say: sums, balance, warnings, small cells. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from catchments.disclosure import suppress_cells
from catchments.teacher_rules import TeacherRules
from scenarios.resource_distribution.analysis import measure_variation

# Teachers at or above a level, and the name of their share.
LEVELS = ("qualified", "senior", "backbone")
_HEADS = ["teachers", *(f"{level}_teachers" for level in LEVELS), "pupils"]
MEASURES = ("teachers", *(f"{level}_teachers" for level in LEVELS))


def sum_heads(heads: pd.DataFrame, *, by: Sequence[str]) -> pd.DataFrame:
    """Sum the teachers and pupils of groups of schools, and set them against each other.

    Parameters
    ----------
    heads
        As ``queries/teacher_heads.sql`` returns them: teachers, qualified_teachers,
        senior_teachers, backbone_teachers, pupils, and the columns `by`.
    by
        Columns of the groups, such as subdistrict_id; rows without a value are left out.

    Returns
    -------
    DataFrame
        The columns `by`, teachers, pupils, pupils_per_teacher, and of each 100 teachers
        qualified_pct, senior_pct and backbone_pct.

    Examples
    --------
    >>> heads = pd.DataFrame({"stage": ["primary"], "teachers": 20, "qualified_teachers": 19,
    ...     "senior_teachers": 5, "backbone_teachers": 2, "pupils": 360})
    >>> sum_heads(heads, by=["stage"])[["pupils_per_teacher", "senior_pct"]].values.tolist()
    [[18.0, 25.0]]
    """
    summed = heads.groupby(list(by), as_index=False)[_HEADS].sum()
    shares = {
        f"{level}_pct": 100 * summed[f"{level}_teachers"] / summed["teachers"] for level in LEVELS
    }
    told = summed[[*by, "teachers", "pupils"]]
    return told.assign(pupils_per_teacher=summed["pupils"] / summed["teachers"], **shares)


def measure_balance(heads: pd.DataFrame) -> pd.DataFrame:
    """Measure how evenly teachers lie between schools, subdistricts, town and country.

    Each measure counts teachers per 100 pupils. Variations weigh schools and subdistricts by
    their pupils, as the national standard has it.

    Parameters
    ----------
    heads
        As :func:`sum_heads` takes them, with subdistrict_id and urban; of one stage. Schools
        without pupils are left out.

    Returns
    -------
    DataFrame
        Index measure (one of :data:`MEASURES`): mean, urban, rural, schools_variation,
        subdistricts_variation; NaN where there is nothing to compare.

    Examples
    --------
    20 and 10 teachers for 200 pupils each are 10 and 5 per 100: a mean of 7.5, 2.5 from each.

    >>> heads = pd.DataFrame({"teachers": [20, 10], "qualified_teachers": 5, "senior_teachers": 0,
    ...     "backbone_teachers": 1, "pupils": 200, "subdistrict_id": [1, 2],
    ...     "urban": [True, False]})
    >>> measure_balance(heads).loc["teachers"].round(4).tolist()
    [7.5, 10.0, 5.0, 0.3333, 0.3333]
    """
    known = heads[heads["pupils"] > 0]
    urban = known["urban"].astype("boolean")
    town, country = (known[urban.fillna(value=not want) == want] for want in (True, False))
    areas = known.groupby("subdistrict_id")[_HEADS].sum()
    rows = {
        name: {
            "mean": _rate(known, name),
            "urban": _rate(town, name),
            "rural": _rate(country, name),
            "schools_variation": _vary(known, name),
            "subdistricts_variation": _vary(areas, name),
        }
        for name in MEASURES
    }
    return pd.DataFrame.from_dict(rows, orient="index").astype(float)


def _rate(group: pd.DataFrame, name: str) -> float:
    pupils = float(group["pupils"].sum())
    return 100 * float(group[name].sum()) / pupils if pupils else float("nan")


def _vary(group: pd.DataFrame, name: str) -> float:
    pupils = group["pupils"].to_numpy(float)
    return measure_variation(group[name].to_numpy(float) / pupils, pupils)


def hide_heads(counts: pd.DataFrame, *, by: Sequence[str], minimum: int) -> pd.DataFrame:
    """Sum teachers over groups by sort and code, and hide small cells.

    What is personal (sex, age, degree, title, tenure) is hidden as children are: cells below
    `minimum`, and a further one where the sum of the group would tell. Posts by subject are no
    facts about a person and stay.

    Parameters
    ----------
    counts
        As ``queries/teacher_counts.sql`` returns them, with the columns `by`.

    Returns
    -------
    DataFrame
        The columns `by`, sort, code, teachers (missing where hidden).
    """
    keys = [*by, "sort", "code"]
    summed = counts.groupby(keys, as_index=False)[["teachers"]].sum()
    group = summed[[*by, "sort"]].astype(str).agg("/".join, axis=1)
    hidden = suppress_cells(summed["teachers"], group, minimum=minimum)
    # Those above a level are told beside all: few below it must not show by the difference.
    every = summed[summed["sort"] == "all"][[*by, "teachers"]].rename(columns={"teachers": "all"})
    others = summed[list(by)].merge(every, on=list(by), how="left")["all"] - summed["teachers"]
    few = summed["sort"].str.startswith("is_") & (others > 0) & (others < minimum)
    hidden = hidden.mask(few)
    is_open = summed["sort"].isin(OPEN_SORTS)
    return summed.assign(teachers=hidden.where(~is_open, summed["teachers"]).astype("Int64"))


# What a school publishes of its staff, whatever the number.
OPEN_SORTS = ("all", "subject")


def list_warnings(
    posts: pd.DataFrame, outlook: pd.DataFrame, heads: pd.DataFrame, rules: TeacherRules
) -> pd.DataFrame:
    """List what the rules warn of: short subjects, retirements to come, too many pupils.

    Parameters
    ----------
    posts
        As ``queries/teacher_posts.sql`` returns them.
    outlook
        As ``queries/teacher_outlook.sql`` returns it.
    heads
        As :func:`sum_heads` returns them by school_id and stage.

    Returns
    -------
    DataFrame
        kind (short, retiring or pupils), level (red or yellow), stage, subject, school_id (each
        may be missing), value, limit; red first, then by stage.
    """
    short = posts[posts["level"] != "none"]
    parts = [
        pd.DataFrame(
            {
                "kind": "short",
                "level": short["level"],
                "stage": short["stage"],
                "subject": short["subject"],
                "school_id": short["school_id"],
                "value": short["cover_pct"],
                "limit": short["level"].map(
                    {"red": rules.warning.red_below_pct, "yellow": rules.warning.yellow_below_pct}
                ),
            }
        )
    ]
    retiring = measure_retiring(outlook, rules)
    many = retiring[retiring["retiring_pct"] >= rules.warning.retiring_from_pct]
    parts.append(
        many[["stage", "subject"]].assign(
            kind="retiring",
            level="yellow",
            value=many["retiring_pct"],
            limit=rules.warning.retiring_from_pct,
        )
    )
    most = heads["stage"].map(rules.warning.most_pupils).astype(float)
    full = heads[heads["pupils_per_teacher"] > most]
    parts.append(
        full[["stage", "school_id"]].assign(
            kind="pupils",
            level="yellow",
            value=full["pupils_per_teacher"],
            limit=most[full.index],
        )
    )
    columns = ["kind", "level", "stage", "subject", "school_id", "value", "limit"]
    told = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    order = told["level"].map({"red": 0, "yellow": 1})
    told = told.assign(order=order).sort_values(["order", "kind", "stage"], kind="stable")
    return told.reindex(columns=columns).reset_index(drop=True)


def measure_retiring(outlook: pd.DataFrame, rules: TeacherRules) -> pd.DataFrame:
    """Measure the share of each subject's posts whose teachers retire in the years told.

    Returns
    -------
    DataFrame
        stage, subject, retiring_posts, retiring_pct; no rows without years ahead.
    """
    if outlook.empty:
        return pd.DataFrame(columns=["stage", "subject", "retiring_posts", "retiring_pct"])
    first = int(outlook["year"].min())
    keys = ["stage", "subject"]
    now = outlook[outlook["year"] == first].set_index(keys)["supply_posts"]
    then = outlook[outlook["year"] == first + rules.warning.retiring_years]
    retired = then.set_index(keys)["retired_posts"]
    told = pd.DataFrame({"retiring_posts": retired, "now": now.reindex(retired.index)})
    told = told[told["now"] > 0]
    told["retiring_pct"] = 100 * told["retiring_posts"] / told["now"]
    return told.drop(columns="now").reset_index()


def sum_outlook(outlook: pd.DataFrame, *, by: Sequence[str]) -> pd.DataFrame:
    """Sum the years ahead over stages or subjects, and say how many are to be hired by then.

    Returns
    -------
    DataFrame
        The columns `by`, demand_posts, supply_posts, retired_posts, missing_posts,
        short_schools and to_hire_posts: whole teachers above what stays, subject by subject, if
        all could teach where they are needed.
    """
    gap = np.ceil(np.maximum(outlook["demand_posts"] - outlook["supply_posts"], 0) - 1e-9)
    names = ["demand_posts", "supply_posts", "retired_posts", "missing_posts", "short_schools"]
    told = outlook.assign(to_hire_posts=gap.astype(int))
    return told.groupby(list(by), as_index=False)[[*names, "to_hire_posts"]].sum()
