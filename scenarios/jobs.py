"""Long work in the background: one job a district at a time, watched from any page."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from gis.access import Role
from gis.database import Database
from gis.errors import OneMapError, UsageError
from scenarios.district import District, find_district

LOG = logging.getLogger("onemap.jobs")

Tell = Callable[[str, float], None]
ShouldStop = Callable[[], bool]


class Order(Protocol):
    """What a page wants done: its kind decides who does it, and how it is shown."""

    @property
    def district(self) -> str:
        """Code of the district."""
        ...

    def check(self, district: District) -> None:
        """Refuse what cannot be done, with a UsageError."""
        ...


# (database, district, order, tell, should_stop) → what came out
Worker = Callable[[Database, District, Any, Tell, ShouldStop], Any]


class StoppedError(Exception):
    """A worker was asked to stop and left nothing behind."""


@dataclass(frozen=True)
class Status:
    """How a job stands.

    Parameters
    ----------
    number
        Tells jobs of one server apart.
    step, share
        What it does now, and how much of the whole is done, from 0 to 1.
    result
        What the worker returned, once it is done.
    error
        Why it failed; an unknown error is in the log.
    """

    order: Any
    number: int
    state: Literal["running", "done", "failed", "stopped"] = "running"
    step: str = "waiting"
    share: float = 0.0
    is_stopping: bool = False
    result: Any = None
    error: Exception | None = None


class JobDesk:
    """Takes orders of all pages of a server; each district has one job at a time.

    A worker stores what it makes in one transaction, so a server that ends in the middle leaves
    nothing half-written.

    Parameters
    ----------
    workers
        Who does an order, by its class.
    """

    def __init__(self, database: Database, workers: Mapping[type, Worker]) -> None:
        self._database = database
        self._workers = workers
        self._lock = threading.Lock()
        self._jobs: dict[str, Status] = {}
        self._stops: dict[str, threading.Event] = {}
        self._threads: dict[str, threading.Thread] = {}
        self._is_closed = False
        self._number = 0

    def start(self, order: Order) -> Status:
        """Begin the work in the background.

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
                raise UsageError("The server is ending.", mend="Start it again, then order anew.")
            known = self._jobs.get(order.district)
            if known is not None and known.state == "running":
                raise UsageError(
                    "Another job of this district is running already.",
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
        """Ask the running job of a district to end."""
        with self._lock:
            if district in self._stops:
                self._stops[district].set()
                self._jobs[district] = replace(self._jobs[district], is_stopping=True)

    def forget(self, district: str, result: Any = None) -> None:
        """Take a finished job off the desk; with `result`, only if that is what came out."""
        with self._lock:
            known = self._jobs.get(district)
            if known is None or known.state == "running" or result not in (None, known.result):
                return
            del self._jobs[district], self._stops[district], self._threads[district]

    def close(self) -> None:
        """Ask all jobs to end and wait for them; no order is taken any more."""
        with self._lock:
            self._is_closed = True
            threads = dict(self._threads)
        for district in threads:
            self.stop(district)
        for thread in threads.values():
            thread.join()

    def _work(self, order: Order, district: District) -> None:
        def tell(step: str, share: float) -> None:
            self._change(order.district, step=step, share=min(1.0, share))

        worker = self._workers[type(order)]
        should_stop = self._stops[order.district].is_set
        try:
            result = worker(self._database, district, order, tell, should_stop)
        except StoppedError:
            self._change(order.district, state="stopped")
        except Exception as error:  # the page must hear of it, whatever it is
            if not isinstance(error, OneMapError):
                LOG.exception("%s failed", order)
            self._change(order.district, state="failed", error=error)
        else:
            self._change(order.district, state="done", share=1.0, result=result)

    def _change(self, district: str, **changes: Any) -> None:
        with self._lock:
            self._jobs[district] = replace(self._jobs[district], **changes)
