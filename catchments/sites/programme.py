"""Integer programmes handed to HiGHS, within the clock and open to Ctrl-C."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import csr_array

from catchments.sites.clock import Clock, Stop
from catchments.sites.request import Flags, Floats

_LISTEN_EVERY_S = 0.05
_GRACE_S = 0.2  # for HiGHS to notice that its own limit has passed


@dataclass(frozen=True, eq=False)
class Solved:
    """The best values found (none if none were), a valid lower bound, and what ended the work."""

    values: Floats | None
    bound: float
    stopped: Stop


def solve_programme(
    cost: Floats, rows: csr_array, least: Floats, whole: Flags, clock: Clock
) -> Solved:
    """Minimise cost·x over rows·x ≥ least with 0 ≤ x ≤ 1; `whole` marks integers."""
    if clock.is_up:
        return Solved(None, -np.inf, clock.cause)
    answer: dict[str, Any] = {}

    def work() -> None:
        answer["result"] = milp(
            cost,
            constraints=LinearConstraint(rows, lb=least),
            integrality=whole.astype(np.uint8),
            bounds=Bounds(0, 1),
            options={"time_limit": clock.left_s, "mip_rel_gap": 0.0},
        )

    # HiGHS runs without the interpreter's lock but does not hear Ctrl-C, so that it is waited
    # for. A worker left behind ends with its time limit, or with the program.
    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    while worker.is_alive() and not clock.is_up:
        worker.join(_LISTEN_EVERY_S)
    worker.join(_GRACE_S)
    if "result" not in answer:
        return Solved(None, -np.inf, clock.cause)
    result: OptimizeResult = answer["result"]
    bound = -np.inf if result.mip_dual_bound is None else float(result.mip_dual_bound)
    return Solved(result.x, bound, "proven" if result.status == 0 else clock.cause)
