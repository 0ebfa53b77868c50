"""What clears a red catchment: projects that arrive in time, and measures compared by cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from catchments.boundaries import Request
from catchments.clearing import (
    BOUNDARY,
    Measure,
    RedCatchment,
    count_most_children,
    count_needed_seats,
    judge_projects,
    measure_boundary,
    measure_bus,
    measure_class,
    measure_new_school,
    rank_measures,
)
from catchments.crowding import measure_sizes
from catchments.forecast.openings import spread_chances
from catchments.relief import relieve_catchment
from catchments.shortfall import RED
from gis.access import Role
from gis.database import Database, read_table
from gis.errors import RejectedDataError, UsageError
from scenarios.district import District, Plan
from scenarios.enrolment_warning.ahead import read_ahead
from scenarios.project_monitoring.openings import select_opening
from scenarios.school_network.instance import read_ground

_PROJECT = ["project_id", "project_code", "project_name_zh", "project_name_en", "opened_seats"]
_PROJECT += ["planned_year", "opens_year", "state", "delay_days"]


@dataclass(frozen=True, eq=False)
class Outlook:
    """What projects change of a catchment's warning, year by year.

    Parameters
    ----------
    years
        year, counted_children, seats, project_seats, red_without, red_with, red_chance, basis.
    projects
        Projects that serve the catchment with seats of the stage (those that extend its school,
        and new schools inside), with in_time_chance: the chance that they are open in the year
        asked.
    first_red_year
        First year from the year asked on that is red without projects; nothing if none is.
    cleared_year
        First year from then on that is not red with the projects; nothing if none is known.
    needed_seats
        Fewest further seats that clear the year asked.
    """

    row: dict[str, Any]
    years: pd.DataFrame
    projects: pd.DataFrame
    first_red_year: int | None
    cleared_year: int | None
    needed_seats: int

    @property
    def is_red(self) -> bool:
        """Whether the year asked is red."""
        return bool(self.row["warning"] == RED)


@dataclass(frozen=True, eq=False)
class Clearing(Outlook):
    """The outlook, and the measures that clear the year asked, the cheapest first."""

    measures: tuple[Measure, ...] = ()


def read_clearing(
    database: Database,
    district: District,
    plan: Plan,
    stage: str,
    year: int,
    school_id: int,
    *,
    horizon: int | None = None,
) -> Clearing:
    """Tell what clears a red catchment in a year; measures only where it is red.

    No transaction is open while the boundary is searched.

    Raises
    ------
    UsageError
        When the school has no catchment in the stage and year.
    """
    with database.begin(Role.PLANNER) as connection:
        outlook = read_outlook(connection, district, plan, stage, year, school_id, horizon=horizon)
        told = Clearing(**vars(outlook))
        if not outlook.is_red:
            return told
        red = _describe(connection, district, stage, year, outlook.row)
        request = _build_request(connection, district, plan, stage, year)
    return replace(told, measures=tuple(_compare(district, red, request, school_id)))


def read_outlook(
    connection: Connection,
    district: District,
    plan: Plan,
    stage: str,
    year: int,
    school_id: int,
    *,
    horizon: int | None = None,
) -> Outlook:
    """Tell what projects change of a catchment's warning; see :func:`read_clearing`."""
    sources = read_sources(connection, district, plan, stage, horizon=horizon)
    return tell_outlook(sources, district, year, school_id)


@dataclass(frozen=True, eq=False)
class Sources:
    """What the outlooks of all catchments of a stage rest on, read once.

    Parameters
    ----------
    ahead
        As :func:`scenarios.enrolment_warning.ahead.read_ahead` returns it.
    serving
        Rows of ``queries/project_catchments.sql`` of the stage.
    openings
        As :func:`scenarios.project_monitoring.openings.select_opening` returns them.
    chances
        project_id, year, chance.
    """

    stage: str
    ahead: pd.DataFrame
    serving: pd.DataFrame
    openings: pd.DataFrame
    chances: pd.DataFrame


def read_sources(
    connection: Connection,
    district: District,
    plan: Plan,
    stage: str,
    *,
    horizon: int | None = None,
) -> Sources:
    """Read what :func:`tell_outlook` needs, for all catchments of a stage."""
    serving = read_table(connection, "project_catchments", district_id=district.id, plan_id=plan.id)
    openings = select_opening(
        read_table(connection, "project_openings", district_id=district.id),
        district.profile.get_stage(stage),
    )
    return Sources(
        stage,
        read_ahead(connection, district, plan, stage=stage, horizon=horizon),
        serving[serving["stage"] == stage],
        openings,
        read_table(connection, "project_chances", district_id=district.id),
    )


def tell_outlook(sources: Sources, district: District, year: int, school_id: int) -> Outlook:
    """Tell what projects change of one catchment's warning. Pure: tables in, tables out.

    Raises
    ------
    UsageError
        When the school has no catchment in the stage and year.
    """
    years = sources.ahead[sources.ahead["school_id"] == school_id]
    chosen = years[years["year"] == year]
    if chosen.empty:
        raise UsageError(
            f"School {school_id} has no catchment of stage {sources.stage} in {year}.",
            mend="Choose a catchment of the stage, and a year that is counted or forecast.",
        )
    row: dict[str, Any] = dict(chosen.astype(object).where(chosen.notna(), None).iloc[0])
    serving = sources.serving[sources.serving["school_id"] == school_id]
    mine = sources.openings[sources.openings["project_id"].isin(serving["project_id"])]
    sure = spread_chances(mine[["project_id", "opens_year"]], sources.chances, [year])
    projects = mine[_PROJECT].merge(
        sure.rename(columns={"chance": "in_time_chance"})[["project_id", "in_time_chance"]],
        on="project_id",
        how="left",
    )
    rule = district.profile.warning
    judged = judge_projects(
        years[["year", "counted_children", "seats", "red_chance", "basis"]], mine, rule
    )
    later = judged[judged["year"] >= year]
    red_years = later.loc[later["red_without"], "year"]
    first_red = int(red_years.iloc[0]) if len(red_years) else None
    cleared = later.loc[later["red_without"] & ~later["red_with"], "year"]
    seats = row["seats"] if row["seats"] is not None else 0
    return Outlook(
        row,
        judged.reset_index(drop=True),
        projects,
        first_red,
        int(cleared.iloc[0]) if first_red is not None and len(cleared) else None,
        count_needed_seats(float(row["counted_children"]), float(seats), rule),
    )


def _describe(
    connection: Connection, district: District, stage: str, year: int, row: dict[str, Any]
) -> RedCatchment:
    enrolled = read_table(connection, "enrolled_grades", district_id=district.id)
    sizes = measure_sizes(enrolled, district.profile)
    mine = sizes[sizes["school_id"] == row["school_id"]]
    pupils, limits = mine["school_pupils"].tolist(), mine["size_limit"].dropna().tolist()
    return RedCatchment(
        district.profile.get_stage(stage),
        year,
        float(row["counted_children"]),
        float(row["seats"] or 0),
        pupils[0] if pupils else None,
        limits[0] if limits else None,
    )


def _build_request(
    connection: Connection, district: District, plan: Plan, stage: str, year: int
) -> Request | None:
    """Build what the engine is asked: the plan's division of the stage, children of the year."""
    of_stage = district.profile.get_stage(stage)
    ground = read_ground(connection, district, [of_stage], year=year)
    members = read_table(connection, "plan_membership", plan_id=plan.id)
    if ground.units.empty or not len(ground.schools[stage]):
        return None
    return replace(ground, current=members).build_request(of_stage)


def _compare(
    district: District, red: RedCatchment, request: Request | None, school_id: int
) -> list[Measure]:
    rule, costs = district.profile.warning, district.profile.clearing
    measures = [measure_class(red, rule, costs), measure_new_school(red, rule, costs)]
    if request is not None and school_id in request.schools.index:
        seats = request.schools["seats"].astype(float)
        most = seats.map(lambda one: count_most_children(one, rule), na_action="ignore")
        measures.append(_move_boundary(district, request, school_id, most))
        free = _measure_free(request, school_id, most)
        measures.append(measure_bus(red, free, rule, costs))
    return rank_measures(measures)


def _move_boundary(
    district: District, request: Request, school_id: int, most: pd.Series
) -> Measure:
    costs = district.profile.clearing
    try:
        relief = relieve_catchment(request, school_id, most, time_limit_s=costs.time_limit_s)
    except RejectedDataError:
        return Measure(BOUNDARY, None, "no_division")
    if relief is None:
        return Measure(BOUNDARY, None, "no_free_seats")
    return measure_boundary(
        relief.moved_children,
        relief.receivers,
        costs,
        is_cleared=relief.is_relieved,
        seconds=relief.seconds,
    )


def _measure_free(request: Request, school_id: int, most: pd.Series) -> pd.DataFrame:
    """Measure the free seats of the other schools, and the mean way to them from a catchment."""
    assert request.current is not None and request.ways is not None
    owner = request.current.reindex(request.units.index)
    children = request.units["pupils"]
    held = children.groupby(owner).sum().reindex(request.schools.index).fillna(0.0)
    mine = (owner == school_id).to_numpy()
    weight = children.to_numpy(float)[mine]
    ways = request.ways.distance_m[mine][weight > 0]
    weight = weight[weight > 0]
    with np.errstate(invalid="ignore"):
        mean_m = weight @ ways / weight.sum() if weight.sum() else np.full(len(most), np.inf)
    table = pd.DataFrame(
        {
            "school_id": request.schools.index,
            "free_seats": (most - held).fillna(0).clip(lower=0).astype(int).to_numpy(),
            "distance_m": np.where(np.isnan(mean_m), np.inf, mean_m),
        }
    )
    return table[table["school_id"] != school_id].reset_index(drop=True)
