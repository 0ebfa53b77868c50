"""Finding places by name, and where the camera goes to see them."""

from __future__ import annotations

import math
from typing import Any

from gis.database import read_table
from gis.errors import UsageError
from gis.selected_areas import build_area, parse_area
from layers.language import msgid
from scenarios.district import Plan
from scenarios.enrolment_warning.area import locate_parts
from scenarios.school_network.drafting_comparison_panel import read_moved
from scenarios.view import View

# Zoom of a single point; what has an extent is fitted into a map of so many pixels.
POINT_ZOOM = 15.2
FITTED_PX = 700
TILE_PX = 512

GROUPS = {
    "subdistrict": msgid("Subdistricts"),
    "school": msgid("Schools"),
    "community": msgid("Communities"),
}


def list_places(view: View) -> list[dict[str, Any]]:
    """List everything that can be searched for, grouped by kind.

    Returns
    -------
    list of dict
        Groups with ``items``; a value is ``kind:id:subdistrict id`` (the last may be empty).
    """
    places = read_table(view.connection, "search_places", district_id=view.district.id)
    _ = view.language
    grouped = []
    for kind, title in GROUPS.items():
        rows = places[places["kind"] == kind]
        values = rows["kind"] + ":" + rows["id"].astype(str) + ":"
        subdistricts = rows["subdistrict_id"].astype("Int64").astype("string").fillna("")
        labels = [_.pick(*names) for names in zip(rows["name_zh"], rows["name_en"], strict=True)]
        items = [
            {"value": value, "label": label}
            for value, label in zip(values + subdistricts, labels, strict=True)
        ]
        if items:
            grouped.append({"group": _(title), "items": items})
    return grouped


def find_camera(view: View, kind: str, id: int | None) -> dict[str, float]:
    """Return the camera that shows one thing, or all of the district for kind ``district``.

    Raises
    ------
    UsageError
        When the thing does not exist.
    """
    bounds = read_table(
        view.connection,
        "place_bounds",
        kind=kind,
        id=id,
        district_id=view.district.id,
        plan_id=view.plan.id,
        stage=view.stage,
    )
    opening = view.profile.view.model_dump()
    if kind == "district":
        # Seen from where the district opens; a district without a boundary just opens again.
        box = bounds.dropna()
        return opening | ({} if box.empty else fit_camera(*box.iloc[0].astype(float)))
    if bounds.empty:
        raise UsageError(f"There is no {kind} {id} in this district.", mend="Search by name.")
    return fit_camera(*bounds.iloc[0].astype(float))


def find_moved(view: View, other: Plan) -> dict[str, float]:
    """Return the camera that shows the units to which `other` gives another school.

    The whole district is shown when there is none.
    """
    moved = read_moved(view, other)
    if moved.empty:
        return find_camera(view, "district", None)
    return fit_camera(*(float(edge) for edge in moved.total_bounds))


def find_area(view: View, area: str) -> dict[str, float]:
    """Return the camera that shows a selected area."""
    ground = locate_parts(view.district, view.plan, view.stage)
    shape = build_area(view.connection, ground, parse_area(area))
    return fit_camera(*(float(edge) for edge in shape.bounds))


def fit_camera(west: float, south: float, east: float, north: float) -> dict[str, float]:
    """Return the camera that shows a box. UNITS: EPSG:4326 degrees, zoom of web map tiles.

    Examples
    --------
    >>> round(fit_camera(120.6, 27.9, 120.7, 28.0)["zoom"], 2)
    12.09
    """
    width = (east - west) / 360
    height = (_to_mercator(north) - _to_mercator(south)) / (2 * math.pi)
    share = max(width, height)
    zoom = math.log2(FITTED_PX / TILE_PX / share) if share > 0 else POINT_ZOOM
    return {
        "longitude": (west + east) / 2,
        "latitude": (south + north) / 2,
        "zoom": min(zoom, POINT_ZOOM),
    }


def _to_mercator(latitude: float) -> float:
    return math.asinh(math.tan(math.radians(latitude)))
