"""Shares of parts in catchments as a linear programme, and what its prices prove.

Every plan satisfies its rows, so that no plan costs less than its optimum. The bound is not what
the solver says but what the prices of the rows prove, over all pairs: rounding and unfinished
work only lower it, and a pair that the solver was not given is counted too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from catchments.bounds.highs import OUT_OF_TIME, SOLVED, UNSOLVABLE, Call
from catchments.bounds.watch import Watch
from catchments.units import Numbers, Positions

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Programme:
    """Minimise cost·x over rows·x ≤ most, 0 ≤ x ≤ upper; the shares of each part sum to 1.

    The first k columns are pairs of a part and a catchment, sorted by part; others follow. A
    catchment is open as far as it holds its root, one of its own parts.
    """

    part: Positions  # k
    catchment: Positions  # k
    cost: Numbers  # columns
    upper: Numbers  # columns
    rows: csr_array
    most: Numbers  # rows
    root: Positions  # m
    has_choice: Flags  # m: catchments that may stay closed

    @property
    def pairs(self) -> int:
        """How many of the columns are pairs."""
        return int(self.part.size)

    @property
    def parts(self) -> int:
        """How many parts there are; each has a pair."""
        return int(self.part[-1]) + 1

    def number_pairs(self) -> Positions:
        """Return the column of each pair, shape (n, m), or -1."""
        at = np.full((self.parts, self.root.size), -1, dtype=np.int64)
        at[self.part, self.catchment] = np.arange(self.pairs)
        return at

    def get_shares(self, values: Numbers) -> Numbers:
        """Return the share of each part in each catchment, shape (n, m)."""
        shares = np.zeros((self.parts, self.root.size))
        shares[self.part, self.catchment] = values[: self.pairs]
        return shares

    def add_rows(self, rows: csr_array, most: Numbers) -> Programme:
        """Return the programme with more rows."""
        return replace(
            self,
            rows=csr_array(vstack([self.rows, rows], format="csr")),
            most=np.concatenate([self.most, most]),
        )

    def keep_rows(self, kept: Flags) -> Programme:
        """Return the programme with some of its rows."""
        return replace(self, rows=csr_array(self.rows[np.flatnonzero(kept)]), most=self.most[kept])

    def keep_pairs(self, kept: Flags) -> Programme:
        """Return the programme with some of its pairs; each part must keep one."""
        columns = np.concatenate([kept, np.ones(self.cost.size - self.pairs, dtype=bool)])
        return replace(
            self,
            part=self.part[kept],
            catchment=self.catchment[kept],
            cost=self.cost[columns],
            upper=self.upper[columns],
            rows=csr_array(self.rows[:, np.flatnonzero(columns)]),
        )


@dataclass(frozen=True, eq=False)
class Proof:
    """What prices of the rows prove: cost ≥ bound + Σ reduced·x for each plan."""

    bound: float
    reduced: Numbers  # columns, from 0
    least: Numbers  # n: what each part pays at least


@dataclass(frozen=True, eq=False)
class Relaxed:
    """Optimal shares of the pairs that the solver was given, and prices.

    Without values the pairs given have no solution.
    """

    values: Numbers | None  # columns
    price: Numbers  # rows, from 0
    part_price: Numbers  # n


@dataclass(frozen=True, eq=False)
class Whole:
    """The best whole solution met (none if none was), and what all of them cost at least.

    It is done unless more time would help.
    """

    values: Numbers | None
    bound: float
    is_done: bool


def prove_bound(programme: Programme, price: Numbers) -> Proof:
    """Return what prices from 0 prove by weak duality.

    Each part pays at least for the cheapest of its pairs, prices of the rows included.
    """
    net = programme.cost + programme.rows.T @ price
    pairs, others = net[: programme.pairs], net[programme.pairs :]
    first = np.searchsorted(programme.part, np.arange(programme.parts))
    least = np.minimum.reduceat(pairs, first)
    loss = np.minimum(others, 0.0)
    bound = least.sum() + loss @ programme.upper[programme.pairs :] - price @ programme.most
    reduced = np.concatenate([pairs - least[programme.part], others - loss])
    return Proof(float(bound), reduced, least)


def solve_shares(programme: Programme, given: Flags, watch: Watch) -> Relaxed | None:
    """Solve the programme with the given columns; None when it is not solved in time."""
    columns = np.flatnonzero(given)
    answer = watch.solve(
        Call(
            programme.cost[columns],
            csr_array(programme.rows[:, columns]),
            programme.most,
            csr_array(_sum_parts(programme)[:, columns]),
            programme.upper[columns],
            is_whole=None,
            limit_s=np.inf,
        )
    )
    if answer is None or answer.status not in (SOLVED, UNSOLVABLE):
        return None
    if answer.values is None:
        return Relaxed(None, np.zeros(programme.most.size), np.zeros(programme.parts))
    values = np.zeros(programme.cost.size)
    values[columns] = answer.values
    return Relaxed(values, answer.price, answer.part_price)


def solve_whole(programme: Programme, is_whole: Flags, limit_s: float, watch: Watch) -> Whole:
    """Solve the programme with some columns whole numbers, for some seconds at most.

    The bound is infinite when there is no such solution.
    """
    answer = watch.solve(
        Call(
            programme.cost,
            programme.rows,
            programme.most,
            _sum_parts(programme),
            programme.upper,
            is_whole,
            limit_s,
        )
    )
    if answer is None:
        return Whole(None, -np.inf, False)
    if answer.status == UNSOLVABLE:
        return Whole(None, np.inf, True)
    return Whole(answer.values, answer.bound, answer.status != OUT_OF_TIME)


def _sum_parts(programme: Programme) -> csr_array:
    ones, at = np.ones(programme.pairs), np.arange(programme.pairs)
    shape = (programme.parts, programme.cost.size)
    return csr_array((ones, (programme.part, at)), shape=shape)
