"""Whether a district passes in its resources, and why not. Pure. SOURCE: 教督〔2017〕6号.

Of the national assessment this is the part on resources alone; what governments guarantee, the
quality of education and the satisfaction of the public are judged elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from catchments.profile import Balance, Profile
from layers.language import Language, is_missing
from scenarios.naming import name_stages
from scenarios.resource_distribution.analysis import NOT_PASSED, PASSED, UNKNOWN


@dataclass(frozen=True)
class Verdict:
    """How the schools of a stage stand.

    Parameters
    ----------
    schools, passing, failing, unknown
        Schools with pupils, and those of them that pass, do not, or cannot be said to.
    uneven
        Indicators that vary by more than the limit, in the order of the profile.
    unmeasured
        Indicators with a standard whose variation cannot be computed or that not all schools
        report.
    """

    stage: str
    schools: int
    passing: int
    failing: int
    unknown: int
    uneven: tuple[str, ...]
    unmeasured: tuple[str, ...]

    @property
    def code(self) -> str:
        """Passed, not_passed, or unknown where what is missing decides."""
        if self.failing or self.uneven:
            return NOT_PASSED
        return UNKNOWN if self.unknown or self.unmeasured or not self.schools else PASSED


def judge_stages(
    results: pd.DataFrame, judged: pd.DataFrame, variations: pd.DataFrame, balance: Balance
) -> list[Verdict]:
    """Judge each stage that has standards and schools.

    Parameters
    ----------
    results, judged, variations
        As :func:`scenarios.resource_distribution.analysis.assess_schools`,
        :func:`~scenarios.resource_distribution.analysis.judge_schools` and
        :func:`~scenarios.resource_distribution.analysis.assess_variation` return them.
    """
    verdicts = []
    for stage, schools in judged.groupby("stage", sort=True):
        counted = schools["verdict"].value_counts()
        mine = results[results["stage"] == stage]
        met = variations[variations["stage"] == stage].set_index("indicator")["met"]
        has_gap = mine["value"].isna().groupby(mine["indicator"]).any()
        codes = [one.code for one in balance.indicators if stage in one.standard]
        is_limited = stage in balance.variation_limit
        passing, failing, unknown = (
            int(counted.get(code, 0)) for code in (PASSED, NOT_PASSED, UNKNOWN)
        )
        verdicts.append(
            Verdict(
                str(stage),
                len(schools),
                passing,
                failing,
                unknown,
                tuple(code for code in codes if not is_missing(met.get(code)) and not met[code]),
                tuple(
                    code
                    for code in codes
                    if is_limited and (bool(has_gap.get(code, True)) or is_missing(met.get(code)))
                ),
            )
        )
    return verdicts


def sum_verdicts(verdicts: list[Verdict]) -> str:
    """Return the verdict on the district: it passes where every stage does.

    Examples
    --------
    >>> passed = Verdict("primary", 3, 3, 0, 0, (), ())
    >>> sum_verdicts([passed, Verdict("junior", 2, 1, 0, 1, (), ())])
    'unknown'
    >>> sum_verdicts([])
    'unknown'
    """
    codes = {verdict.code for verdict in verdicts}
    if NOT_PASSED in codes:
        return NOT_PASSED
    return PASSED if codes == {PASSED} else UNKNOWN


def say_verdict(verdicts: list[Verdict], language: Language) -> str:
    """Say the verdict on the district in one sentence."""
    _ = language
    return {
        PASSED: _("In its resources the district passes the national assessment"),
        NOT_PASSED: _("In its resources the district does not pass the national assessment"),
        UNKNOWN: _("Whether the district passes cannot be said: resources are not reported"),
    }[sum_verdicts(verdicts)]


def list_reasons(verdicts: list[Verdict], profile: Profile, language: Language) -> list[str]:
    """List why: by stage, the schools that do not pass, what varies too much, what is missing."""
    _ = language
    stages, reasons = name_stages(profile, _), []
    names = {one.code: _.name(one) for one in profile.balance.indicators}
    order = list(stages)
    for verdict in sorted(verdicts, key=lambda one: order.index(one.stage)):
        told = []
        if verdict.failing:
            told.append(
                _.count(
                    "{n} of {all} schools does not pass",
                    "{n} of {all} schools do not pass",
                    verdict.failing,
                    all=_.number(verdict.schools),
                )
            )
        if verdict.uneven:
            uneven = _join([names[code] for code in verdict.uneven], _)
            told.append(_("schools differ too much in {indicators}", indicators=uneven))
        if verdict.unknown:
            told.append(
                _.count(
                    "{n} school has not reported enough",
                    "{n} schools have not reported enough",
                    verdict.unknown,
                )
            )
        elif verdict.unmeasured and verdict.code == UNKNOWN:
            missing = _join([names[code] for code in verdict.unmeasured], _)
            told.append(_("not all schools report {indicators}", indicators=missing))
        if not told:
            told.append(
                _.count(
                    "its only school passes",
                    "all {n} schools pass and differ within the limits",
                    verdict.schools,
                )
            )
        stage = stages.get(verdict.stage, verdict.stage)
        reasons.append(_("{stage}: {reasons}", stage=stage, reasons=_("; ").join(told)))
    return reasons


def _join(words: list[str], language: Language) -> str:
    return ("、" if language.code == "zh" else ", ").join(words)
