"""Chance with a seed: each topic of the sample has its own stream of random numbers."""

from __future__ import annotations

import zlib

import numpy as np


def make_rng(seed: int, topic: str) -> np.random.Generator:
    """Return the random stream of a topic.

    A stream a topic keeps one topic unchanged when another draws more or fewer numbers.

    Examples
    --------
    >>> make_rng(1, "roofs").random() == make_rng(1, "roofs").random()
    True
    """
    return np.random.default_rng([seed, zlib.crc32(topic.encode())])
