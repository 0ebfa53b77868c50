"""What is to be mended in a division: one row a fault."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

# What each kind of fault asks for; the values of a fault stand in its row.
MENDS = {
    "gap": "Give this ground to a school, or take it out of the district.",
    "overlap": "Give this ground to one of the schools and take it from the other.",
    "outside": "Cut the catchment at the border of the district.",
    "island": "Join this part to the rest of the catchment, or give it to the school around it.",
    "hole": "Join the enclosed piece to its own school's catchment, or give it to the one around.",
    "school_outside": "Draw the catchment so that it holds its school, or correct the school's"
    " place.",
    "no_catchment": "Give the school a catchment, or leave it out of the stage.",
    "cut_unit": "Move the border to the edge of the planning unit, or divide the unit in two.",
    "broken": "Draw this polygon again; its border crosses itself or it holds no ground.",
    "unknown_school": "Correct the name of the school, or add the school.",
    "unknown": "Correct the name, or add what it names to the district.",
    "named_twice": "Name it once, under one school.",
    "empty_range": "Correct the street or the numbers; no door bears them.",
    "door_in_no_range": "Give these doors to a school.",
    "door_in_two_ranges": "Shorten one of the ranges so that each door is in one.",
    "door_without_number": "Give these doors a number, or their planning units to a school.",
    "door_without_unit": "Correct the place of these doors; no planning unit holds them.",
}
COLUMNS = ("kind", "school_ids", "unit_ids", "named", "area_m2", "count", "mend", "geometry")
_NAMES_TOLD = 10


@dataclass(frozen=True)
class Finding:
    """One fault; schools and units by id, `named` by the words of the plan."""

    kind: str
    school_ids: tuple[Any, ...] = ()
    unit_ids: tuple[Any, ...] = ()
    named: str = ""
    area_m2: float | None = None
    count: int | None = None
    geometry: Any = None


def list_findings(findings: Iterable[Finding], crs: object) -> gpd.GeoDataFrame:
    """List faults as a table, kinds in the order of :data:`MENDS`, the largest first."""
    rank = {kind: at for at, kind in enumerate(MENDS)}
    ordered = sorted(
        findings,
        key=lambda one: (
            rank[one.kind],
            -round(one.area_m2 or 0.0, 3),
            -(one.count or 0),
            str(one.school_ids),
            str(one.unit_ids),
            one.named,
        ),
    )
    table = pd.DataFrame(
        [{**vars(one), "mend": MENDS[one.kind]} for one in ordered], columns=list(COLUMNS)
    )
    table["area_m2"] = table["area_m2"].astype(float)
    table["count"] = table["count"].astype("Int64")
    return gpd.GeoDataFrame(table, geometry="geometry", crs=crs)


def name_some(names: Iterable[Any]) -> str:
    """Name the first few of many things.

    Examples
    --------
    >>> name_some(range(12))
    '0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more'
    """
    told = [str(name) for name in names]
    more = f" and {len(told) - _NAMES_TOLD} more" if len(told) > _NAMES_TOLD else ""
    return f"{', '.join(told[:_NAMES_TOLD])}{more}"
