"""Levels of pupils by domain and school year, from their records and the rules."""

from __future__ import annotations

import numpy as np
import pandas as pd

from catchments.growth.rules import OVERALL, UNRATED, GrowthRules


def find_school_years(days: pd.Series, begins: tuple[int, int]) -> pd.Series:
    """Return the year in which the school year of each day began.

    Examples
    --------
    >>> find_school_years(pd.Series(pd.to_datetime(["2025-08-31", "2025-09-01"])), (9, 1)).tolist()
    [2024, 2025]
    """
    month, day = begins
    is_before = (days.dt.month < month) | ((days.dt.month == month) & (days.dt.day < day))
    return days.dt.year - is_before.astype(int)


def select_records(records: pd.DataFrame, rules: GrowthRules) -> pd.DataFrame:
    """Select the records that the rules count, with their school year.

    Left out is an event that the rules do not know, one of another domain, and one whose points
    lie outside the bounds of one record: what is not by the rules moves no level.

    Parameters
    ----------
    records
        pupil_id, event, domain, points, recorded_on.

    Returns
    -------
    DataFrame
        The same rows less those left out, with year.
    """
    known = {event.code: event for event in rules.events}
    events = records["event"].map(
        {code: at for at, code in enumerate(known)}
    ).fillna(-1).astype(int).to_numpy()  # fmt: skip
    kinds = list(known.values())
    domain = np.array([kind.domain for kind in kinds] + [""], dtype=object)[events]
    least = np.array([kind.least for kind in kinds] + [np.inf])[events]
    most = np.array([kind.most for kind in kinds] + [-np.inf])[events]
    points = records["points"].to_numpy(np.float64)
    is_counted = (domain == records["domain"].to_numpy()) & (points >= least) & (points <= most)
    counted = records[is_counted]
    return counted.assign(year=find_school_years(counted["recorded_on"], rules.year_begins))


def rate_pupils(
    records: pd.DataFrame, rules: GrowthRules, pupils: pd.Index, years: list[int]
) -> pd.DataFrame:
    """Rate each pupil in each domain and school year, and over all domains.

    Points of one kind of event count up to its most a year. A pupil with fewer records than the
    domain asks for is unrated: nothing recorded is not the lowest level. The growth grade is the
    highest whose conditions hold; a pupil unrated in a domain has none in it, and one who is
    unrated in all has no grade.

    Parameters
    ----------
    records
        As :func:`select_records` returns them.
    pupils
        Every pupil to be rated, once.
    years
        School years to be rated.

    Returns
    -------
    DataFrame
        pupil_id, year, domain (``overall`` too), points, level (position from the lowest, -1
        unrated); one row a pupil, year and domain, in the order of `pupils`.

    Examples
    --------
    See ``tests/catchments/test_growth_levels.py`` for a case worked by hand.
    """
    caps = {
        event.code: event.most_a_year for event in rules.events if event.most_a_year is not None
    }
    keys = ["pupil_id", "year", "domain", "event"]
    sums = records.groupby(keys, as_index=False, sort=False)["points"].agg(["sum", "count"])
    cap = sums["event"].map(caps).fillna(np.inf)
    sums["points"] = np.minimum(sums["sum"], cap)
    shape = (len(pupils), len(years), len(rules.domains))
    at = (
        pupils.get_indexer(pd.Index(sums["pupil_id"])),
        pd.Index(years).get_indexer(pd.Index(sums["year"])),
        pd.Index([domain.code for domain in rules.domains]).get_indexer(pd.Index(sums["domain"])),
    )
    is_asked = (at[0] >= 0) & (at[1] >= 0) & (at[2] >= 0)
    cells = tuple(position[is_asked] for position in at)
    points, events = np.zeros(shape), np.zeros(shape)
    np.add.at(points, cells, sums["points"].to_numpy()[is_asked])
    np.add.at(events, cells, sums["count"].to_numpy()[is_asked])
    level = np.full(shape, -1)
    for place, domain in enumerate(rules.domains):
        reached = np.searchsorted(domain.from_points, points[..., place] + 1e-9)
        level[..., place] = np.where(events[..., place] >= domain.least_events, reached, -1)
    grade = _grade_pupils(level, rules)
    every = np.concatenate([level, grade[..., None]], axis=2)
    total = np.concatenate([points, points.sum(axis=2, keepdims=True)], axis=2)
    codes = np.array([*(domain.code for domain in rules.domains), OVERALL], dtype=object)
    pupil, year, domain_at = (axis.ravel() for axis in np.indices(every.shape))
    return pd.DataFrame(
        {
            "pupil_id": pupils.to_numpy()[pupil],
            "year": np.array(years)[year],
            "domain": codes[domain_at],
            "points": total.ravel(),
            "level": every.ravel(),
        }
    )


def _grade_pupils(level: np.ndarray, rules: GrowthRules) -> np.ndarray:
    """Return the position of the growth grade from the lowest; -1 for who is rated in nothing."""
    codes = [one.code for one in rules.levels]
    grade = np.full(level.shape[:2], -1)
    is_open = (level >= 0).any(axis=2)
    for place, rule in enumerate(rules.grades):
        fits = is_open.copy()
        for code, number in rule.at_least:
            fits &= (level >= codes.index(code)).sum(axis=2) >= number
        grade[fits] = len(rules.grades) - 1 - place
        is_open &= ~fits
    return grade


def name_levels(positions: pd.Series, domain: str, rules: GrowthRules) -> pd.Series:
    """Return the codes of levels by their position; -1 is unrated."""
    codes = [UNRATED, *(level.code for level in rules.list_levels(domain))]
    return positions.map(dict(enumerate(codes, start=-1)))
