"""The chance of a warning: simulated futures of the children and seats of catchments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from catchments.forecast.entrants import Entrants
from catchments.forecast.naive import Numbers
from catchments.forecast.spread import find_quantiles
from catchments.profile import Errors, Warning
from catchments.shortfall import measure_ratio


@dataclass(frozen=True, eq=False)
class Demand:
    """Expected children of the catchments of one stage, shape (catchments, years) each.

    Attributes
    ----------
    counted
        Those that the warning rule counts.
    unborn_share, homes_share
        Of them, the shares not born on the data date and of homes to come.
    """

    counted: Numbers
    unborn_share: Numbers
    homes_share: Numbers


@dataclass(frozen=True, eq=False)
class Futures:
    """Simulated counted children, shape (catchments, years, draws)."""

    counted: np.ndarray

    def bound(self) -> Numbers:
        """Return the quantiles of each catchment and year, shape (4, catchments, years)."""
        return find_quantiles(self.counted)

    def bound_total(self) -> Numbers:
        """Return the quantiles of the sum of all catchments, shape (4, years)."""
        return find_quantiles(self.counted.sum(axis=0, dtype=np.float64))


def sum_demand(
    entrants: Entrants, stage: int, catchment_of_unit: np.ndarray, catchments: int, counted: str
) -> Demand:
    """Sum the expected children of units by catchment; units outside are left out.

    Parameters
    ----------
    counted
        ``children`` or ``registered_children``, as the warning rule of the profile says.
    """
    inside = catchment_of_unit >= 0
    rows = catchment_of_unit[inside]

    def add(values: Numbers) -> Numbers:
        summed = np.zeros((catchments, values.shape[0]))
        np.add.at(summed, rows, values[:, inside].T)
        return summed

    children = add(entrants.children[stage])
    whole = np.maximum(children, 1e-9)
    chosen = entrants.registered if counted == "registered_children" else entrants.children
    return Demand(
        add(chosen[stage]),
        add(entrants.unborn[stage]) / whole,
        add(entrants.homes[stage]) / whole,
    )


def simulate_demand(
    demand: Demand, years_ahead: Numbers, errors: Errors, *, seed: int, draws: int
) -> Futures:
    """Simulate the counted children of catchments around what is expected.

    One draw is one future: who comes and leaves goes on from year to year (a random walk), for
    the district and for each catchment; births go their way likewise, for the cohorts not born;
    homes to come bring more or fewer children everywhere alike; each single move and birth is
    chance besides. No count falls below zero.

    Parameters
    ----------
    years_ahead
        Years from the data date, shape (years,).
    """
    catchments, years = demand.counted.shape
    drawn = np.random.default_rng(seed)

    def draw(*shape: int) -> np.ndarray:
        return drawn.standard_normal((*shape, draws), dtype=np.float32)

    steps = np.asarray(np.sqrt(np.diff(years_ahead, prepend=0.0)), dtype=np.float32)[:, None]
    moves = np.cumsum(steps * draw(years), axis=0)
    own_moves = np.cumsum(steps * draw(catchments, years), axis=1)
    is_unborn = np.asarray((demand.unborn_share > 0).any(axis=0), dtype=np.float32)[:, None]
    births = np.cumsum(is_unborn * draw(years), axis=0)
    own_births, homes, chance = draw(catchments, 1), draw(), draw(catchments, years)
    unborn = demand.unborn_share.astype(np.float32)[:, :, None]
    factor = 1 + (1 - unborn) * (
        _pct(errors.migration_pct) * moves + _pct(errors.own_migration_pct) * own_moves
    )
    factor += unborn * (_pct(errors.births_pct) * births + _pct(errors.own_births_pct) * own_births)
    factor += demand.homes_share.astype(np.float32)[:, :, None] * _pct(errors.homes_pct) * homes
    turnover = np.minimum(errors.turnover_pct / 100 * years_ahead, 1.0)[None, :]
    free = demand.counted * (demand.unborn_share + (1 - demand.unborn_share) * turnover)
    expected = demand.counted.astype(np.float32)[:, :, None]
    futures = expected * factor + np.sqrt(free).astype(np.float32)[:, :, None] * chance
    return Futures(np.maximum(futures, 0))


def simulate_seats(
    seats: Numbers, projects: pd.DataFrame, years: list[int], *, seed: int, draws: int
) -> np.ndarray:
    """Simulate the seats of catchments: projects open when their chance has come.

    A project has one lot in each future and is open in every year whose chance reaches it, so
    that a project with better chances is never later in any future.

    Parameters
    ----------
    seats
        Seats without projects, shape (catchments, years).
    projects
        project_id, catchment (row), seats, year, chance (of being open in that year, 0 to 1).

    Returns
    -------
    array
        Shape (catchments, years, draws).
    """
    simulated = np.repeat(seats[:, :, None], draws, axis=2)
    drawn = np.random.default_rng(seed)
    for _, part in projects.groupby("project_id", sort=True):
        lot = drawn.random(draws)
        told = part[part["year"].isin(years)]
        at = np.array([years.index(int(year)) for year in told["year"]], dtype=np.int64)
        opens = lot < told["chance"].to_numpy(dtype=float)[:, None]
        np.add.at(
            simulated,
            (told["catchment"].to_numpy(dtype=int), at),
            told["seats"].to_numpy(dtype=float)[:, None] * opens,
        )
    return simulated


def measure_chances(
    futures: Futures, seats: np.ndarray, rule: Warning
) -> tuple[Numbers, Numbers, Numbers]:
    """Return the chances of yellow or red and of red, and the mean shortfall.

    Parameters
    ----------
    seats
        Shape (catchments, years, draws); NaN where nobody stated them.

    Returns
    -------
    tuple
        Shape (catchments, years) each, NaN without stated seats.
    """
    ratio = measure_ratio(futures.counted, seats)
    unknown = np.isnan(seats).any(axis=2)
    short = np.maximum(futures.counted - seats, 0)
    yellow, red, missing = (
        np.where(unknown, np.nan, part.mean(axis=2))
        for part in (ratio >= rule.yellow_from_pct, ratio >= rule.red_from_pct, short)
    )
    return yellow, red, missing


def _pct(value: float) -> np.float32:
    return np.float32(value / 100)
