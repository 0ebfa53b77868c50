"""What is asked of a division, and words for its units and schools."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from catchments.boundaries.permitted import Flags, find_open, permit_pairs, reach_pairs
from catchments.units import Instance, Positions, Terms

MOST_NAMED = 10


@dataclass(eq=False)
class Question:
    """An instance and its terms after merging, and which units are explained already."""

    instance: Instance
    terms: Terms
    own_units: tuple[tuple[int, ...], ...]
    is_told: Flags = field(init=False)  # n

    def __post_init__(self) -> None:
        self.is_told = np.zeros(len(self.instance.unit_ids), dtype=bool)

    @cached_property
    def permitted(self) -> Flags:
        """Pairs that may be, shape (n, m)."""
        return permit_pairs(self.instance, self.own_units, self.terms)

    @cached_property
    def reached(self) -> Flags:
        """Permitted pairs that units join, shape (n, m)."""
        return reach_pairs(self.instance, self.own_units, self.terms, self.permitted)

    @cached_property
    def groups(self) -> list[list[int]]:
        """Units that go together: the groups of the terms, then each other unit alone."""
        grouped = {unit for group in self.terms.together for unit in group}
        alone = [[i] for i in range(len(self.instance.unit_ids)) if i not in grouped]
        return [*(list(group) for group in self.terms.together), *alone]

    @cached_property
    def forced(self) -> dict[int, dict[int, str]]:
        """Schools that a unit must belong to, and why."""
        forced: dict[int, dict[int, str]] = {}
        for school in np.flatnonzero(find_open(self.instance, self.terms)).tolist():
            for unit in self.own_units[school]:
                forced.setdefault(unit, {})[school] = "stands in it"
        for unit, school in self.terms.locked:
            forced.setdefault(unit, {}).setdefault(school, "is locked to it")
        return forced

    @property
    def seats_count(self) -> bool:
        """Whether no school may be above its seats."""
        return self.terms.capacity == "hard"

    def name_units(self, units: Positions | list[int]) -> str:
        """Return the first units by name, and how many more there are."""
        return _name([self.instance.unit_ids[i] for i in units], "unit")

    def name_schools(self, schools: Positions | list[int]) -> str:
        """Return the first schools by name, and how many more there are."""
        return _name([self.instance.school_ids[i] for i in schools], "school")

    def count_pupils(self, units: Positions | list[int]) -> float:
        """Return the pupils of units together."""
        return float(self.instance.pupils[np.asarray(units, dtype=np.int64)].sum())

    def tell_pupils(self, units: Positions | list[int]) -> str:
        """Return how many pupils units have together, in words."""
        return f"{tell_amount(self.count_pupils(units))} pupils"


def tell_amount(amount: float) -> str:
    """Return a number of pupils, seats or metres for people.

    Examples
    --------
    >>> tell_amount(1234567.0), tell_amount(0.5)
    ('1,234,567', '0.5')
    """
    return f"{amount:,.10g}"


def _name(ids: list[str], what: str) -> str:
    named = ", ".join(ids[:MOST_NAMED])
    more = f" and {len(ids) - MOST_NAMED:,} more" if len(ids) > MOST_NAMED else ""
    return f"{what}{'' if len(ids) == 1 else 's'} {named}{more}"
