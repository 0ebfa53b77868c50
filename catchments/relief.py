"""Relief of one catchment: as few children as possible go to neighbours that have seats."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from catchments.boundaries import METHODS, Request, Ways
from catchments.units import Terms
from gis.errors import RejectedDataError

# In kilometres for each child that is moved: far beyond any way, so that few are moved first and
# short ways come after.
_MOVE_KM = 100.0


@dataclass(frozen=True, eq=False)
class Relief:
    """A boundary that moves.

    Parameters
    ----------
    moved_children, left_children
        Who changes school, and who stays in the relieved catchment.
    receivers
        school_id, units, children; most children first.
    units
        The units that move: their new school_id by planning_unit_id.
    is_relieved
        Whether no more than the most children are left.
    """

    moved_children: int
    left_children: int
    receivers: pd.DataFrame
    units: pd.Series
    is_relieved: bool
    seconds: float


def relieve_catchment(
    request: Request, school_id: int, most_children: pd.Series, *, time_limit_s: float
) -> Relief | None:
    """Move the boundary of one catchment until it holds no more than its most children.

    Only units of this catchment move, and only to catchments that border it and have room; none
    of them gets more than its own most children. The engine that balances catchments keeps them
    in one piece and looks for the fewest moved, then for the shortest ways. Where no division
    keeps everybody within the limits nothing moves.

    Parameters
    ----------
    request
        The stage, with ways, borders and the present division.
    most_children
        By school_id: the most children that each school takes; missing where nobody stated seats.

    Returns
    -------
    Relief or None
        None where no bordering catchment takes anybody.
    """
    began = time.perf_counter()
    part = _select_neighbourhood(request, school_id, most_children)
    if part is None:
        return None
    assert part.current is not None
    before = part.current.reindex(part.units.index)
    try:
        drawn = METHODS["balanced"](replace(part, time_limit_s=time_limit_s)).school_id
    except RejectedDataError:  # no division keeps everybody within the limits
        drawn = before
    after = drawn.reindex(part.units.index)
    moved = after[(after != before).to_numpy()]
    children = part.units["pupils"]
    table = pd.DataFrame({"school_id": moved, "children": children.loc[moved.index]})
    receivers = (
        table.groupby("school_id", as_index=False)
        .agg(units=("children", "size"), children=("children", "sum"))
        .sort_values(["children", "school_id"], ascending=[False, True], ignore_index=True)
    )
    left = children[(after == school_id).to_numpy()].sum()
    return Relief(
        round(float(table["children"].sum())),
        round(float(left)),
        receivers.astype({"children": int}),
        moved,
        bool(left <= most_children.loc[school_id] + 1e-9),
        round(time.perf_counter() - began, 2),
    )


def _select_neighbourhood(
    request: Request, school_id: int, most_children: pd.Series
) -> Request | None:
    """Return the catchment with those that border it and can take somebody."""
    assert request.current is not None and request.ways is not None
    owner = request.current.reindex(request.units.index)
    mine = owner.index[(owner == school_id).to_numpy()]
    near = _find_neighbours(request.borders, owner, mine)
    now = request.units["pupils"].groupby(owner).sum()
    free = most_children.reindex(near) - now.reindex(near).fillna(0)
    takers = [int(school) for school in free.index[(free > 0).to_numpy()]]
    takers = [school for school in takers if school in request.schools.index]
    if not takers:
        return None
    chosen = [school_id, *takers]
    units = request.units[owner.isin(chosen).to_numpy()]
    # A school that stands in a unit of another catchment would not be found.
    stands = request.schools.loc[chosen, "planning_unit_id"].isin(units.index)
    chosen = [school for school in chosen if stands[school]]
    if school_id not in chosen or len(chosen) < 2:
        return None
    units = request.units[owner.isin(chosen).to_numpy()]
    most = most_children.reindex(chosen).where(lambda value: value > 0, 0)
    schools = request.schools.loc[chosen].assign(seats=most.astype("Float64"))
    rows = request.units.index.get_indexer(units.index)
    columns = request.schools.index.get_indexer(pd.Index(chosen))
    borders = request.borders
    kept = borders["unit_a"].isin(units.index) & borders["unit_b"].isin(units.index)
    current = owner.loc[units.index].astype(np.int64)
    place = schools.index.get_indexer(pd.Index(current))
    locked = [(row, int(at)) for row, at in enumerate(place) if chosen[at] != school_id]
    return replace(
        request,
        units=units,
        schools=schools,
        ways=Ways(
            request.ways.distance_m[np.ix_(rows, columns)],
            np.empty(0, np.intp),
            np.empty(0),
            np.empty((0, len(chosen)), np.float32),
            request.ways.on_foot,
        ),
        borders=borders[kept],
        current=current,
        terms=Terms(capacity="hard", w_change=_MOVE_KM, locked=tuple(locked)),
    )


def _find_neighbours(borders: pd.DataFrame, owner: pd.Series, mine: pd.Index) -> list[int]:
    """Return the schools of units that border a unit of `mine`."""
    ends = np.concatenate(
        [borders[["unit_a", "unit_b"]].to_numpy(), borders[["unit_b", "unit_a"]].to_numpy()]
    )
    over = ends[np.isin(ends[:, 0], mine.to_numpy()), 1]
    schools = owner.reindex(np.setdiff1d(over, mine.to_numpy())).dropna()
    return sorted({int(school) for school in schools})
