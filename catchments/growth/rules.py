"""Rules of student growth: events, points, levels and grades, as a file says them."""

from __future__ import annotations

from dataclasses import dataclass

UNRATED = "unrated"
OVERALL = "overall"


@dataclass(frozen=True)
class Level:
    """A level or a growth grade, with its names."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Domain:
    """A domain of growth.

    Parameters
    ----------
    from_points
        Points of a school year from which the second and each further level is reached, rising.
    least_events
        Records without which a pupil is not rated, 1 or more.
    """

    code: str
    name_zh: str
    name_en: str
    from_points: tuple[float, ...]
    least_events: int


@dataclass(frozen=True)
class Event:
    """A kind of record.

    Parameters
    ----------
    least, most
        Points of one record.
    most_a_year
        Points of its kind that count in a school year; None: all.
    """

    code: str
    domain: str
    name_zh: str
    name_en: str
    least: float
    most: float
    most_a_year: float | None


@dataclass(frozen=True)
class Grade:
    """A growth grade over all domains.

    Parameters
    ----------
    at_least
        Level code and the domains that must reach it or a higher one; all of them must hold.
    """

    level: Level
    at_least: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class GrowthRules:
    """What turns records into levels; levels from the lowest, grades from the highest.

    Parameters
    ----------
    year_begins
        Month and day on which a school year begins.
    text, version
        The file as it was read, and its SHA-256.
    """

    code: str
    name_zh: str
    name_en: str
    source: str
    year_begins: tuple[int, int]
    levels: tuple[Level, ...]
    domains: tuple[Domain, ...]
    events: tuple[Event, ...]
    grades: tuple[Grade, ...]
    text: str
    version: str

    def list_levels(self, domain: str) -> tuple[Level, ...]:
        """Return the levels of a domain from the lowest; those of ``overall`` are the grades."""
        if domain == OVERALL:
            return tuple(grade.level for grade in reversed(self.grades))
        return self.levels
