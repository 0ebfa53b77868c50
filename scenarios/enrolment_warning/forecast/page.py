"""Which page of the forecast is open, as the state of the cockpit says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from catchments.forecast.entrants import list_years
from catchments.profile import Profile
from gis.errors import UsageError
from layers.language import msgid
from scenarios.enrolment_warning.forecast.runs import MIDDLE

# Scenarios of births and moves, and their names.
VARIANTS = {"low": msgid("Low"), "middle": msgid("Middle"), "high": msgid("High")}
CLOSED: dict[str, None] = {"ahead": None, "variant": None}


@dataclass(frozen=True)
class Ahead:
    """The page of the years ahead.

    Parameters
    ----------
    year
        Year that the map and the table of catchments tell; nothing: the first one.
    variant
        Scenario of births and moves.
    """

    year: int | None = None
    variant: str = MIDDLE

    def choose_year(self, profile: Profile) -> int:
        """Return the year that is told.

        Raises
        ------
        UsageError
            When the district does not forecast that year.
        """
        years = list_years(profile)
        if self.year is None:
            return years[min(4, len(years) - 1)]
        if self.year not in years:
            raise UsageError(
                f"Year {self.year} is not forecast in district {profile.code}.",
                mend=f"Use a year from {years[0]} to {years[-1]}.",
            )
        return self.year


def parse_ahead(data: Any) -> Ahead | None:
    """Read the page from the state of the browser; nothing while it is closed.

    Raises
    ------
    UsageError
        When a word of it is unknown.

    Examples
    --------
    >>> parse_ahead({"ahead": "2031", "variant": "low"})
    Ahead(year=2031, variant='low')
    """
    year, variant = str(data.get("ahead") or ""), data.get("variant") or MIDDLE
    if not year:
        return None
    if variant not in VARIANTS:
        raise UsageError(
            f"There is no scenario '{variant}'.", mend=f"Use one of {', '.join(VARIANTS)}."
        )
    if year != "first" and not year.isdecimal():
        raise UsageError(f"'{year}' is no year.", mend="Write a year, or first.")
    return Ahead(None if year == "first" else int(year), str(variant))
