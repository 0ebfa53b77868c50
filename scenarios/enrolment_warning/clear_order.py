"""What clears a catchment, as a job: the boundary is searched in the background."""

from __future__ import annotations

from dataclasses import dataclass

from gis.access import Role
from gis.database import Database
from gis.errors import UsageError
from scenarios.district import District, check_choice, find_plan
from scenarios.enrolment_warning.clear import Clearing, read_clearing
from scenarios.jobs import JobDesk, ShouldStop, StoppedError, Tell
from scenarios.view import View


@dataclass(frozen=True)
class ClearOrder:
    """A catchment whose measures are to be compared.

    Parameters
    ----------
    plan
        Code of the plan; nothing: the district's own.
    """

    district: str
    plan: str | None
    stage: str
    year: int
    school_id: int

    @property
    def code(self) -> str:
        """How the browser names it."""
        return f"{self.plan or ''}-{self.stage}-{self.year}-{self.school_id}"

    def check(self, district: District) -> None:
        """Refuse a stage without catchments or a year that is not counted, with a UsageError."""
        check_choice(district, stage=self.stage, year=self.year)
        if not district.profile.get_stage(self.stage).catchments:
            raise UsageError(
                f"Schools of stage '{self.stage}' have no catchments.", mend="Choose another."
            )


@dataclass(frozen=True, eq=False)
class Ordered:
    """How an order about the catchment that is shown stands.

    Parameters
    ----------
    clearing
        What came out; nothing while it runs.
    """

    is_running: bool
    clearing: Clearing | None


def clear_order(
    database: Database, district: District, order: ClearOrder, tell: Tell, should_stop: ShouldStop
) -> Clearing:
    """Compare what clears the catchment of an order.

    Raises
    ------
    StoppedError
        When it was asked to stop meanwhile.
    """
    tell("ways", 0.1)
    with database.begin(Role.PLANNER) as connection:
        plan = find_plan(connection, district, order.plan)
    found = read_clearing(database, district, plan, order.stage, order.year, order.school_id)
    if should_stop():
        raise StoppedError
    return found


def find_clearing(view: View, desk: JobDesk, school_id: int) -> Ordered | None:
    """Return how the order about a catchment of the view stands, if it was the last one."""
    status = desk.find(view.profile.code)
    if status is None or not isinstance(status.order, ClearOrder):
        return None
    order = status.order
    is_mine = (order.stage, order.year, order.school_id) == (view.stage, view.year, school_id)
    of_plan = (order.plan or view.profile.default_plan) == view.plan.code
    if not is_mine or not of_plan or status.state not in ("running", "done"):
        return None
    return Ordered(status.state == "running", status.result)
