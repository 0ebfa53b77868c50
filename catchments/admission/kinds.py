"""What runs of the assignment are called where runs of all kinds are stored."""

from __future__ import annotations


def name_kind(stage: str, year: int) -> str:
    """Return the kind of the runs that assign a stage in a year.

    Examples
    --------
    >>> name_kind("primary", 2026)
    'admission primary 2026'
    """
    return f"admission {stage} {year}"
