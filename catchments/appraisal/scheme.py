"""What an appraisal scheme says: dimensions, indicators, groups of schools, how ranks are tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

HIGHER, LOWER, WITHIN = "higher", "lower", "within"
DIRECTIONS = (HIGHER, LOWER, WITHIN)
TIERS = ("basic", "developmental", "leading")  # 基础性、发展性、引领性指标
LEFT_OUT, ZERO = "left_out", "zero"
WHOLE = "whole"  # the part that is all indicators together


@dataclass(frozen=True)
class Named:
    """Something with a code for programs and names for people."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Indicator(Named):
    """One indicator.

    Parameters
    ----------
    dimension
        Code of the dimension it belongs to.
    tier
        basic, developmental or leading.
    weight
        Its share of the whole; all weights sum to 100.
    direction
        higher or lower is better, or best is within a span.
    bounds
        Raw values of 0 and 100 points, the lower first; for `within` four that rise: 0 points at
        the outer two, 100 from the second to the third.
    if_missing
        left_out: the other indicators carry its weight; zero: no proof, no points.
    fact
        Name of what the registers tell; nothing where somebody scores it.
    """

    dimension: str
    tier: str
    unit_zh: str
    unit_en: str
    weight: float
    direction: str
    bounds: tuple[float, ...]
    if_missing: str
    evidence_zh: str
    evidence_en: str
    scored_by: str
    fact: str | None = None


@dataclass(frozen=True)
class Group(Named):
    """Schools that are ranked among each other, by their kind."""

    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Stability:
    """How ranks are tried: weights vary, evenly, by so many per cent each."""

    vary_pct: float
    draws: int
    seed: int
    interval_pct: float


@dataclass(frozen=True)
class PeerRule:
    """How similar schools are found: how many, and how much each likeness weighs."""

    count: int
    size: float
    urban: float
    intake: float


@dataclass(frozen=True)
class Thresholds:
    """From which points a difference is told in words.

    Parameters
    ----------
    strength_points, weakness_points
        Above and below the middle of the peers.
    change_points
        From one year to the next.
    most
        Strengths, and weaknesses, that are told of a school.
    """

    strength_points: float
    weakness_points: float
    change_points: float
    most: int


@dataclass(frozen=True)
class Scheme(Named):
    """A scheme; see ``docs/methods/appraisal.md``.

    Parameters
    ----------
    least_known_pct
        Weight of the indicators that must be known for a school to get a score.
    version
        SHA-256 of its text.
    """

    source: str
    year: int
    dimensions: tuple[Named, ...]
    scorers: tuple[Named, ...]
    indicators: tuple[Indicator, ...]
    groups: tuple[Group, ...]
    least_known_pct: float
    stability: Stability
    peers: PeerRule
    thresholds: Thresholds
    version: str

    @cached_property
    def weights(self) -> np.ndarray:
        """Weights of the indicators, shape (indicators,); they sum to 100."""
        return np.array([one.weight for one in self.indicators])

    def list_facts(self) -> list[str]:
        """Return the names of the facts that indicators ask the registers for."""
        return sorted({one.fact for one in self.indicators if one.fact is not None})

    def iterate_parts(self) -> Iterator[tuple[str, np.ndarray]]:
        """Yield the whole, each dimension and each tier with the indicators that belong to it."""
        yield WHOLE, np.ones(len(self.indicators), dtype=bool)
        for dimension in self.dimensions:
            yield (
                dimension.code,
                np.array([one.dimension == dimension.code for one in self.indicators]),
            )
        for tier in TIERS:
            belongs = np.array([one.tier == tier for one in self.indicators])
            if belongs.any():
                yield tier, belongs

    def find_group(self, kind: str) -> str | None:
        """Return the code of the group that schools of a kind are ranked in, if any."""
        return next((one.code for one in self.groups if kind in one.kinds), None)
