"""Quality balance of compulsory education. Pure. SOURCE: 教督〔2017〕6号."""

from __future__ import annotations

import numpy as np
import pandas as pd

from catchments.profile import Balance

MET, NEAR, FAILED, MISSING = "met", "near", "failed", "missing"
PASSED, NOT_PASSED, UNKNOWN = "passed", "not_passed", "unknown"  # verdicts


def measure_variation(values: np.ndarray, pupils: np.ndarray) -> float:
    """Return the coefficient of variation between schools, weighted by enrolment.

    ``CV = sqrt(Σ (Pᵢ/P)·(xᵢ − X̄)²) / X̄`` with X̄ = Σ Pᵢxᵢ / P.

    Parameters
    ----------
    values
        Value per pupil of each school, shape (n,).
    pupils
        Pupils of each school, shape (n,); schools without pupils carry no weight.

    Returns
    -------
    float
        Nan when no school has pupils or the mean is zero.

    Examples
    --------
    The worked example of the standard:

    >>> pupils = np.array([45, 37, 89, 76, 55])
    >>> books = np.array([279, 137, 935, 160, 402])
    >>> round(measure_variation(books / pupils, pupils), 4)
    0.5153
    """
    known = (pupils > 0) & ~np.isnan(values)
    if not known.any():
        return float("nan")
    share = pupils[known] / pupils[known].sum()
    mean = float(share @ values[known])
    if mean == 0:
        return float("nan")
    return float(np.sqrt(share @ (values[known] - mean) ** 2) / mean)


def assess_schools(facts: pd.DataFrame, balance: Balance) -> pd.DataFrame:
    """Set the resources of each school and stage against the standard.

    Schools that teach several stages share their resources out by pupils, a pupil of a higher
    stage weighing more (nine-year schools 1 : 1.1). A value at the standard is met, one at
    85 % or more is near. A school without pupils in a stage is not assessed in it.

    Parameters
    ----------
    facts
        school_id, kind, stage, pupils and the fact columns of the indicators; one row a school
        and stage, the facts those of the whole school.

    Returns
    -------
    DataFrame
        school_id, stage, indicator, pupils, value (missing when not reported), standard, state.
    """
    shares = share_resources(facts, balance)[facts["pupils"].to_numpy(dtype=float) > 0]
    facts = facts[facts["pupils"] > 0]
    parts = []
    for indicator in balance.indicators:
        standard = facts["stage"].map(indicator.standard)
        pupils = facts["pupils"].to_numpy(dtype=float)
        amount = facts[indicator.fact].to_numpy(dtype=float) * shares
        value = amount * indicator.per_pupils / pupils
        state = _rate_values(value, standard.to_numpy(dtype=float), balance.near_pct)
        part = facts[["school_id", "stage", "pupils"]].assign(
            indicator=indicator.code, value=value, standard=standard, state=state
        )
        parts.append(part[standard.notna()])
    columns = ["school_id", "stage", "indicator", "pupils", "value", "standard", "state"]
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, ignore_index=True)[columns]


def _rate_values(value: np.ndarray, standard: np.ndarray, near_pct: float) -> np.ndarray:
    # 1e-9: a value that is the standard itself must not fail by its last binary digit
    share_pct = 100 * value / standard + 1e-9
    return np.select(
        [np.isnan(value), share_pct >= 100, share_pct >= near_pct], [MISSING, MET, NEAR], FAILED
    )


def share_resources(facts: pd.DataFrame, balance: Balance) -> np.ndarray:
    """Share out a school's resources among its stages by weighted pupils; shape (rows,)."""
    weight = np.array(
        [
            balance.split.get(kind, {}).get(stage, 1.0)
            for kind, stage in zip(facts["kind"], facts["stage"], strict=True)
        ]
    )
    weighted = pd.Series(weight * facts["pupils"].to_numpy(dtype=float), index=facts.index)
    total = weighted.groupby(facts["school_id"]).transform("sum")
    return np.asarray((weighted / total.where(total > 0)).fillna(0), dtype=float)


def select_stage(balance: Balance, stage: str) -> Balance:
    """Return the rules for one stage alone: schools still share with their other stages."""
    indicators = [
        one.model_copy(
            update={
                "standard": {code: value for code, value in one.standard.items() if code == stage}
            }
        )
        for one in balance.indicators
    ]
    limits = {code: value for code, value in balance.variation_limit.items() if code == stage}
    return balance.model_copy(update={"indicators": indicators, "variation_limit": limits})


def judge_schools(results: pd.DataFrame, balance: Balance) -> pd.DataFrame:
    """Say which schools pass: at least six indicators met and no other one below 85 %.

    A school that has not reported everything has not shown that it passes; whether it fails all
    the same depends on what it has reported.

    Returns
    -------
    DataFrame
        school_id, stage, met, near, failed, missing (counts), passed, verdict (passed, not_passed,
        or unknown where what is missing decides).
    """
    states = pd.get_dummies(pd.Categorical(results["state"], [MET, NEAR, FAILED, MISSING]))
    keys = results[["school_id", "stage"]].reset_index(drop=True)
    counted = pd.concat([keys, states.astype(int)], axis=1)
    counted = counted.groupby(["school_id", "stage"], as_index=False).sum()
    can_pass = (counted[MET] + counted[MISSING] >= balance.must_meet) & (counted[FAILED] == 0)
    passed = can_pass & (counted[MISSING] == 0)
    verdict = np.select([passed, can_pass], [PASSED, UNKNOWN], NOT_PASSED)
    return counted.assign(passed=passed, verdict=verdict)


def assess_variation(results: pd.DataFrame, balance: Balance) -> pd.DataFrame:
    """Measure the variation between schools of each stage and indicator against its limit.

    Returns
    -------
    DataFrame
        stage, indicator, schools, variation, limit, met (missing when not computable).
    """
    rows = []
    for (stage, indicator), part in results.groupby(["stage", "indicator"], sort=True):
        limit = balance.variation_limit.get(str(stage))
        if limit is None:
            continue
        values = part["value"].to_numpy(dtype=float)
        variation = measure_variation(values, part["pupils"].to_numpy(dtype=float))
        known = not np.isnan(variation)
        rows.append(
            {
                "stage": stage,
                "indicator": indicator,
                "schools": int((~np.isnan(values)).sum()),
                "variation": variation if known else None,
                "limit": limit,
                "met": variation <= limit + 1e-12 if known else None,
            }
        )
    return pd.DataFrame(
        rows, columns=["stage", "indicator", "schools", "variation", "limit", "met"]
    )
