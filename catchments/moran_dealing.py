"""Values dealt out anew by the thousand, compiled: what chance makes of Moran's I.

Each permutation has a stream of its own, so that the same seed deals the same on any machine and
in any number of threads. SOURCE: splitmix64, Steele, Lea and Flood (2014), OOPSLA; Fisher and
Yates.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gis.compiled import compiled_in_place

Numbers = NDArray[np.float64]
Positions = NDArray[np.int64]
Words = NDArray[np.uint64]

# A permutation that gives the same sum in another order is a tie, whatever its last binary digit;
# ties count on both sides, so that where all permutations tie chance is certain.
_TIE = 1e-12


@compiled_in_place
def _step(state: Words) -> np.uint64:
    """Return the next random word (splitmix64)."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    word = state[0]
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


@compiled_in_place
def _pick(below: int, state: Words) -> np.int64:
    """Return a whole number from 0 to `below`, all but evenly: 32 bits for some thousand."""
    return np.int64(((_step(state) >> np.uint64(32)) * np.uint64(below)) >> np.uint64(32))


@compiled_in_place
def shuffle(dealt: Numbers, seed: np.uint64, number: int, state: Words) -> None:
    """Deal values anew in place, by the stream `number` of a seed."""
    state[0] = seed * np.uint64(0xD1342543DE82EF95) + np.uint64(number)
    state[0] = _step(state)  # streams of neighbouring numbers lie far apart
    last = dealt.size - 1
    while last > 0:
        word = _step(state)  # its two halves deal two values
        for half in (word >> np.uint64(32), word & np.uint64(0xFFFFFFFF)):
            if last > 0:
                other = np.int64((half * np.uint64(last + 1)) >> np.uint64(32))
                kept = dealt[last]
                dealt[last] = dealt[other]
                dealt[other] = kept
                last -= 1


@compiled_in_place
def draw_rows(
    others: int, seed: np.uint64, deck: NDArray[np.int32], state: Words, drawn: NDArray[np.int32]
) -> None:
    """Draw different ones of `others` into each row of `drawn`."""
    state[0] = seed
    for place in range(others):
        deck[place] = place
    for row in range(drawn.shape[0]):
        # The deck stays mixed from row to row, which does no harm to chance.
        for place in range(drawn.shape[1]):
            other = place + _pick(others - place, state)
            kept = deck[place]
            deck[place] = deck[other]
            deck[other] = kept
            drawn[row, place] = deck[place]


@compiled_in_place
def deal_maps(
    one: Positions,
    other: Positions,
    together: Numbers,
    deviation: Numbers,
    scale: float,
    found: float,
    seed: np.uint64,
    first: int,
    last: int,
    dealt: Numbers,
    state: Words,
    side: NDArray[np.int8],
) -> None:
    """Tell of permutations `first` to `last` of a map on which side of the found I theirs lies."""
    for number in range(first, last):
        for school in range(deviation.size):
            dealt[school] = deviation[school]
        shuffle(dealt, seed, number, state)
        total = 0.0
        for pair in range(one.size):
            total += together[pair] * dealt[one[pair]] * dealt[other[pair]]
        apart = scale * total - found
        side[number] = 0 if abs(apart) <= _TIE else 1 if apart > 0 else -1


@compiled_in_place
def deal_neighbours(
    starts: Positions,
    weight: Numbers,
    deviation: Numbers,
    scale: float,
    statistic: Numbers,
    drawn: NDArray[np.int32],
    first: int,
    last: int,
    larger: Positions,
    smaller: Positions,
) -> None:
    """Count for schools `first` to `last` the draws whose I is at least, and at most, the own."""
    for one in range(first, last):
        begin, held = starts[one], starts[one + 1] - starts[one]
        factor, found, above, below = scale * deviation[one], statistic[one], 0, 0
        for draw in range(drawn.shape[0]):
            lag = 0.0
            for place in range(held):
                other = drawn[draw, place]
                if other >= one:
                    other += 1
                lag += weight[begin + place] * deviation[other]
            apart = factor * lag - found
            if apart >= -_TIE:
                above += 1
            if apart <= _TIE:
                below += 1
        larger[one] = above
        smaller[one] = below
