"""Births of cohorts that are not born yet: women by age, and fertility measured area by area."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from catchments.forecast.calendar import Calendar
from catchments.forecast.cohorts import Cohorts, Units, find_rows
from catchments.forecast.naive import Numbers
from catchments.profile import Forecast, Scenario

_YOUNGEST, _OLDEST = 15, 49
_GROUP = 5
# ASSUMPTION: a unit's share of registered births is that of its area, worth so many births.
_SHARE_WORTH = 20.0


@dataclass(frozen=True, eq=False)
class Births:
    """Expected births by planning unit, without what moves do to them later.

    Attributes
    ----------
    cohorts
        Shape (cohorts,): the newest cohort and those after it.
    children, registered
        Shape (units, cohorts): what is still to be born of each cohort.
    """

    cohorts: Units
    children: Numbers
    registered: Numbers


def expect_births(
    held: Cohorts,
    women: pd.DataFrame,
    areas: pd.Series,
    calendar: Calendar,
    settings: Forecast,
    scenario: Scenario,
    *,
    last: int,
) -> Births:
    """Expect the births of every cohort up to `last`, planning unit by planning unit.

    Women age in place; girls grow up among them. The births of a year are women by age times
    age-specific fertility. Its shape is a setting; its level is measured so that the model gives
    the children of the last full cohorts back: for the district, for each area within it, and
    for each unit, the smaller ones drawn towards the larger by as much as their differences may
    be chance (gamma–Poisson shrinkage, the spread by moments). From the middle of those cohorts
    on the level changes yearly as the scenario says. Where no women are told, every unit goes on
    with its recent births.

    Parameters
    ----------
    women
        planning_unit_id, age_from, women; may be empty.
    areas
        Area of each unit, index planning_unit_id; units without one form an area together.
    last
        Last cohort.

    Notes
    -----
    SOURCE: cohort-component births, Preston, Heuveline and Guillot, Demography (2001), ch. 6;
    shrinkage of small-area rates, Marshall, Applied Statistics 40 (1991).
    """
    newest = calendar.newest_cohort
    full = newest if calendar.measure_born(newest) == 1 else newest - 1
    recent = np.arange(full - settings.recent_years + 1, full + 1)
    coming = np.arange(newest, last + 1)
    born = np.stack([held.take(int(cohort))[0] for cohort in recent], axis=1)
    if women.empty:
        usual_births = born.mean(axis=1)[:, None]
        exposed = np.repeat(usual_births, len(recent) + len(coming), axis=1)
    else:
        exposed = _expose(held, women, calendar, settings, np.concatenate([recent, coming]))
    usual, ahead = exposed[:, : len(recent)].sum(axis=1), exposed[:, len(recent) :]
    area = pd.Index(held.unit_ids).map(areas.get).astype(object)
    group = pd.factorize(pd.Series(area).fillna("none"))[0]
    level = _measure_level(born.sum(axis=1), usual, group)
    change = (1 + scenario.births_change_pct / 100) ** (coming - recent.mean())
    open_share = np.array([1 - calendar.measure_born(int(cohort)) for cohort in coming])
    children = level[:, None] * ahead * change * open_share
    share = _measure_share(held, recent, group)
    return Births(coming, children, children * share[:, None])


def _expose(
    held: Cohorts, women: pd.DataFrame, calendar: Calendar, settings: Forecast, cohorts: Units
) -> Numbers:
    """Return women weighted with fertility, shape (units, cohorts)."""
    by_age = _spread_women(held, women)
    rate = np.repeat([settings.fertility.get(age, 0.0) / 1000 for age in range(15, 50, 5)], _GROUP)
    return np.stack(
        [
            # Women of age a in the middle of that school year are of age a - ahead today.
            _shift(by_age, -round(calendar.measure_age(int(cohort))))[:, _YOUNGEST:] @ rate
            for cohort in cohorts
        ],
        axis=1,
    )


def _spread_women(held: Cohorts, women: pd.DataFrame) -> Numbers:
    """Return women and girls by single age from 0 to 49 today, shape (units, 50)."""
    table = np.zeros((len(held.unit_ids), _OLDEST + 1))
    unit = find_rows(held.unit_ids, women["planning_unit_id"])
    first = women["age_from"].to_numpy(dtype=int)
    for step in range(_GROUP):
        np.add.at(table, (unit, first + step), women["women"].to_numpy(dtype=float) / _GROUP)
    for age in range(_YOUNGEST):
        at = int(held.years[-1]) - age - int(held.years[0])
        if at >= 0:
            table[:, age] = held.girls[:, at]
    return table


def _shift(by_age: Numbers, years: int) -> Numbers:
    """Let everyone age by `years`, or grow younger."""
    moved = np.zeros_like(by_age)
    if years >= 0:
        moved[:, years:] = by_age[:, : by_age.shape[1] - years]
    else:
        moved[:, :years] = by_age[:, -years:]
    return moved


def _measure_level(born: Numbers, exposed: Numbers, group: Units) -> Numbers:
    """Return births by unit of exposure of each unit, drawn towards its area and the district."""
    district = born.sum() / exposed.sum() if exposed.sum() > 0 else 0.0
    area_born = np.bincount(group, born).astype(float)
    area_exposed = np.bincount(group, exposed).astype(float)
    of_area = _draw_near(area_born, area_exposed, np.full(len(area_born), district))
    return _draw_near(born, exposed, of_area[group])


def _draw_near(born: Numbers, exposed: Numbers, level: Numbers) -> Numbers:
    """Draw births by exposure towards `level`, the more the fewer births there are."""
    told = level * exposed
    squares = (told**2).sum()
    spread = max(((born - told) ** 2 - told).sum() / squares, 0.0) if squares > 0 else 0.0
    if spread == 0:
        return level
    worth = 1 / spread
    return level * (born + worth) / (told + worth)


def _measure_share(held: Cohorts, recent: Units, group: Units) -> Numbers:
    """Return the share of registered children among recent births of each unit."""
    pairs = [held.take(int(cohort)) for cohort in recent]
    children = np.sum([pair[0] for pair in pairs], axis=0)
    registered = np.sum([pair[1] for pair in pairs], axis=0)
    district = registered.sum() / children.sum() if children.sum() > 0 else 0.0
    area_children = np.bincount(group, children) + _SHARE_WORTH
    of_area = (np.bincount(group, registered) + _SHARE_WORTH * district) / area_children
    return (registered + _SHARE_WORTH * of_area[group]) / (children + _SHARE_WORTH)
