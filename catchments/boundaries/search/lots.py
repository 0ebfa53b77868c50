"""Random numbers for compiled moves: a state of 64 bits in an array of one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gis.compiled import compiled_in_place

Lots = NDArray[np.uint64]

_SPREAD = 0x9E3779B97F4A7C15  # SOURCE: the odd number nearest to 2^64 / golden ratio


def open_lots(seed: int) -> Lots:
    """Return the state that a seed stands for; near seeds give far states."""
    return np.array([(seed + 1) * _SPREAD % 2**64 or 1], dtype=np.uint64)


@compiled_in_place
def draw_lot(lots: Lots) -> np.uint64:
    """Return the next of a row of random numbers. SOURCE: Marsaglia (2003), xorshift64*."""
    state = lots[0]
    state ^= state >> np.uint64(12)
    state ^= state << np.uint64(25)
    state ^= state >> np.uint64(27)
    lots[0] = state
    return state * np.uint64(2685821657736338717)


@compiled_in_place
def draw_below(lots: Lots, limit: int) -> int:
    """Return a random whole number from 0 to below `limit`."""
    return int((draw_lot(lots) >> np.uint64(33)) * np.uint64(limit) >> np.uint64(31))


@compiled_in_place
def draw_share(lots: Lots) -> float:
    """Return a random number from 0 to below 1."""
    return np.float64(draw_lot(lots) >> np.uint64(11)) * (1.0 / 9007199254740992.0)
