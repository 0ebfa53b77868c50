"""What a lower bound says."""

from __future__ import annotations

from dataclasses import dataclass

# Solvers work in floating point and let rows be broken by 1e-7; bounds are lowered by this share.
MARGIN = 1e-6


@dataclass(frozen=True, eq=False)
class Bound:
    """What no plan costs less than.

    Attributes
    ----------
    value
        No plan with at most the allowed pupils above the seats has a lower objective; minus
        infinity where nothing is proven. It is lowered by :data:`MARGIN` of itself, for rounding.
    kind
        Which relaxation gave it: ``seats`` (parts may be split, catchments torn), ``shares``
        (parts may be split, catchments hold together), ``open sites`` (the same, but sites are
        open or not), ``whole units``, or ``best plan`` (all better plans are ruled out).
    note
        What it cannot see, if anything.
    """

    value: float
    kind: str
    note: str = ""


def lower_by_margin(value: float) -> float:
    """Return a value less the share of it that rounding may have added.

    Examples
    --------
    >>> lower_by_margin(1000.0), lower_by_margin(0.0)
    (999.999, -1e-06)
    """
    return value - MARGIN * max(1.0, abs(value))
