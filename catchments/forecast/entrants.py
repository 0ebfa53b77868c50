"""Children who will enter a stage, by planning unit and year, and what they are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from catchments.forecast.births import Births, expect_births
from catchments.forecast.calendar import Calendar
from catchments.forecast.cohorts import Cohorts, Units, measure_growth
from catchments.forecast.homes import Yields, expect_homes
from catchments.forecast.naive import Numbers
from catchments.profile import Profile, Stage

REGISTER, BIRTHS, MIGRATION, HOMES, ELSEWHERE, OFFICIAL = (
    "register", "births", "migration", "homes", "elsewhere", "official",
)  # fmt: skip
SOURCES = (REGISTER, BIRTHS, MIGRATION, HOMES, ELSEWHERE, OFFICIAL)
BORN, PARTLY_BORN, UNBORN = "registered", "partly_born", "unborn"


@dataclass(frozen=True, eq=False)
class Evidence:
    """Everything that a forecast of children rests on.

    Attributes
    ----------
    held
        Children of the registers.
    women
        planning_unit_id, age_from, women; may be empty.
    areas
        Area of each unit, index planning_unit_id.
    ratios
        As :func:`catchments.forecast.cohorts.measure_ratios` returns them.
    yields
        Children by dwelling.
    homes
        planning_unit_id, tenure, dwellings, completed_on; may be empty.
    graduates
        stage, year, children, registered_children: graduates that the register of seats tells
        of the stages whose children are graduates; may be empty.
    """

    held: Cohorts
    women: pd.DataFrame
    areas: pd.Series
    ratios: Numbers
    yields: Yields
    homes: pd.DataFrame
    graduates: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Entrants:
    """Expected children by stage, year and planning unit.

    Attributes
    ----------
    stages, years
        Names of the first two axes.
    unit_ids
        Name of the third axis, UNLOCATED last.
    children, registered
        Shape (stages, years, units).
    sources
        What the district's children are made of, shape (sources, stages, years); sums to them.
    basis
        Shape (stages, years): whether the cohort is born, partly born or unborn.
    unborn, homes
        Of the children, those not born on the data date and those of homes to come, shape
        (stages, years, units).
    years_ahead
        Years from the data date to the cut-off day of each year, shape (years,).
    """

    stages: list[str]
    years: list[int]
    unit_ids: Units
    children: Numbers
    registered: Numbers
    sources: Numbers
    basis: np.ndarray
    unborn: Numbers
    homes: Numbers
    years_ahead: Numbers


def list_entry_stages(profile: Profile) -> list[Stage]:
    """Return the stages whose children are told by an age window."""
    return [s for s in profile.stages if s.demand == "register" and s.entry_age is not None]


def list_years(profile: Profile) -> list[int]:
    """Return the years of the forecast."""
    first = profile.years.first
    return list(range(first, first + profile.forecast.horizon))


def forecast_entrants(
    evidence: Evidence,
    profile: Profile,
    *,
    scenario: str = "middle",
    totals: pd.DataFrame | None = None,
) -> Entrants:
    """Forecast the children who enter each stage, ten years ahead or as the profile says.

    Cohorts on the register age in place; what is still to be born comes from women by age; both
    change from age to age as the district's grades do, and as the scenario adds; new homes bring
    children, of whom some leave other units of the district, in proportion to their children.
    Where the children of a stage are the graduates of another, those of its age are as many
    of them as the graduates that are counted, district-wide; later years are as the last counted.
    Official totals, where given, scale all units alike. Units sum to the district.

    Parameters
    ----------
    totals
        stage, year, children: official totals; other years and stages stay as forecast.
    """
    calendar = Calendar(profile.data_date, profile.cutoff)
    stages, years = list_entry_stages(profile), list_years(profile)
    ages = [int(stage.entry_age or 0) for stage in stages]
    chosen = profile.forecast.scenarios[scenario]  # type: ignore[index]
    births = expect_births(
        evidence.held, evidence.women, evidence.areas, calendar, profile.forecast, chosen,
        last=years[-1] - min(ages, default=0),
    )  # fmt: skip
    ratios = evidence.ratios * (1 + chosen.migration_pct / 100)
    homes = expect_homes(
        evidence.homes, evidence.yields, evidence.held.unit_ids, calendar, profile.forecast,
        ages=ages, years=years,
    )  # fmt: skip
    shape = (len(stages), len(years), len(evidence.held.unit_ids))
    children, registered = np.zeros(shape), np.zeros(shape)
    sources = np.zeros((len(SOURCES), len(stages), len(years)))
    basis = np.full(shape[:2], BORN, dtype=object)
    unborn = np.zeros(shape)
    for at, age in enumerate(ages):
        for step, year in enumerate(years):
            here = (at, step)
            settled, unborn[here], made_of = _settle_cohort(
                evidence.held.take(year - age),
                _take_births(births, year - age),
                measure_growth(
                    ratios,
                    calendar.measure_age(year - age),
                    calendar.measure_age(year - age, year),
                ),
                measure_growth(ratios, 0.0, calendar.measure_age(year - age, year)),
            )
            children[here], registered[here] = _move_home(
                settled, homes[0][here], homes[1][here], profile.forecast.from_district_pct
            )
            moved = children[here].sum() - settled[0].sum()
            sources[(slice(None), *here)] = [*made_of, moved, 0.0, 0.0]
            share = calendar.measure_born(year - age)
            basis[here] = BORN if share == 1 else PARTLY_BORN if share > 0 else UNBORN
    codes = [stage.code for stage in stages]
    _take_graduates(evidence, codes, ages, years, children, registered, sources)
    _impose(totals, codes, years, children, registered, sources)
    newest = calendar.newest_cohort
    ahead = [calendar.measure_age(newest, y) - calendar.measure_age(newest) for y in years]
    return Entrants(
        codes, years, evidence.held.unit_ids, children, registered, sources, basis,
        np.minimum(unborn, children), np.minimum(homes[0], children), np.array(ahead),
    )  # fmt: skip


def _settle_cohort(
    born: tuple[Numbers, Numbers], coming: tuple[Numbers, Numbers], grown: float, raised: float
) -> tuple[list[Numbers], Numbers, list[float]]:
    """Let a cohort grow up in place: those on the register, and those still to be born.

    Returns
    -------
    tuple
        Children and registered ones by unit, those of them not born yet, and what they are made
        of: register, births, migration.
    """
    settled = [held * grown + ahead * raised for held, ahead in zip(born, coming, strict=True)]
    register, births = float(born[0].sum()), float(coming[0].sum())
    migration = float(settled[0].sum()) - register - births
    return settled, coming[0] * raised, [register, births, migration]


def _take_births(births: Births, cohort: int) -> tuple[Numbers, Numbers]:
    mine = births.cohorts == cohort  # one column, or none
    return births.children[:, mine].sum(axis=1), births.registered[:, mine].sum(axis=1)


def _move_home(
    settled: list[Numbers], moved: Numbers, moved_registered: Numbers, from_district_pct: float
) -> tuple[Numbers, Numbers]:
    """Add the children of new homes and take those who came from within out of the others."""
    result = []
    for here, added in zip(settled, (moved, moved_registered), strict=True):
        inside = added.sum() * from_district_pct / 100
        left = here * (1 - min(inside / here.sum(), 1.0)) if here.sum() > 0 else here
        result.append(left + added)
    return result[0], np.minimum(result[1], result[0])


def _take_graduates(
    evidence: Evidence,
    stages: list[str],
    ages: list[int],
    years: list[int],
    children: Numbers,
    registered: Numbers,
    sources: Numbers,
) -> None:
    """Scale the children of an age to the graduates, for stages that are fed by another."""
    for stage, counted in evidence.graduates.groupby("stage"):
        if stage not in stages:
            continue
        at = stages.index(str(stage))
        told = counted.set_index("year").sort_index()
        shares = []
        for year in told.index:
            held = evidence.held.take(int(year) - ages[at])
            of_age = [float(part.sum()) for part in held]
            found = told.loc[year, ["children", "registered_children"]].astype(float)
            shares.append([f / h if h > 0 else 1.0 for f, h in zip(found, of_age, strict=True)])
        known = pd.DataFrame(shares, index=told.index).reindex(years).ffill().fillna(1.0)
        for step in range(len(years)):
            here = (at, step)
            before = children[here].sum()
            children[here] *= known.iloc[step, 0]
            registered[here] = np.minimum(registered[here] * known.iloc[step, 1], children[here])
            sources[(SOURCES.index(ELSEWHERE), *here)] = children[here].sum() - before


def _impose(
    totals: pd.DataFrame | None,
    stages: list[str],
    years: list[int],
    children: Numbers,
    registered: Numbers,
    sources: Numbers,
) -> None:
    if totals is None:
        return
    for stage, year, total in totals[["stage", "year", "children"]].itertuples(
        index=False, name=None
    ):
        if stage not in stages or year not in years:
            continue
        here = (stages.index(stage), years.index(year))
        expected = children[here].sum()
        if expected <= 0:
            continue
        children[here] *= total / expected
        registered[here] *= total / expected
        sources[(SOURCES.index(OFFICIAL), *here)] = total - expected
