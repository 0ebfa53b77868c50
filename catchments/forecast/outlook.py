"""The catchments of a plan in the years ahead: children, seats, and the chance of a warning."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from catchments.forecast.chances import (
    Demand,
    measure_chances,
    simulate_demand,
    simulate_seats,
    sum_demand,
)
from catchments.forecast.cohorts import Units
from catchments.forecast.entrants import Entrants
from catchments.forecast.naive import Numbers
from catchments.forecast.openings import spread_chances
from catchments.profile import Profile
from catchments.seats import carry_seats
from catchments.shortfall import rate_children

BOUNDS = ("low_95", "low_80", "high_80", "high_95")


@dataclass(frozen=True, eq=False)
class Outlook:
    """Forecast of the catchments of one stage.

    Attributes
    ----------
    catchments
        A row a catchment and year: the columns of table ``forecast_catchment`` but the run.
    totals
        A row a year: stage, year, expected and bounds of the counted children of all catchments.
    """

    catchments: pd.DataFrame
    totals: pd.DataFrame


def find_catchments(members: pd.DataFrame, stage: str, unit_ids: Units) -> tuple[Units, Units]:
    """Return the schools that have catchments, and the row of the catchment of each unit.

    Returns
    -------
    tuple
        school ids, shape (catchments,), rising; row by unit, shape (units,), −1 outside.
    """
    mine = members[members["stage"] == stage]
    schools = np.unique(mine["school_id"].to_numpy(dtype=np.int64))
    held = mine.set_index("planning_unit_id")["school_id"]
    school = held.reindex(unit_ids).fillna(-1).to_numpy(dtype=np.int64)
    row = np.searchsorted(schools, school)
    inside = (row < len(schools)) & (school >= 0)
    return schools, np.where(inside, row, -1)


def forecast_catchments(
    entrants: Entrants,
    members: pd.DataFrame,
    seats: pd.DataFrame,
    projects: pd.DataFrame,
    chances: pd.DataFrame,
    profile: Profile,
    stage: str,
) -> Outlook:
    """Set the expected children of each catchment against the seats it will have.

    Seats that nobody stated for a year go on as in the last year before; those of projects come
    on top from the year in which they open. The warning is that of the expected numbers; its
    chance is the share of simulated futures in which it holds.

    Parameters
    ----------
    members
        stage, planning_unit_id, school_id.
    seats
        school_id, stage, year, entry_seats, seats.
    projects
        project_id, stage, school_id (the catchment they serve), seats, entry_seats, opens_year.
    chances
        project_id, year, chance of being open by then; a project without any opens for sure in
        the year that is expected.
    """
    settings, years = profile.forecast, entrants.years
    schools, catchment_of_unit = find_catchments(members, stage, entrants.unit_ids)
    at = entrants.stages.index(stage)
    counted = profile.warning.counted
    demand = sum_demand(entrants, at, catchment_of_unit, len(schools), counted)
    against = profile.get_stage(stage).against
    carried = carry_seats(seats[seats["stage"] == stage], against, years)
    stated = np.asarray(carried.reindex(schools).to_numpy(dtype=float))
    mine = projects[projects["stage"] == stage]
    opening = _list_openings(mine, chances, against, schools, years)
    added = np.zeros(stated.shape)
    open_now = opening[opening["is_open"]]
    columns = np.array([years.index(int(year)) for year in open_now["year"]], dtype=np.int64)
    np.add.at(added, (open_now["catchment"].to_numpy(dtype=int), columns), open_now["seats"])
    seed = settings.seed + at
    futures = simulate_demand(
        demand, entrants.years_ahead, settings.errors, seed=seed, draws=settings.draws
    )
    simulated = simulate_seats(stated, opening, years, seed=seed, draws=settings.draws)
    found = measure_chances(futures, simulated, profile.warning)
    everyone = sum_demand(entrants, at, catchment_of_unit, len(schools), "children")
    table = _arrange(stage, schools, years, entrants.basis[at], everyone, demand, stated, added)
    return Outlook(
        table.assign(
            warning=rate_children(demand.counted, stated + added, profile.warning).ravel(),
            **_name_bounds(futures.bound()),
            yellow_chance=found[0].ravel(),
            red_chance=found[1].ravel(),
            shortfall_seats=found[2].ravel(),
        ),
        pd.DataFrame(
            {
                "stage": stage,
                "year": years,
                "expected": demand.counted.sum(axis=0),
                **_name_bounds(futures.bound_total()),
            }
        ),
    )


def _name_bounds(quantiles: Numbers) -> dict[str, Numbers]:
    return {name: part.ravel() for name, part in zip(BOUNDS, quantiles, strict=True)}


def _list_openings(
    projects: pd.DataFrame,
    chances: pd.DataFrame,
    against: str,
    schools: Units,
    years: list[int],
) -> pd.DataFrame:
    """Return catchment (row), seats, is_open and chance of each project and year."""
    row = pd.Index(schools).get_indexer(pd.Index(projects["school_id"]))
    known = projects.assign(catchment=row)[row >= 0]
    listed = known[["project_id", "catchment", "opens_year"]].assign(seats=known[against])
    return spread_chances(listed, chances, years)


def _arrange(
    stage: str,
    schools: Units,
    years: list[int],
    basis: np.ndarray,
    everyone: Demand,
    demand: Demand,
    stated: Numbers,
    added: Numbers,
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "school_id": np.repeat(schools, len(years)),
            "stage": stage,
            "year": np.tile(years, len(schools)),
            "children": everyone.counted.ravel(),
            "counted_children": demand.counted.ravel(),
            "seats": pd.Series(stated.ravel()).round().astype("Int64"),
            "project_seats": added.ravel().astype(int),
            "basis": np.tile(basis, len(schools)),
        }
    )
