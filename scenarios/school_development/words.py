"""The words of an appraisal: names of parts, findings in sentences, ranks with their interval."""

from __future__ import annotations

from typing import Any

import pandas as pd

from catchments.appraisal.findings import STRENGTH
from catchments.appraisal.scheme import TIERS, Indicator, Scheme
from layers.language import MISSING, Language, is_missing, msgid

TIER_WORDS = {
    "basic": msgid("Basic indicators"),
    "developmental": msgid("Developmental indicators"),
    "leading": msgid("Leading indicators"),
}


def name_parts(scheme: Scheme, _: Language) -> dict[str, str]:
    """Return the names of the dimensions and tiers of a scheme by code, in its order."""
    names = {one.code: _.name(one) for one in scheme.dimensions}
    tiers = [tier for tier in TIERS if any(one.tier == tier for one in scheme.indicators)]
    return names | {tier: _(TIER_WORDS[tier]) for tier in tiers}


def name_groups(scheme: Scheme, _: Language) -> dict[str, str]:
    """Return the names of the groups of schools by code."""
    return {one.code: _.name(one) for one in scheme.groups}


def list_indicators(scheme: Scheme) -> dict[str, Indicator]:
    """Return the indicators by code."""
    return {one.code: one for one in scheme.indicators}


def write_rank(row: Any, _: Language) -> str:
    """Write a rank with its interval, "3 (2–5)"; a dash where there is none."""
    if is_missing(row.rank):
        return MISSING
    low, high = int(row.rank_low), int(row.rank_high)
    span = f"{low}" if low == high else f"{low}–{high}"
    return f"{int(row.rank)} ({span})"


def write_raw(value: float | None, indicator: Indicator, _: Language) -> str:
    """Write what was found, with its unit."""
    if is_missing(value):
        return MISSING
    number = float(value or 0.0)
    unit = _.pick(indicator.unit_zh, indicator.unit_en)
    return f"{_.number(number, 0 if number.is_integer() else 1)} {unit}"


def say_findings(findings: pd.DataFrame, scheme: Scheme, _: Language) -> list[tuple[str, str]]:
    """Say each strength and weakness in a sentence.

    Returns
    -------
    list
        Kind of the finding (strength or weakness) and the sentence.
    """
    indicators = list_indicators(scheme)
    dimensions = name_parts(scheme, _)
    rows: Any = list(findings.itertuples())
    said = []
    for row in rows:
        indicator = indicators[row.part]
        pattern = (
            msgid("{dimension}, {name}: {points} points, {n} above the middle of its peers")
            if row.finding == STRENGTH
            else msgid("{dimension}, {name}: {points} points, {n} below the middle of its peers")
        )
        words = _(
            pattern,
            dimension=dimensions[indicator.dimension],
            name=_.name(indicator),
            points=_.number(row.score),
            n=_.number(abs(row.above_points)),
        )
        said.append((row.finding, words))
    return said


def count_firm(ranking: pd.DataFrame) -> int:
    """Count the schools whose interval of ranks is their rank alone."""
    ranked = ranking.dropna(subset=["rank"])
    return int(
        ((ranked["rank_low"] == ranked["rank"]) & (ranked["rank_high"] == ranked["rank"])).sum()
    )
