"""Seats within reach of each child: the two-step floating catchment area.

First every school shares its seats among all children within reach of it; then every place adds
up the shares of all schools within its reach. A distance may weigh less the longer it is. All
seats that any child can reach are handed out, none twice: the sum of children × access is the
sum of these seats.

SOURCE: Luo and Wang (2003), Environment and Planning B 30; with weights by distance Luo and Qi
(2009), Health & Place 15 (steps), and Dai (2010), Health & Place 16 (gaussian).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from catchments.boundaries import Request
from catchments.profile import Profile
from gis.compiled import compiled_in_place, share_rows
from gis.errors import UsageError

Numbers = NDArray[np.float64]
Positions = NDArray[np.int64]

# Blocks are fixed, so that sums never depend on the number of cores.
_BLOCK = 4096
# Gaussian of Dai (2010): 1 at the door, falling as a bell to 0 at the edge of the reach.
_BELL_EDGE = np.exp(-0.5)


@dataclass(frozen=True, eq=False)
class Decay:
    """Weight of a distance: 1 at the door, nothing beyond the reach.

    Parameters
    ----------
    reach_m
        Distance that is still within reach.
    edges_m, weights
        Outer edges of rings, rising up to `reach_m`, and what a distance within each weighs;
        without rings a bell, 1 at the door and 0 at the edge of the reach.
    """

    reach_m: float
    edges_m: Numbers
    weights: Numbers


@dataclass(frozen=True, eq=False)
class Reach:
    """The schools near each of n places, row by row.

    Parameters
    ----------
    starts
        n + 1; the schools of place i stand from `starts[i]` to `starts[i + 1]`.
    school
        Position of each school among `schools`.
    distance_m
        From the place to it.
    """

    starts: Positions
    school: NDArray[np.int32]
    distance_m: NDArray[np.float32]
    schools: int


def build_decay(
    kind: str, reach_m: float, steps: Sequence[tuple[float, float]] = ((100.0, 1.0),)
) -> Decay:
    """Build the weights of distances.

    Parameters
    ----------
    kind
        ``none``: all within reach weigh 1; ``steps``; ``gaussian``.
    steps
        Outer edge in per cent of the reach, rising to 100, and weight of each ring; for
        ``steps`` alone.

    Examples
    --------
    >>> build_decay("steps", 1500, [(50, 1.0), (100, 0.4)]).edges_m.tolist()
    [750.0, 1500.0]
    """
    rings = {"none": ((100.0, 1.0),), "steps": steps, "gaussian": ()}
    if kind not in rings:
        raise UsageError(f"There is no decay '{kind}'.", mend=f"Use one of {', '.join(rings)}.")
    table = np.asarray(rings[kind], dtype=np.float64).reshape(-1, 2)
    return Decay(reach_m, table[:, 0] / 100.0 * reach_m, table[:, 1].copy())


def read_decay(profile: Profile, stage: str) -> Decay | None:
    """Return the decay that the profile sets for a stage; nothing where it is not measured."""
    rules = profile.accessibility
    if stage not in rules.reach_m:
        return None
    steps = [(step.up_to_pct, step.weight) for step in rules.steps]
    return build_decay(rules.decay, rules.reach_m[stage], steps)


def list_reach(distance_m: ArrayLike, *, reach_m: float) -> Reach:
    """List the schools within reach of each place, from a whole table of distances.

    Parameters
    ----------
    distance_m
        Shape (places, schools); NaN or infinity where there is no way.

    Examples
    --------
    >>> reach = list_reach([[200.0, 900.0], [np.nan, 300.0]], reach_m=500)
    >>> reach.starts.tolist(), reach.school.tolist()
    ([0, 1, 2], [0, 1])
    """
    table = np.asarray(distance_m, dtype=np.float32)
    is_near = table <= reach_m
    _, school = np.nonzero(is_near)
    starts = np.concatenate([[0], np.cumsum(is_near.sum(axis=1))]).astype(np.int64)
    return Reach(starts, school.astype(np.int32), table[is_near], table.shape[1])


def measure_access(
    reach: Reach,
    children: ArrayLike,
    seats: ArrayLike,
    decay: Decay,
    *,
    cores: int | None = None,
) -> Numbers:
    """Measure the seats within reach of one child at each place.

    A school of which no child is within reach hands out nothing. A place without children has
    the access that a child there would have; one without any school in reach has 0.

    Parameters
    ----------
    reach
        Of n places; distances beyond the reach of `decay` count for nothing.
    children
        At each place, shape (n,), not negative.
    seats
        Of each school; missing where nobody stated them: such a school counts as without.

    Returns
    -------
    Numbers
        Seats per child, shape (n,).

    Raises
    ------
    UsageError
        Lengths do not fit, or children are missing or negative.

    Examples
    --------
    20 children reach school A (30 seats), 10 reach A and B (20 seats). A has 30 seats for 30
    children, one each; B 20 for 10, two each.

    >>> reach = list_reach([[200.0, 2000.0], [400.0, 300.0]], reach_m=500)
    >>> measure_access(reach, [20, 10], [30, 20], build_decay("none", 500)).tolist()
    [1.0, 3.0]
    """
    demand, supply = np.array(children, np.float64), np.array(seats, np.float64)
    count = reach.starts.size - 1
    if demand.shape != (count,) or supply.shape != (reach.schools,):
        raise UsageError(
            f"{demand.size} numbers of children and {supply.size} of seats came for {count} places"
            f" and {reach.schools} schools.",
            mend="Give one number for each.",
        )
    wrong = np.flatnonzero(~(demand >= 0) | np.isinf(demand))
    if wrong.size:
        raise UsageError(
            f"Children of place {wrong[0]} are {demand[wrong[0]]}.", mend="Give numbers from 0."
        )
    weights = np.empty(reach.school.size)
    parts = np.zeros((-(-count // _BLOCK) or 1, reach.schools))

    def gather(first: int, last: int) -> None:
        for start in range(first, last, _BLOCK):
            stop = min(start + _BLOCK, last)
            _gather_demand(
                reach.starts, reach.school, reach.distance_m, demand, decay.reach_m,
                decay.edges_m, decay.weights, start, stop, weights, parts[start // _BLOCK],
            )  # fmt: skip

    share_rows(gather, count, block=_BLOCK, cores=cores)
    reached = parts.sum(axis=0)
    is_served = reached > 0
    share = np.where(is_served, np.nan_to_num(supply) / np.where(is_served, reached, 1.0), 0.0)
    access = np.empty(count)

    def add(first: int, last: int) -> None:
        _add_shares(reach.starts, reach.school, weights, share, first, last, access)

    share_rows(add, count, block=_BLOCK, cores=cores)
    return access


@compiled_in_place
def _gather_demand(
    starts: Positions,
    school: NDArray[np.int32],
    distance_m: NDArray[np.float32],
    demand: Numbers,
    reach_m: float,
    edges_m: Numbers,
    ring_weights: Numbers,
    first: int,
    last: int,
    weights: Numbers,
    reached: Numbers,
) -> None:
    """Write the weight of every pair and add the weighted children to the schools."""
    rings = edges_m.size
    scale, slope = -0.5 / (reach_m * reach_m), 1.0 / (1.0 - _BELL_EDGE)
    for place in range(first, last):
        here = demand[place]
        for pair in range(starts[place], starts[place + 1]):
            far = np.float64(distance_m[pair])
            weight = 0.0
            if far <= reach_m:
                if rings == 0:
                    weight = max((np.exp(far * far * scale) - _BELL_EDGE) * slope, 0.0)
                else:
                    ring = 0
                    while ring < rings - 1 and far > edges_m[ring]:
                        ring += 1
                    weight = ring_weights[ring]
            weights[pair] = weight
            reached[school[pair]] += weight * here


@compiled_in_place
def _add_shares(
    starts: Positions,
    school: NDArray[np.int32],
    weights: Numbers,
    share: Numbers,
    first: int,
    last: int,
    access: Numbers,
) -> None:
    for place in range(first, last):
        total = 0.0
        for pair in range(starts[place], starts[place + 1]):
            total += weights[pair] * share[school[pair]]
        access[place] = total


def measure_unit_access(
    request: Request, children: pd.Series, seats: pd.Series, decay: Decay
) -> pd.DataFrame:
    """Measure the access of planning units, door by door, and their nearest school.

    Children of a unit live behind its doors in the shares of the request, which also weigh the
    doors' access into that of the unit: children × access sums to the seats that are in reach.

    Parameters
    ----------
    request
        With ways; `pupils` is 1 for every unit, so that doors hold their share of it.
    children
        By planning_unit_id; units left out have none.
    seats
        By school_id, missing where not stated.

    Returns
    -------
    DataFrame
        planning_unit_id, seats_per_child, nearest_school_id and nearest_walk_m (the mean walk of
        the unit's doors to the school to which they walk least, equal ones to the lowest id; both
        missing where no school is reached), in order of the units.

    Examples
    --------
    >>> from catchments.boundaries import measure_straight_ways
    >>> units = pd.DataFrame({"x_m": [0.0, 600.0], "y_m": 0.0, "pupils": 1.0}, index=[1, 2])
    >>> schools = pd.DataFrame({"x_m": [0.0, 700.0], "y_m": 0.0}, index=[7, 8])
    >>> request = Request(units, schools, measure_straight_ways(units, schools))
    >>> table = measure_unit_access(
    ...     request, pd.Series({1: 10, 2: 5}), pd.Series({7: 5, 8: 5}), build_decay("none", 300))
    >>> table.values.tolist()
    [[1, 0.5, 7, 0.0], [2, 1.0, 8, 100.0]]
    """
    ways, units = request.ways, request.units
    assert ways is not None  # the caller measured them
    held = children.reindex(units.index).fillna(0).to_numpy(np.float64)
    access = measure_access(
        list_reach(ways.door_distance_m, reach_m=decay.reach_m),
        held[ways.door_unit] * ways.door_pupils,
        seats.reindex(request.schools.index).to_numpy(np.float64, na_value=np.nan),
        decay,
    )
    ids = request.schools.index.to_numpy()
    order = np.argsort(ids, kind="stable")
    walks = ways.distance_m[:, order]
    best = walks.argmin(axis=1)
    walk_m = walks[np.arange(len(units)), best]
    is_led = np.isfinite(walk_m)
    return pd.DataFrame(
        {
            "planning_unit_id": units.index.to_numpy(),
            "seats_per_child": np.bincount(
                ways.door_unit, weights=access * ways.door_pupils, minlength=len(units)
            ),
            "nearest_school_id": pd.Series(ids[order][best]).astype("Int64").where(is_led),
            "nearest_walk_m": np.where(is_led, walk_m, np.nan),
        }
    )
