"""What commands and programs are told of the balance of resources: plain objects and tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from catchments.inequality import measure_gini, measure_theil
from catchments.profile import Balance, Profile
from layers.language import is_missing, load_language
from scenarios.records import list_records
from scenarios.resource_distribution.analysis import (
    PASSED,
    UNKNOWN,
    judge_schools,
    measure_variation,
    share_resources,
)
from scenarios.resource_distribution.needs import Needs
from scenarios.resource_distribution.verdict import (
    Verdict,
    judge_stages,
    list_reasons,
    say_verdict,
    sum_verdicts,
)

_PASSED: dict[str, bool | None] = {PASSED: True, UNKNOWN: None}


def tell_assessment(
    results: pd.DataFrame,
    variations: pd.DataFrame,
    profile: Profile,
    schools: pd.DataFrame,
) -> dict[str, Any]:
    """Tell the assessment: verdict with reasons, indicators by stage, schools with their values.

    Parameters
    ----------
    results, variations
        As the assessment returns them.
    schools
        Index school_id; columns are what to call a school by, such as code and names.
    """
    judged = judge_schools(results, profile.balance)
    verdicts = judge_stages(results, judged, variations, profile.balance)
    languages = {code: load_language(code) for code in ("zh", "en")}
    code = sum_verdicts(verdicts)
    return {
        "rule": tell_rule(profile.balance),
        "verdict": {
            "code": code,
            "passed": _PASSED.get(code, False),
            "words": {key: say_verdict(verdicts, _) for key, _ in languages.items()},
            "reasons": {key: list_reasons(verdicts, profile, _) for key, _ in languages.items()},
        },
        "stages": [_tell_stage(verdict) for verdict in verdicts],
        "indicators": _tell_indicators(results, variations, profile.balance),
        "schools": _tell_schools(results, judged, schools),
    }


def tell_rule(balance: Balance) -> dict[str, Any]:
    """Tell the rule by which schools and districts pass."""
    return {
        "must_meet": balance.must_meet,
        "near_pct": balance.near_pct,
        "variation_limit": balance.variation_limit,
        "source": "教督〔2017〕6号",
    }


def _tell_stage(verdict: Verdict) -> dict[str, Any]:
    return {
        "stage": verdict.stage,
        "verdict": verdict.code,
        "schools": verdict.schools,
        "passing": verdict.passing,
        "failing": verdict.failing,
        "unknown": verdict.unknown,
        "uneven": list(verdict.uneven),
        "unmeasured": list(verdict.unmeasured),
    }


def _tell_indicators(
    results: pd.DataFrame, variations: pd.DataFrame, balance: Balance
) -> list[dict[str, Any]]:
    """Tell each indicator of each stage, in the order of the profile."""
    measured = {(row["stage"], row["indicator"]): row for row in variations.to_dict("records")}
    told = []
    for stage, part in results.groupby("stage", sort=True):
        for one in balance.indicators:
            mine = part[part["indicator"] == one.code]
            if mine.empty:
                continue
            known = mine[mine["value"].notna()]
            states = mine["state"].value_counts()
            row = measured.get((stage, one.code))
            met = None if row is None or is_missing(row["met"]) else bool(row["met"])
            mean = np.average(known["value"], weights=known["pupils"]) if len(known) else None
            told.append(
                {
                    "stage": stage,
                    "indicator": one.code,
                    "name_zh": one.name_zh,
                    "name_en": one.name_en,
                    "unit": one.unit_en,
                    "standard": one.standard[str(stage)],
                    "schools": len(known),
                    **{state: int(states.get(state, 0)) for state in _STATES},
                    "mean": None if mean is None else float(mean),
                    "variation": None if row is None else _plain(row["variation"]),
                    "limit": None if row is None else float(row["limit"]),
                    "within_limit": met,
                }
            )
    return told


_STATES = ("met", "near", "failed", "missing")


def _tell_schools(
    results: pd.DataFrame, judged: pd.DataFrame, schools: pd.DataFrame
) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    values = dict(list(results.groupby(["school_id", "stage"], sort=False)))
    called = schools.to_dict("index")
    for row in judged.to_dict("records"):
        part = values[row["school_id"], row["stage"]]
        told.append(
            {
                **{str(key): _plain(value) for key, value in called[row["school_id"]].items()},
                "stage": row["stage"],
                "pupils": int(part["pupils"].iloc[0]),
                **{state: int(row[state]) for state in _STATES},
                "verdict": row["verdict"],
                "passed": _PASSED.get(row["verdict"], False),
                "values": {
                    one["indicator"]: {
                        "value": _plain(one["value"]),
                        "standard": one["standard"],
                        "share_pct": _plain(100 * one["value"] / one["standard"]),
                        "state": one["state"],
                    }
                    for one in part.to_dict("records")
                },
            }
        )
    return told


def tell_resources(
    facts: pd.DataFrame, names: tuple[str, ...], balance: Balance
) -> list[dict[str, Any]]:
    """Tell how unevenly resources without a standard are spread: per pupil, by stage."""
    share, told = share_resources(facts, balance), []
    for name in names:
        for stage, limit in balance.variation_limit.items():
            mine = ((facts["stage"] == stage) & (facts["pupils"] > 0)).to_numpy()
            if not mine.any():
                continue
            pupils = facts.loc[mine, "pupils"].to_numpy(float)
            value = facts.loc[mine, name].to_numpy(float) * share[mine] / pupils
            known = ~np.isnan(value)
            variation = measure_variation(value, pupils)
            told.append(
                {
                    "resource": name,
                    "stage": stage,
                    "schools": int(known.sum()),
                    "mean": _plain(
                        np.average(value[known], weights=pupils[known]) if known.any() else np.nan
                    ),
                    "variation": _plain(variation),
                    "limit": limit,
                    "within_limit": None if np.isnan(variation) else variation <= limit + 1e-12,
                    "gini": _plain(measure_gini(value, pupils)),
                    "theil": _plain(measure_theil(value, pupils)),
                }
            )
    return told


def sum_needs(additions: pd.DataFrame, balance: Balance) -> list[dict[str, Any]]:
    """Sum additions by resource, in the order of the profile; those without any are told as 0.

    Parameters
    ----------
    additions
        indicator, school_id, amount, cost_yuan.
    """
    indicator = additions["indicator"].to_numpy(object)
    told = []
    for one in balance.indicators:
        mine = additions[indicator == one.code]
        told.append(
            {
                "indicator": one.code,
                "name_zh": one.name_zh,
                "fact": one.fact,
                "amount": float(mine["amount"].sum()),
                "schools": mine["school_id"].nunique(),
                "unit_yuan": one.added_yuan,
                "cost_yuan": float(mine["cost_yuan"].sum()),
            }
        )
    return told


def tell_needs(needs: Needs, balance: Balance, schools: pd.DataFrame) -> dict[str, Any]:
    """Tell least additions: how sure, by resource, by school, and what stays at 85 %."""
    return {
        "cost_yuan": needs.cost_yuan,
        "least_cost_yuan": needs.least_cost_yuan,
        "gap_pct": round(needs.gap_pct, 4),
        "schools_only_yuan": needs.schools_only_yuan,
        "variation_within_limits": needs.is_even,
        "resources": sum_needs(needs.additions, balance),
        "additions": name_schools(needs.additions, schools),
        "waived": name_schools(needs.waived, schools),
        "cannot_be_said": name_schools(needs.unknown, schools),
    }


def name_schools(rows: pd.DataFrame, schools: pd.DataFrame) -> list[dict[str, Any]]:
    """Return records with the names of schools in place of their ids."""
    named = rows.join(schools, on="school_id").drop(columns="school_id")
    first = [*schools.columns, *(name for name in named if name not in schools)]
    return list_records(named[first])


def _plain(value: Any) -> Any:
    if is_missing(value):
        return None
    return value.item() if isinstance(value, np.generic) else value
