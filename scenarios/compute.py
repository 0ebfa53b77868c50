"""Bring every result of a district up to date; what is up to date is left alone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Connection

from gis.access import Role
from gis.database import Database
from gis.errors import RejectedDataError, UsageError
from scenarios.academic_results.analyse import analyse_results
from scenarios.district import District, Plan, list_plans
from scenarios.enrolment_warning.admission.reconcile import list_compared, update_states
from scenarios.enrolment_warning.count import count_children, count_plan
from scenarios.enrolment_warning.forecast.predict import forecast_plans, list_scenarios
from scenarios.enrolment_warning.forecast.runs import MIDDLE
from scenarios.enrolment_warning.reach import update_reaches
from scenarios.project_monitoring.track import track_projects
from scenarios.residents import count_residents
from scenarios.resource_distribution.accessibility import update_accessibility
from scenarios.resource_distribution.assess import assess_balance, update_needs, update_outlook
from scenarios.school_development.appraise import update_appraisal
from scenarios.school_network.draw import draw_catchments, draw_plan
from scenarios.school_network.walking_bands import update_walking_bands
from scenarios.student_growth.rate import rate_growth
from scenarios.teacher_analysis.assess import assess_teachers

Progress = Callable[[str, float], None]

# Steps that need the district alone: before the registers are compared, and after the forecast.
_Step = tuple[str, Role, Callable[[Connection, District], object]]
_WALKS: tuple[_Step, ...] = (
    ("accessibility", Role.PLANNER, update_accessibility),
    ("school network", Role.PLANNER, update_walking_bands),
)
_SCHOOLS: tuple[_Step, ...] = (
    ("balance", Role.PLANNER, assess_balance),
    ("needs", Role.PLANNER, update_needs),
    ("outlook of resources", Role.PLANNER, update_outlook),
    ("appraisal", Role.PLANNER, update_appraisal),
    ("teachers", Role.OFFICER, assess_teachers),
    ("growth", Role.OFFICER, rate_growth),
    ("results", Role.OFFICER, analyse_results),
)

DRAWN_UNASKED = ("nearest", "walking")  # methods that take seconds; balancing is asked for


def compute_district(
    database: Database, district: District, *, progress: Progress | None = None
) -> None:
    """Draw, count, measure ways, compare registers, track, forecast, assess and rate.

    Each step is one transaction, so a stop loses one step. A step whose data is not loaded is
    left out; whoever asks for its result is told then.
    """
    told = progress or (lambda _step, _share: None)
    with database.begin(Role.PLANNER) as connection:
        known = list_plans(connection, district)
    missing = [method for method in DRAWN_UNASKED if method not in {plan.code for plan in known}]
    compared = list_compared(district.profile)
    steps = (
        2 * (len(known) + len(missing))
        + len(compared)
        + len(list_scenarios(district.profile))
        + 4
        + len(_WALKS)
        + len(_SCHOOLS)
    )
    done = 0

    def tell(step: str) -> None:
        nonlocal done
        told(step, done / steps)
        done += 1

    tell("demand")
    with database.begin(Role.OFFICER) as connection:
        count_children(connection, district)
    tell("residents")
    with database.begin(Role.OFFICER) as connection:
        count_residents(connection, district)
    for method in missing:
        tell(f"draw {method}")
        with suppress(RejectedDataError):
            draw_plan(database, district, method=method)
    with database.begin(Role.PLANNER) as connection:
        plans = list_plans(connection, district)
    for plan in plans:
        tell(f"count {plan.code}")
        with suppress(RejectedDataError), database.begin(Role.PLANNER) as connection:
            draw_catchments(connection, district, plan)
            count_plan(connection, district, plan)
    tell("ways")
    with suppress(RejectedDataError), database.begin(Role.PLANNER) as connection:
        update_reaches(connection, district, plans)
    _take_steps(_WALKS, database, district, tell)
    for one in compared:
        tell(f"registers {one.stage} {one.year}")
        with database.begin(Role.OFFICER) as connection:
            update_states(connection, district, plans, one)
    tell("progress")
    with database.begin(Role.PLANNER) as connection:
        track_projects(connection, district)
    _forecast(database, district, plans, tell)
    _take_steps(_SCHOOLS, database, district, tell)
    told("done", 1.0)


def _forecast(
    database: Database, district: District, plans: list[Plan], tell: Callable[[str], None]
) -> None:
    """Forecast by every scenario; plans beside the one in force are compared in the middle one."""
    in_force = [plan for plan in plans if plan.code == district.profile.default_plan]
    for scenario in list_scenarios(district.profile):
        tell(f"forecast {scenario}")
        with suppress(RejectedDataError), database.begin(Role.OFFICER) as connection:
            told_of = plans if scenario == MIDDLE else in_force
            forecast_plans(connection, district, told_of, scenario=scenario)


def _take_steps(
    steps: tuple[_Step, ...], database: Database, district: District, tell: Callable[[str], None]
) -> None:
    for name, role, measure in steps:
        tell(name)
        with suppress(RejectedDataError, UsageError), database.begin(role) as connection:
            measure(connection, district)
