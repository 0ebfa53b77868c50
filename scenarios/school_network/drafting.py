"""Drawing plans in the background: one job a district at a time, watched from any page."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from gis.access import Role
from gis.database import Database
from gis.errors import OneMapError, UsageError
from scenarios.district import District, Plan, find_district, find_plan
from scenarios.enrolment_warning.count import count_plan
from scenarios.school_network.drafting_order import Order
from scenarios.school_network.draw import draw_plan

LOG = logging.getLogger("onemap.drafting")

_DRAWN_SHARE = 0.95  # ASSUMPTION: counting takes a twentieth of the time

Told = Callable[[str, float], None]


@dataclass(frozen=True)
class Status:
    """How a job stands.

    Parameters
    ----------
    number
        Tells jobs of one server apart.
    step, share
        What it does now, and how much of the whole is done, from 0 to 1.
    plan
        Code of the draft, once it is there.
    error
        Why it failed; an unknown error is in the log.
    """

    order: Order
    number: int
    state: Literal["running", "done", "failed"] = "running"
    step: str = "waiting"
    share: float = 0.0
    is_stopping: bool = False
    plan: str | None = None
    error: Exception | None = None


class DraftDesk:
    """Takes orders of all pages of a server; each district has one job at a time.

    A draft is stored in one transaction when it is drawn, so a server that ends in the middle
    leaves nothing half-written; a draft that was not counted any more is counted when it is
    opened.
    """

    def __init__(self, database: Database, *, draw: Callable[..., Plan] = draw_plan) -> None:
        self._database = database
        self._draw = draw
        self._lock = threading.Lock()
        self._jobs: dict[str, Status] = {}
        self._stops: dict[str, threading.Event] = {}
        self._threads: dict[str, threading.Thread] = {}
        self._is_closed = False
        self._number = 0

    def start(self, order: Order) -> Status:
        """Begin to draw in the background.

        Raises
        ------
        UsageError
            When the order is wrong, the district already has a job that runs, or the desk is
            closed.
        """
        with self._database.begin(Role.PLANNER) as connection:
            district = find_district(connection, order.district)
        order.check(district)
        with self._lock:
            if self._is_closed:
                raise UsageError("The server is ending.", mend="Start it again, then draw.")
            known = self._jobs.get(order.district)
            if known is not None and known.state == "running":
                raise UsageError(
                    "A draft of this district is being drawn already.",
                    mend="Wait until it is ready, or stop it.",
                )
            self._number += 1
            status = self._jobs[order.district] = Status(order, self._number)
            self._stops[order.district] = threading.Event()
            thread = threading.Thread(target=self._work, args=(order, district), daemon=True)
            self._threads[order.district] = thread
            thread.start()
        return status

    def find(self, district: str) -> Status | None:
        """Return the last job of a district, or nothing."""
        return self._jobs.get(district)

    def stop(self, district: str) -> None:
        """Let the running job of a district end with the best it has found."""
        with self._lock:
            if district in self._stops:
                self._stops[district].set()
                self._jobs[district] = replace(self._jobs[district], is_stopping=True)

    def forget(self, district: str, plan: str | None = None) -> None:
        """Take a finished job off the desk; with `plan`, only if that is what it drew."""
        with self._lock:
            known = self._jobs.get(district)
            if known is None or known.state == "running" or plan not in (None, known.plan):
                return
            del self._jobs[district], self._stops[district], self._threads[district]

    def close(self) -> None:
        """Stop all jobs and wait until each has stored its best; no order is taken any more."""
        with self._lock:
            self._is_closed = True
            threads = dict(self._threads)
        for district in threads:
            self.stop(district)
        for thread in threads.values():
            thread.join()

    def _work(self, order: Order, district: District) -> None:
        try:
            plan = self._draw_draft(order, district)
        except Exception as error:  # the page must hear of it, whatever it is
            if not isinstance(error, OneMapError):
                LOG.exception("Drawing %s failed", order.draft_code)
            self._change(order.district, state="failed", error=error)
        else:
            self._change(order.district, state="done", share=1.0, plan=plan.code)

    def _draw_draft(self, order: Order, district: District) -> Plan:
        def tell(step: str, share: float) -> None:
            self._change(order.district, step=step, share=_DRAWN_SHARE * min(1.0, share))

        plan = self._draw(
            self._database,
            district,
            method=order.method,
            stages=[order.stage],
            code=order.draft_code,
            names=order.name_draft(district),
            is_draft=True,
            terms=order.terms,
            feeding_plan=order.feeders,
            time_limit_s=order.time_limit_s,
            seed=order.seed,
            progress=tell,
            should_stop=self._stops[order.district].is_set,
        )
        self._change(order.district, step="counting", share=_DRAWN_SHARE)
        with self._database.begin(Role.PLANNER) as connection:
            count_plan(connection, district, find_plan(connection, district, plan.code))
        return plan

    def _change(self, district: str, **changes: object) -> None:
        with self._lock:
            self._jobs[district] = replace(self._jobs[district], **changes)  # type: ignore[arg-type]
