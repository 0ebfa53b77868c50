"""What clears a red warning, and what it costs. Pure: tables in, tables out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from catchments.profile import Clearing, Stage, Warning
from catchments.shortfall import measure_ratio

CLASS, BOUNDARY, BUS, NEW_SCHOOL = "class", "boundary", "bus", "new_school"


def count_needed_seats(counted: float, seats: float, rule: Warning) -> int:
    """Count the fewest further seats with which a catchment is no longer red.

    Red begins at the limit itself: as many seats as children are not enough.

    Examples
    --------
    >>> rule = Warning(red_from_pct=100)
    >>> count_needed_seats(95, 90, rule), count_needed_seats(90, 90, rule)
    (6, 1)
    >>> count_needed_seats(89, 90, rule), count_needed_seats(0, 0, rule)
    (0, 0)
    """
    if counted <= 0:
        return 0
    enough = math.floor(round(100 * counted / rule.red_from_pct, 6)) + 1
    return max(0, enough - math.floor(seats))


def count_most_children(seats: float, rule: Warning) -> int:
    """Count the most children that these seats take without being red.

    Examples
    --------
    >>> count_most_children(90, Warning(red_from_pct=100)), count_most_children(0, Warning())
    (89, 0)
    """
    return max(0, math.ceil(round(seats * rule.red_from_pct / 100, 6)) - 1)


@dataclass(frozen=True)
class RedCatchment:
    """A red catchment in a year.

    Parameters
    ----------
    school_pupils, size_limit
        Pupils of the whole school and the most that its kind may have; None where nobody says.
    """

    stage: Stage
    year: int
    counted: float
    seats: float
    school_pupils: int | None = None
    size_limit: int | None = None


@dataclass(frozen=True)
class Measure:
    """One way to clear a red.

    Parameters
    ----------
    kind
        class, boundary, bus or new_school.
    cost_yuan
        None where it cannot be done.
    obstacle
        Why it cannot be done: size_limit, no_free_seats, no_way or no_division; None if it can.
    seats, children
        Seats it opens, children it moves or carries.
    detail
        What else is to know, by name.
    """

    kind: str
    cost_yuan: float | None
    obstacle: str | None = None
    seats: int = 0
    children: int = 0
    detail: dict[str, object] | None = None


def measure_class(red: RedCatchment, rule: Warning, costs: Clearing) -> Measure:
    """Cost the entry classes that clear the red, if the school may grow so far.

    Examples
    --------
    >>> primary = Stage(code="primary", name_zh="小学", name_en="Primary", grades=6,
    ...                 kinds=["primary"], design_class=45)
    >>> red = RedCatchment(primary, 2026, 95, 90, school_pupils=1950, size_limit=2000)
    >>> one = measure_class(red, Warning(), Clearing(class_yuan=600_000))
    >>> one.seats, one.cost_yuan, one.obstacle
    (45, 600000.0, None)
    >>> full = RedCatchment(primary, 2026, 95, 90, school_pupils=1960, size_limit=2000)
    >>> measure_class(full, Warning(), Clearing()).obstacle
    'size_limit'
    """
    size = red.stage.design_class
    classes = math.ceil(count_needed_seats(red.counted, red.seats, rule) / size)
    seats = classes * size
    detail: dict[str, object] = {"classes": classes}
    if None not in (red.school_pupils, red.size_limit):
        detail |= {"school_pupils": red.school_pupils, "size_limit": red.size_limit}
        if (red.school_pupils or 0) + seats > (red.size_limit or 0):
            return Measure(CLASS, None, "size_limit", seats, detail=detail)
    return Measure(CLASS, classes * costs.class_yuan, None, seats, detail=detail)


def measure_boundary(
    moved: int, receivers: pd.DataFrame, costs: Clearing, *, is_cleared: bool, seconds: float
) -> Measure:
    """Cost a boundary that moves: a hearing, and something for each child that changes school.

    Parameters
    ----------
    moved
        Children whose unit changes its catchment.
    receivers
        school_id, units, children: who takes them.
    is_cleared
        Whether the catchment is no longer red then.

    Examples
    --------
    >>> takers = pd.DataFrame({"school_id": [8], "units": [2], "children": [12]})
    >>> measure_boundary(12, takers, Clearing(), is_cleared=True, seconds=0.4).cost_yuan
    124000.0
    """
    detail: dict[str, object] = {"receivers": receivers.to_dict("records"), "seconds": seconds}
    if not is_cleared:
        return Measure(BOUNDARY, None, "no_division", children=moved, detail=detail)
    cost = costs.boundary_yuan + moved * costs.moved_child_yuan
    return Measure(BOUNDARY, float(cost), children=moved, detail=detail)


def measure_bus(red: RedCatchment, free: pd.DataFrame, rule: Warning, costs: Clearing) -> Measure:
    """Cost the bus that takes the children above the limit to the nearest schools with seats.

    They ride there and back on every school day of the stage. No school is filled until it is
    red itself.

    Parameters
    ----------
    free
        school_id, free_seats (children it takes without being red), distance_m (mean way along
        the streets from the catchment; infinite where there is none).

    Examples
    --------
    Six children must leave: four find seats 1 km away, two 3 km away. There and back that is
    2 × (4 × 1 + 2 × 3) = 20 km a day, on 195 days of six years, at 1.5 yuan: 35 100 yuan.

    >>> primary = Stage(code="primary", name_zh="小学", name_en="Primary", grades=6,
    ...                 kinds=["primary"])
    >>> free = pd.DataFrame({"school_id": [9, 8], "free_seats": [50, 4],
    ...                      "distance_m": [3000.0, 1000.0]})
    >>> bus = measure_bus(RedCatchment(primary, 2026, 95, 90), free, Warning(), Clearing())
    >>> bus.children, bus.cost_yuan
    (6, 35100.0)
    """
    must = math.ceil(red.counted) - count_most_children(red.seats, rule)
    near = free[(free["free_seats"] > 0) & np.isfinite(free["distance_m"])]
    near = near.sort_values(["distance_m", "school_id"])
    before = near["free_seats"].cumsum() - near["free_seats"]
    taken = (must - before).clip(lower=0, upper=near["free_seats"])
    takers = near.assign(children=taken.astype(int))
    takers = takers[takers["children"] > 0][["school_id", "children", "distance_m"]]
    if int(takers["children"].sum()) < must:
        obstacle = "no_free_seats" if near.empty or len(free) == len(near) else "no_way"
        return Measure(BUS, None, obstacle, children=must)
    child_km = 2 * float((takers["children"] * takers["distance_m"]).sum()) / 1000
    years = red.stage.grades
    cost = child_km * costs.bus_yuan_child_km * costs.school_days * years
    detail: dict[str, object] = {"receivers": takers.to_dict("records"), "years": years}
    return Measure(BUS, round(cost, 2), children=must, detail=detail)


def measure_new_school(red: RedCatchment, rule: Warning, costs: Clearing) -> Measure:
    """Cost a new school with whole classes in all grades for the seats that are needed.

    Examples
    --------
    >>> primary = Stage(code="primary", name_zh="小学", name_en="Primary", grades=6,
    ...                 kinds=["primary"], design_class=45)
    >>> new = measure_new_school(RedCatchment(primary, 2026, 95, 90), Warning(), Clearing())
    >>> new.seats, new.cost_yuan
    (45, 32400000.0)
    """
    size, grades = red.stage.design_class, red.stage.grades
    entry = math.ceil(count_needed_seats(red.counted, red.seats, rule) / size) * size
    cost = entry * grades * costs.new_seat_yuan
    return Measure(NEW_SCHOOL, float(cost), seats=entry, detail={"all_seats": entry * grades})


def rank_measures(measures: list[Measure]) -> list[Measure]:
    """Sort measures, the cheapest first and what cannot be done last.

    Examples
    --------
    >>> ranked = rank_measures([Measure("bus", None, "no_way"), Measure("class", 6e5)])
    >>> [one.kind for one in ranked]
    ['class', 'bus']
    """
    return sorted(measures, key=lambda one: math.inf if one.cost_yuan is None else one.cost_yuan)


def judge_projects(years: pd.DataFrame, openings: pd.DataFrame, rule: Warning) -> pd.DataFrame:
    """Tell year by year what the seats of projects change of a catchment's warning.

    Parameters
    ----------
    years
        year, counted_children, seats (missing where nobody stated them).
    openings
        opened_seats, opens_year.

    Returns
    -------
    DataFrame
        year, counted_children, seats, project_seats, red_without, red_with.

    Examples
    --------
    >>> years = pd.DataFrame({"year": [2026, 2027], "counted_children": [95, 95], "seats": 90})
    >>> openings = pd.DataFrame({"opened_seats": [45], "opens_year": [2027]})
    >>> judge_projects(years, openings, Warning())[["red_without", "red_with"]].values.tolist()
    [[True, True], [True, False]]
    """
    opened = [
        int(openings.loc[openings["opens_year"] <= year, "opened_seats"].sum())
        for year in years["year"]
    ]
    seats = years["seats"].astype(float).to_numpy()
    counted = years["counted_children"].astype(float).to_numpy()
    whole = seats + np.array(opened, dtype=float)
    return years.assign(
        project_seats=opened,
        red_without=measure_ratio(counted, seats) >= rule.red_from_pct,
        red_with=measure_ratio(counted, whole) >= rule.red_from_pct,
    )
