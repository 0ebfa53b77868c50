"""How resources stood over the years, and when they will fall below a limit. Pure.

Ahead, each school keeps the resources that it has and has the pupils of the forecast.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from catchments.profile import Balance
from scenarios.resource_distribution.analysis import (
    FAILED,
    MET,
    MISSING,
    NEAR,
    NOT_PASSED,
    PASSED,
    UNKNOWN,
    assess_schools,
    assess_variation,
    judge_schools,
)

_KEYS = ["stage", "school_id", "indicator"]


@dataclass(frozen=True, eq=False)
class Outlook:
    """Resources year by year.

    Parameters
    ----------
    indicators
        stage, indicator, year, is_forecast, schools, met, near, failed, missing, mean (weighted by
        pupils), variation, limit.
    standings
        stage, year, is_forecast, schools, passed, not_passed, unknown.
    warnings
        stage, school_id (empty: of the stage), indicator (empty: of the school as a whole), year,
        level (red: crossed in the newest year; yellow: will be within the years that are warned
        of; none: later), value, limit. For a school as a whole value counts the indicators met.
    """

    indicators: pd.DataFrame
    standings: pd.DataFrame
    warnings: pd.DataFrame


def trace_outlook(history: pd.DataFrame, pupils: pd.DataFrame, balance: Balance) -> Outlook:
    """Assess every year that is known and every year that is forecast.

    Parameters
    ----------
    history
        Facts as :func:`scenarios.resource_distribution.analysis.assess_schools` takes them, with
        year; at least one year.
    pupils
        school_id, stage, year, pupils expected; may be empty.
    """
    newest = int(history["year"].max())
    ahead = project_facts(history[history["year"] == newest], pupils[pupils["year"] > newest])
    years = pd.concat([history, ahead], ignore_index=True) if len(ahead) else history
    result, verdict = _assess_years(years, balance)
    variation = pd.concat(
        [assess_variation(part, balance).assign(year=year) for year, part in result.groupby("year")]
        or [assess_variation(result, balance).assign(year=0)],
        ignore_index=True,
    )
    return Outlook(
        _sum_indicators(result, variation).assign(is_forecast=lambda rows: rows["year"] > newest),
        _sum_standings(verdict).assign(is_forecast=lambda rows: rows["year"] > newest),
        find_warnings(result, verdict, variation, balance, newest=newest),
    )


def _assess_years(years: pd.DataFrame, balance: Balance) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Assess all years at once: a school in another year is another school."""
    keys = years[["school_id", "year"]].drop_duplicates(ignore_index=True)
    number = pd.MultiIndex.from_frame(keys).get_indexer(
        pd.MultiIndex.from_frame(years[["school_id", "year"]])
    )
    results = assess_schools(years.assign(school_id=number), balance)
    judged = judge_schools(results, balance)

    def name_back(table: pd.DataFrame) -> pd.DataFrame:
        own = keys.loc[table["school_id"]]
        return table.assign(
            year=own["year"].to_numpy(int), school_id=own["school_id"].to_numpy(int)
        )

    return name_back(results), name_back(judged)


def project_facts(facts: pd.DataFrame, pupils: pd.DataFrame) -> pd.DataFrame:
    """Give each school the pupils of coming years and the resources of the newest.

    A stage that is not forecast, such as senior secondary, keeps its pupils: they count where a
    school shares its resources among stages.

    Parameters
    ----------
    facts
        Of the newest year, with year.
    pupils
        school_id, stage, year, pupils.

    Examples
    --------
    >>> facts = pd.DataFrame({"school_id": [1], "kind": ["primary"], "stage": ["primary"],
    ...                       "pupils": [500], "year": [2025]})
    >>> ahead = pd.DataFrame({"school_id": [1], "stage": ["primary"], "year": [2026],
    ...                       "pupils": [510.0]})
    >>> project_facts(facts, ahead)[["year", "pupils"]].values.tolist()
    [[2026.0, 510.0]]
    """
    if pupils.empty:
        return facts.iloc[:0]
    years = pd.DataFrame({"year": np.sort(pupils["year"].unique())})
    repeated = facts.drop(columns="year").merge(years, how="cross")
    told = repeated.merge(
        pupils.rename(columns={"pupils": "expected"}), on=["school_id", "stage", "year"], how="left"
    )
    told["pupils"] = told["expected"].fillna(told["pupils"].astype(float))
    return told.drop(columns="expected")


def find_warnings(
    results: pd.DataFrame,
    judged: pd.DataFrame,
    variations: pd.DataFrame,
    balance: Balance,
    *,
    newest: int,
) -> pd.DataFrame:
    """Find every limit that was crossed in the newest year or will be crossed later.

    A limit that was not kept the year before is old news and not warned of; nor is what nobody
    reported.

    Parameters
    ----------
    results, judged, variations
        Assessments of all years, with year.

    Returns
    -------
    DataFrame
        As :class:`Outlook` says, the most urgent first.
    """
    series = pd.concat(
        [
            _list_series(results, results["state"].map({MET: 1.0, NEAR: 0.0, FAILED: 0.0})).assign(
                value=results["value"], limit=results["standard"]
            ),
            _list_series(judged, judged["verdict"].map({PASSED: 1.0, NOT_PASSED: 0.0})).assign(
                value=judged[MET], limit=float(balance.must_meet)
            ),
            _list_series(variations, variations["met"].astype(float)).assign(
                value=variations["variation"], limit=variations["limit"]
            ),
        ],
        ignore_index=True,
    )
    kept, lost = series[series["keeps"] == 1], series[series["keeps"] == 0]
    before = kept.loc[kept["year"] == newest - 1, _KEYS]
    crossed = lost[lost["year"] == newest].merge(before, on=_KEYS).assign(level="red")
    now = kept.loc[kept["year"] == newest, _KEYS]
    later = lost[lost["year"] > newest].sort_values("year", kind="stable").merge(now, on=_KEYS)
    first = later.drop_duplicates(_KEYS)
    soon = first["year"] <= newest + balance.warn_years
    ahead = first.assign(level=np.where(soon, "yellow", "none"))
    found = pd.concat([part for part in (crossed, ahead) if len(part)] or [crossed])
    found = found.sort_values(["year", *_KEYS], kind="stable", ignore_index=True)
    found["school_id"] = found["school_id"].where(found["school_id"] >= 0).astype("Int64")
    found["indicator"] = found["indicator"].where(found["indicator"] != "")
    columns = [*_KEYS, "year", "level", "value", "limit"]
    return found[columns]


def _list_series(table: pd.DataFrame, keeps: pd.Series) -> pd.DataFrame:
    """Name what each row is about; what is missing can be merged as well as what is there."""
    return pd.DataFrame(
        {
            "stage": table["stage"],
            "school_id": table.get("school_id", -1),
            "indicator": table.get("indicator", ""),
            "year": table["year"],
            "keeps": keeps,
        }
    )


def _sum_indicators(results: pd.DataFrame, variations: pd.DataFrame) -> pd.DataFrame:
    keys = ["stage", "indicator", "year"]
    states = pd.get_dummies(pd.Categorical(results["state"], [MET, NEAR, FAILED, MISSING]))
    known = results["value"].notna()
    weighed = results[keys].assign(
        schools=1,
        total=(results["value"] * results["pupils"]).fillna(0),
        weight=results["pupils"].where(known, 0).astype(float),
    )
    summed = pd.concat([weighed, states.astype(int).set_axis(states.columns, axis=1)], axis=1)
    summed = summed.groupby(keys, as_index=False).sum()
    summed["mean"] = summed["total"] / summed["weight"].where(summed["weight"] > 0)
    told = variations[[*keys, "variation", "limit"]]
    joined = summed.drop(columns=["total", "weight"]).merge(told, on=keys, how="left")
    return joined.astype({"variation": float, "limit": float})


def _sum_standings(judged: pd.DataFrame) -> pd.DataFrame:
    verdicts = [PASSED, NOT_PASSED, UNKNOWN]
    dummies = pd.get_dummies(pd.Categorical(judged["verdict"], verdicts)).astype(int)
    keys = judged[["stage", "year"]].assign(schools=1).reset_index(drop=True)
    return pd.concat([keys, dummies], axis=1).groupby(["stage", "year"], as_index=False).sum()
