"""Which page of the addresses is open, as the state of the cockpit says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gis.errors import UsageError

LIST = "open"
CLOSED: dict[str, None] = {"addresses": None, "spot": None}


@dataclass(frozen=True)
class Page:
    """The queue of addresses, or one of them.

    Parameters
    ----------
    id
        Address of the queue that is open; None for the list.
    spot
        What was chosen for it: the code of a candidate.
    point
        Or a place on the map, longitude and latitude in degrees.
    """

    id: int | None = None
    spot: str | None = None
    point: tuple[float, float] | None = None


def parse_page(data: Mapping[str, Any]) -> Page | None:
    """Read the page from the state of the browser; nothing while it is closed.

    Raises
    ------
    UsageError
        When a number of it is none.

    Examples
    --------
    >>> parse_page({"addresses": "12", "spot": "@120.62,27.96"})
    Page(id=12, spot=None, point=(120.62, 27.96))
    >>> parse_page({"addresses": "open"}), parse_page({})
    (Page(id=None, spot=None, point=None), None)
    """
    text, spot = str(data.get("addresses") or ""), str(data.get("spot") or "")
    if not text:
        return None
    if text == LIST:
        return Page()
    if not text.isdecimal():
        raise UsageError(f"'{text}' is no address of the queue.", mend="Write its number, or open.")
    if not spot.startswith("@"):
        return Page(int(text), spot or None)
    try:
        lon, lat = (float(part) for part in spot[1:].split(","))
    except ValueError as error:
        raise UsageError(f"'{spot}' is no place.", mend="Click the map.") from error
    return Page(int(text), point=(lon, lat))
