"""Where children without a seat may go: by trying, in plain Python.

Several divisions may be equally short, so this one says who gets a school at all and how short
the ways can be, and judges a division that is shown to it.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import linear_sum_assignment

from catchments.admission.registers import Registers
from tests.catchments.slow_claims import Row, plain


class Placement:
    """The unseated: who follows a sibling, who is divided by distance, who stays without.

    Parameters
    ----------
    children
        As :func:`tests.catchments.slow_admission.admit_slowly` left them; each unseated child
        gets ``ends``: follows (with school), divided, or exception (with reason).
    """

    def __init__(self, children: list[Row], registers: Registers, *, siblings_first: bool) -> None:
        seated = [child["zone_school_id"] for child in children if child["ends"] == "seated"]
        self.left = {
            int(school): int(seats) - seated.count(school)
            for school, value in registers.schools["seats"].to_dict().items()
            if (seats := plain(value)) is not None
        }
        self.walks = registers.walks
        waiting = [child for child in children if child["ends"] == "unseated"]
        waiting.sort(key=lambda child: child["order"])
        for child in waiting:
            school = child["sibling_school_id"]
            if siblings_first and self.left.get(school, 0) > 0:
                child.update(ends="follows", school=school)
                self.left[school] -= 1
        self.divided: list[Row] = []
        self.holders: dict[tuple[int, int], Row] = {}
        for child in waiting:
            if child["ends"] == "unseated":
                reason = self._admit(child)
                child["ends"] = "divided" if reason is None else "exception"
                child["reason"] = reason
        self.least_cm = self.measure_least({})

    def _admit(self, child: Row) -> str | None:
        """Take a child in if it and all before it find a seat; else say why not."""
        if child["building_id"] is None:
            return "no_address"
        if sum(self.left.values()) == 0:
            return "no_seat"
        child["reach"] = [
            school
            for school, seats in self.left.items()
            if seats > 0 and math.isfinite(self.measure_way_m(child, school))
        ]
        if not child["reach"]:
            return "no_way"
        if not self._seat(child, set()):
            return "no_seat"
        self.divided.append(child)
        return None

    def measure_way_m(self, child: Row, school: int) -> float:
        """Measure the way of a child; infinite where there is none."""
        if child["building_id"] is None:
            return math.inf
        home = np.array([int(child["building_id"])], np.int64)
        return float(self.walks(home, np.array([school], np.int64))[0, 0])

    def _seat(self, child: Row, tried: set[tuple[int, int]]) -> bool:
        """Give a child a chair, letting those who hold one move on to others."""
        for school in child["reach"]:
            for chair in ((school, number) for number in range(self.left[school])):
                if chair in tried:
                    continue
                tried.add(chair)
                if chair not in self.holders or self._seat(self.holders[chair], tried):
                    self.holders[chair] = child
                    return True
        return False

    def measure_least(self, told: dict[int, set[int]]) -> int | None:
        """Return the least sum of ways in whole centimetres; None where no division fits.

        Parameters
        ----------
        told
            Schools that are open to a child, by child_id; all for those who are not named.
        """
        if not self.divided:
            return 0
        chairs = [school for school, seats in self.left.items() for _ in range(seats)]
        ways = np.full((len(self.divided), len(chairs)), np.inf)
        for row, child in enumerate(self.divided):
            for school in told.get(child["child_id"], set(child["reach"])) & set(child["reach"]):
                columns = [at for at, chair in enumerate(chairs) if chair == school]
                ways[row, columns] = round(self.measure_way_m(child, school) * 100)
        try:
            rows, chosen = linear_sum_assignment(ways)
        except ValueError:  # no division fits
            return None
        return int(ways[rows, chosen].sum())
