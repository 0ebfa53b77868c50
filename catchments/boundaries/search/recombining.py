"""Plans put together anew of the whole catchments that a run of annealing met.

A run freezes with one part of the district better than ever before and another one worse. Each
part must be in one of the catchments chosen, and one is chosen of each school: the best choice of
all that were met is an integer programme.
SOURCE: set partitioning for districts, Garfinkel and Nemhauser (1970), Management Science 16.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from catchments.boundaries.search.annealing import HOT, Found, improve
from catchments.boundaries.search.board import COST, Board, Numbers, Whole, set_up
from catchments.boundaries.search.gathering import Catchments, Columns
from catchments.bounds.highs import Call
from catchments.bounds.watch import Watch

# Share of a run that this may take, and moves that a run has at least to be worth it.
_SHARE, _LEAST_PROPOSALS = 0.2, 10_000_000
# ASSUMPTION: so many catchments can be chosen from in the time that this many moves take.
_COLUMNS, _PER_PROPOSALS, _MOST_COLUMNS = 3_000, 13_000_000, 6_000
_MOST_SHARES = 15_000  # columns of the linear programme: the last ones met
_NODES = 500  # of the branching
_NEVER_S = 1e9


def improve_and_recombine(
    board: Board,
    start: Whole,
    *,
    proposals: int,
    seed: int,
    pace: Callable[[], float],
    hot: float = HOT,
    is_steady: bool = False,
) -> Found:
    """Anneal as :func:`improve` does; then put the catchments met together anew.

    Parameters
    ----------
    proposals
        What the whole of it may take, in moves that could be tried instead.
    """
    if proposals < _LEAST_PROPOSALS:
        return improve(
            board,
            start,
            proposals=proposals,
            seed=seed,
            pace=pace,
            hot=hot,
            is_steady=is_steady,
        )
    met, share = Catchments(), 1.0 - _SHARE
    with Watch(lambda: pace() >= 1.0, lambda: _NEVER_S) as watch:
        watch.prepare()
        found = improve(
            board,
            start,
            proposals=int(share * proposals),
            seed=seed,
            pace=lambda: pace() / share,
            hot=hot,
            is_steady=is_steady,
            met=met,
        )
        if found.faults > 0.0:
            return found
        columns = min(_MOST_COLUMNS, _COLUMNS * proposals // _PER_PROPOSALS)
        home = recombine(board, found.home, met, columns=columns, watch=watch)
        found = replace(found, is_late=found.is_late or watch.is_up)
    if home is None:
        return found
    cost = float(set_up(board, home).totals[COST])
    return replace(found, home=home, cost=cost) if cost < found.cost else found


def recombine(
    board: Board, home: Whole, met: Catchments, *, columns: int, watch: Watch
) -> Whole | None:
    """Return the best division that the catchments met make up, None where it was not found.

    Parameters
    ----------
    home
        n: the best division so far, without a fault.
    met
        The catchments met; those of `home` are added.
    columns
        How many of them are chosen from: those of `home`, and of the others the cheapest.
    watch
        Ends the work; nothing is returned then.
    """
    position = set_up(board, home)
    met.meet(board, position)
    kept = met.list_columns(board, most=_MOST_SHARES)
    answer = watch.solve(_lay_out(kept))
    if answer is None or answer.values is None:
        return None
    reduced = kept.worth - kept.rows.T @ answer.part_price
    gap = float(position.totals[COST]) - float(kept.worth @ answer.values)
    now = _mark_chosen(kept, home)
    cheapest = np.argsort(np.where(now, -np.inf, reduced), kind="stable")[:columns]
    kept = kept.keep(np.sort(cheapest[now[cheapest] | (reduced[cheapest] < gap)]))
    answer = watch.solve(_lay_out(kept)._replace(is_whole=np.ones(kept.worth.size, dtype=bool)))
    if answer is None or answer.values is None:
        return None
    return _read_home(board, kept, answer.values)


def _mark_chosen(columns: Columns, home: Whole) -> NDArray[np.bool_]:
    """Return which columns are the catchments of a division."""
    sizes = np.diff(columns.rows.indptr) - 1
    held = columns.rows[: home.size]
    same = [held.T @ (home == at) for at in range(int(columns.at.max()) + 1)]
    inside = np.array(same)[columns.at, np.arange(columns.at.size)]
    return (inside == sizes) & (sizes == np.bincount(home, minlength=len(same))[columns.at])


def _lay_out(columns: Columns) -> Call:
    count = columns.worth.size
    return Call(
        cost=columns.worth,
        rows=csr_array((0, count)),
        most=np.empty(0),
        sums=csr_array(columns.rows),
        upper=np.ones(count),
        is_whole=None,
        limit_s=_NEVER_S,
        most_nodes=_NODES,
    )


def _read_home(board: Board, columns: Columns, chosen: Numbers) -> Whole:
    home = np.empty(board.pupils.size, np.int32)
    for one in np.flatnonzero(chosen > 0.5):
        parts = columns.rows.indices[columns.rows.indptr[one] : columns.rows.indptr[one + 1]]
        home[parts[parts < home.size]] = columns.at[one]
    return home
