"""What the person has clicked, outlined in the accent colour; always on."""

from __future__ import annotations

import pydeck
from sqlalchemy import Connection

from gis.errors import UsageError
from layers.catchments import read_catchments
from layers.district import read_subdistricts
from layers.drawing import OVER_ALL, build_features
from layers.language import msgid
from layers.palette import get_palette
from layers.projects import read_projects
from layers.scene import Features, MapLayer, Request, Scene, Sheet
from layers.schools import read_schools

# The very shapes of the layers, so that an outline lies on the border that it marks.
_READERS = {
    "catchment": read_catchments,
    "school": read_schools,
    "project": read_projects,
    "subdistrict": read_subdistricts,
}


def build_selection(scene: Scene) -> list[pydeck.Layer]:
    """Describe the outline of the selected area or a ring around the selected point."""
    if scene.selected is None:
        return []
    kind, id = scene.selected
    return [
        build_features(
            "selection",
            scene.get_address("selection", "plan", "stage", kind=kind, id=id),
            filled=False,
            point_type="'circle'",
            point_billboard=True,
            get_point_radius=14,
            point_radius_units="'pixels'",
            get_line_color=[*get_palette(scene.theme).accent, 255],
            get_line_width=3,
            line_width_units="'pixels'",
            line_joint_rounded=True,
            parameters=OVER_ALL,
        )
    ]


def read_selection(connection: Connection, scene: Scene, request: Request) -> Features:
    """Read the one feature that is selected; none when the plan and stage do not have it.

    Raises
    ------
    UsageError
        When the address names no kind that can be selected, or no number.
    """
    kind, id = request.get("kind", ""), request.get("id", "")
    if kind not in _READERS or not id.isdecimal():
        raise UsageError(
            f"'{kind} {id}' cannot be selected.",
            mend=f"Name one of {', '.join(_READERS)} and the number of its row.",
        )
    features = _READERS[kind](connection, scene, request)["features"]
    chosen = [feature for feature in features if feature["properties"]["id"] == int(id)]
    return {"type": "FeatureCollection", "features": chosen}


LAYER = MapLayer(
    code="selection",
    title=msgid("Selection"),
    group=msgid("Answers"),
    shown=True,
    build=build_selection,
    build_legend=lambda _scene: [],
    sheets={"selection": Sheet(read_selection, ("plan", "stage"), ("kind", "id"))},
)
