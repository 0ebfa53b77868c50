"""What a selected area holds: schools, children by age and batch, missing seats, who crosses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from catchments.admission.kinds import name_kind
from catchments.admission.rule_files import parse_rules
from catchments.areas import (
    balance_years,
    cross_edge,
    hide_children,
    share_units,
    sum_inside,
)
from catchments.profile import Stage
from gis.database import read_bulk, read_table
from gis.selected_areas import Ground, Part, build_area, write_hex
from scenarios.district import District, Plan
from scenarios.enrolment_warning.forecast.runs import find_demand
from scenarios.project_monitoring.openings import select_opening, sum_opened
from scenarios.school_network.panel import get_first_day

HORIZON = 10
OLDEST_AGE = 17
# UNITS: degrees, a tenth of a millimetre. Which side of an edge is a convention: what stands on
# it belongs to the area north-east of it.
NUDGE = {"nudge_x": 6.18e-10, "nudge_y": 3.82e-10}
REGISTERED, FORECAST, UNKNOWN = "registered", "forecast", "unknown"


@dataclass(frozen=True, eq=False)
class AreaAnswer:
    """What an area holds in a stage and year; small counts of children are hidden.

    Children that live in units which the edge cuts are shared by dwellings, so tenths occur.

    Parameters
    ----------
    geom
        The area, EPSG:4490.
    units, cut_units
        Planning units that have children inside, and how many of them the edge cuts.
    schools
        Open schools inside: school_id, school_code, names, kind, public, seats (all grades),
        pupils (newest year).
    ages
        age, children (missing where hidden), 0 to 17.
    batches
        batch, name_zh, name_en, children, of the newest run; empty without one.
    batch_run_id
        That run, or nothing.
    years
        year, basis (registered, forecast, unknown), children, seats, project_seats, spare_seats,
        missing_seats: children living inside against the seats of public schools inside;
        catchment_shortfall_seats: sum of the shortfalls of the catchments whose schools stand
        inside, where a seat free in one seats no child of another (missing beyond the count).
    crossing
        direction (leaving, entering), school_id, school_code, names, children.
    forecast_run_id
        Run of the forecast that tells the later years, or nothing.
    """

    stage: str
    year: int
    geom: Any
    units: int
    cut_units: int
    schools: pd.DataFrame
    ages: pd.DataFrame
    batches: pd.DataFrame
    batch_run_id: int | None
    years: pd.DataFrame
    crossing: pd.DataFrame
    forecast_run_id: int | None


@dataclass(frozen=True)
class AreaAsked:
    """Which area, and of what."""

    parts: tuple[Part, ...]
    stage: str
    year: int
    horizon: int = HORIZON


def read_area(
    connection: Connection, district: District, plan: Plan, asked: AreaAsked
) -> AreaAnswer:
    """Answer what a selected area holds; no row about a person is read.

    Raises
    ------
    UsageError, RejectedDataError
        When the area cannot be built; see :func:`gis.selected_areas.build_area`.
    """
    geom = build_area(connection, locate_parts(district, plan, asked.stage), asked.parts)
    stage = district.profile.get_stage(asked.stage)
    where = {"district_id": district.id, "area": write_hex(geom), **NUDGE}
    units = read_table(connection, "area_units", **where)
    shares = share_units(units)
    schools = _read_schools(connection, where, asked.year)
    demand, basis, forecast_run = _read_demand(connection, district, stage, asked)
    batches, batch_run = _read_batches(connection, district, plan, asked, shares)
    cut = shares[shares < 1]
    return AreaAnswer(
        stage.code,
        asked.year,
        geom,
        len(shares),
        len(cut),
        schools,
        _read_ages(connection, district, shares),
        batches,
        batch_run,
        _balance(connection, district, stage, where, (demand, basis, shares, schools)).merge(
            read_table(
                connection,
                "area_shortfalls",
                district_id=district.id,
                plan_id=plan.id,
                stage=stage.code,
                schools=[int(school) for school in schools["school_id"]],
            ),
            on="year",
            how="left",
        ),
        _read_crossing(connection, district, plan, stage, (demand, shares, schools, asked.year)),
        forecast_run,
    )


def locate_parts(district: District, plan: Plan, stage: str) -> Ground:
    """Return where names and numbers of the parts of an area are looked up."""
    profile = district.profile
    return Ground(district.id, profile.code, profile.metric_srid, plan.id, stage)


def _read_schools(connection: Connection, where: dict[str, Any], year: int) -> pd.DataFrame:
    newest = read_table(connection, "latest_enrolment_year", district_id=where["district_id"])
    pupil_year = newest["year"].iloc[0]
    return read_table(
        connection,
        "area_schools",
        year=year,
        pupil_year=None if pd.isna(pupil_year) else int(pupil_year),
        day=get_first_day(year),
        **where,
    )


def _read_ages(connection: Connection, district: District, shares: pd.Series) -> pd.DataFrame:
    found = read_bulk(
        connection, "area_ages", district_id=district.id, units=[int(unit) for unit in shares.index]
    )
    ages = sum_inside(found, shares, ["age"], ["children"]).set_index("age")["children"]
    if ages.empty:
        return pd.DataFrame(columns=["age", "children"])
    every = ages.reindex(range(OLDEST_AGE + 1), fill_value=0.0).round(1)
    shown = hide_children(every, district.profile.minimum_cell)
    return shown.rename_axis("age").reset_index()


def _read_batches(
    connection: Connection, district: District, plan: Plan, asked: AreaAsked, shares: pd.Series
) -> tuple[pd.DataFrame, int | None]:
    columns = ["batch", "name_zh", "name_en", "children"]
    run = read_table(
        connection,
        "admission_newest_batches",
        district_id=district.id,
        kind=name_kind(asked.stage, asked.year),
        plan_id=plan.id,
    )
    if run.empty:
        return pd.DataFrame(columns=columns), None
    run_id = int(run["run_id"].iloc[0])
    found = read_bulk(
        connection, "area_batches", run_id=run_id, units=[int(unit) for unit in shares.index]
    )
    rules = parse_rules(str(run["rules_text"].iloc[0]), origin=f"of run {run_id}")
    names = [(one.code, one.name_zh, one.name_en) for one in rules.stages[asked.stage].batches]
    order = pd.DataFrame(
        [*names, ("", "待人工决定", "For a person to decide")], columns=columns[:3]
    )
    summed = sum_inside(found.fillna({"batch": ""}), shares, ["batch"], ["children"])
    table = order.merge(summed, on="batch", how="left").fillna({"children": 0.0})
    hidden = hide_children(table["children"].round(1), district.profile.minimum_cell)
    return table.assign(children=hidden), run_id


def _read_demand(
    connection: Connection, district: District, stage: Stage, asked: AreaAsked
) -> tuple[pd.DataFrame, pd.Series, int | None]:
    """Read the counted children by unit and year, and what each year of the horizon rests on.

    Returns
    -------
    demand
        planning_unit_id, year, children.
    basis
        registered, forecast or unknown, index year.
    forecast_run
        The forecast that was read, or nothing.
    """
    counted = district.profile.warning.counted
    first, last = asked.year, asked.year + asked.horizon - 1
    columns = ["planning_unit_id", "year", counted]
    known = read_bulk(
        connection, "area_demand", district_id=district.id, stage=stage.code, year=first
    )[columns]
    beyond = max([first - 1, *known["year"].unique()]) + 1
    run_id = find_demand(connection, district)
    expected = read_bulk(
        connection,
        "forecast_demand",
        run_id=run_id,
        stage=stage.code,
        first=int(beyond),
        last=last,
    )[columns]
    years = range(first, last + 1)
    found = {int(year): REGISTERED for year in known["year"].unique()}
    found |= {int(year): FORECAST for year in expected["year"].unique()}
    basis = pd.Series([found.get(year, UNKNOWN) for year in years], index=years)
    parts = [part for part in (known, expected) if len(part)]
    demand = pd.concat(parts, ignore_index=True) if parts else known
    renamed = demand.rename(columns={counted: "children"})
    return renamed[renamed["year"] <= last], basis, run_id if len(expected) else None


def _balance(
    connection: Connection,
    district: District,
    stage: Stage,
    where: dict[str, Any],
    found: tuple[pd.DataFrame, pd.Series, pd.Series, pd.DataFrame],
) -> pd.DataFrame:
    """Set children against seats year by year; years whose children are hidden tell neither."""
    demand, basis, shares, schools = found
    inside = sum_inside(demand, shares, ["year"], ["children"]).set_index("year")["children"]
    children = inside.reindex(basis.index).mask((basis == UNKNOWN).to_numpy())
    children = children.where(children.notna() | (basis == UNKNOWN), 0.0)
    public = schools[schools["public"] & schools["kind"].isin(stage.kinds)]
    mine = read_table(
        connection,
        "area_seats",
        stage=stage.code,
        schools=[int(school) for school in public["school_id"]],
    )
    at_site = read_table(connection, "area_projects", **where)["project_id"]
    openings = select_opening(
        read_table(connection, "project_openings", district_id=district.id), stage
    )
    opened = sum_opened(openings[openings["project_id"].isin(at_site)], list(basis.index))
    balanced = balance_years(
        children, mine.assign(seats=mine[stage.against])[["school_id", "year", "seats"]], opened
    )
    shown = hide_few_years(balanced, district.profile.minimum_cell)
    return shown.round(1).assign(basis=basis.to_numpy())


def hide_few_years(years: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Hide the children of years that have few, and the differences that would tell them.

    Examples
    --------
    >>> years = pd.DataFrame({"year": [2026, 2027], "children": [3.2, 0.0],
    ...                       "spare_seats": [6.8, 10.0], "missing_seats": 0.0})
    >>> hide_few_years(years, 5)["spare_seats"].tolist()
    [nan, 10.0]
    """
    few = (years["children"] > 0) & (np.ceil(years["children"]) < minimum)
    columns = ["children", "spare_seats", "missing_seats"]
    return years.assign(**{name: years[name].mask(few) for name in columns})


def _read_crossing(
    connection: Connection,
    district: District,
    plan: Plan,
    stage: Stage,
    found: tuple[pd.DataFrame, pd.Series, pd.DataFrame, int],
) -> pd.DataFrame:
    demand, shares, schools, year = found
    members = read_bulk(connection, "stage_membership", plan_id=plan.id, stage=stage.code)
    mine = members.set_index("planning_unit_id")["school_id"]
    children = demand[demand["year"] == year].groupby("planning_unit_id")["children"].sum()
    crossing = cross_edge(children, shares, mine, schools["school_id"])
    names = read_table(connection, "admission_school_names", district_id=district.id).rename(
        columns={"code": "school_code", "name_zh": "school_name_zh", "name_en": "school_name_en"}
    )
    told = crossing.merge(names, on="school_id", how="left")
    hidden = [
        hide_children(part.round(1), district.profile.minimum_cell)
        for _direction, part in told.groupby("direction", sort=False)["children"]
    ]
    return told.assign(children=pd.concat(hidden) if hidden else told["children"])


def sum_kinds(schools: pd.DataFrame, kinds: Sequence[str]) -> pd.DataFrame:
    """Sum the schools of an area by type, public and private apart.

    Returns
    -------
    DataFrame
        kind, public, schools, seats, pupils, in the order of `kinds`.

    Examples
    --------
    >>> schools = pd.DataFrame({"kind": ["primary"] * 2, "public": True, "seats": [90, 45],
    ...                         "pupils": [80, 40]})
    >>> sum_kinds(schools, ["primary"]).values.tolist()
    [['primary', True, 2, 135, 120]]
    """
    order = {kind: at for at, kind in enumerate(kinds)}
    sums = (
        schools.fillna({"seats": 0, "pupils": 0})
        .astype({"seats": int, "pupils": int})
        .groupby(["kind", "public"], as_index=False)
        .agg(schools=("kind", "size"), seats=("seats", "sum"), pupils=("pupils", "sum"))
    )
    ranked = sums.assign(order=sums["kind"].map(order)).sort_values(
        ["order", "public"], ascending=[True, False], ignore_index=True
    )
    return ranked.drop(columns="order")
