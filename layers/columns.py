"""Seats and children of each school as paired columns of the same size at every zoom."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pydeck
import shapely
from sqlalchemy import Connection

from gis.database import read_features
from gis.errors import UsageError
from layers.counts import build_count_card
from layers.drawing import build_zoomed_features
from layers.expressions import match_property
from layers.features import collect_features
from layers.language import msgid
from layers.names import measure_pixel_m
from layers.palette import MARKS, get_palette, to_css
from layers.scene import Features, LegendEntry, MapLayer, Request, Scene, Sheet

# UNITS: pixels of the screen in the middle of a zoom step
_SIDE_PX = 6.0
_GAP_PX = 1.0
_TALLEST_PX = 84.0
_BEHIND_PX = 12.0  # north of the gate, so that the dot of the school does not hide them
_STEP = 0.5  # zoom levels; within a step a column grows by 1.4 and then falls back
_FIRST_ZOOM, _LAST_ZOOM = 9.0, 17.0

_DEGREE_M = 111_320.0  # ASSUMPTION: length of a degree on the sphere, good for drawing alone


def build_columns(scene: Scene) -> list[pydeck.Layer]:
    """Describe one layer for each zoom step; the browser draws and fetches one of them."""
    palette = get_palette(scene.theme)
    colors = dict(palette.warnings) | {"seats": palette.seats, "none": palette.demand}
    layers = []
    for zoom in np.arange(_FIRST_ZOOM, _LAST_ZOOM, _STEP):
        layers.append(
            build_zoomed_features(
                f"columns/{zoom:g}",
                scene.get_address("columns", "plan", "stage", "year", "language", zoom=f"{zoom:g}"),
                from_zoom=0 if zoom == _FIRST_ZOOM else float(zoom),
                to_zoom=None if zoom + _STEP == _LAST_ZOOM else float(zoom + _STEP),
                extruded=True,
                get_elevation="properties.height_m",
                get_fill_color=match_property("column", colors, palette.demand),
                pickable=True,
            )
        )
    return layers


def build_legend(scene: Scene) -> list[LegendEntry]:
    """Say which column is which; the children's column bears the colour of the warning."""
    palette, _ = get_palette(scene.theme), scene.language
    return [
        LegendEntry(_("Seats"), to_css(palette.seats), "column"),
        LegendEntry(_("Children counted"), to_css(palette.demand), "column"),
        *(
            LegendEntry(
                _("Children counted, {warning}", warning=_.term(warning)),
                to_css(palette.warnings[warning]),
                "column",
                MARKS[warning],
            )
            for warning in ("yellow", "red")
        ),
    ]


def read_columns(connection: Connection, scene: Scene, request: Request) -> Features:
    """Read two squares a school, left its seats, right its children, as high as they are many.

    One scale holds for all years of the stage, so that a year can be compared with another.

    Raises
    ------
    UsageError
        When the address names no zoom step.
    """
    zoom = _read_zoom(request)
    frame = read_features(
        connection,
        "layer_columns",
        district_id=scene.district_id,
        plan_id=scene.plan_id,
        stage=scene.stage,
        year=scene.year,
    )
    cards = [
        build_count_card(row, scene.language, scene.language.pick(row.name_zh, row.name_en))
        for row in frame.itertuples()
    ]
    known = frame.assign(kind="school", card=cards)[frame["seats"].notna()]
    pixel_m = measure_pixel_m(scene.profile.view.latitude, zoom + _STEP / 2)
    scale = _TALLEST_PX * pixel_m / max(1.0, float(known["most"].max() if len(known) else 1))
    pairs = [
        _raise_column(known, "seats", known["seats"] * scale, -1, pixel_m),
        _raise_column(known, known["warning"], known["counted_children"] * scale, 1, pixel_m),
    ]
    columns = ["id", "kind", "card", "column", "height_m"]
    squares = pd.concat([pair[[*columns, "geom"]] for pair in pairs], ignore_index=True)
    return collect_features(gpd.GeoDataFrame(squares, geometry="geom", crs=frame.crs))


def _raise_column(
    frame: gpd.GeoDataFrame, column: object, height_m: pd.Series, side: int, pixel_m: float
) -> gpd.GeoDataFrame:
    half_m = _SIDE_PX / 2 * pixel_m
    x, y = shapely.get_coordinates(frame["geom"].to_numpy()).T
    north = half_m / _DEGREE_M
    east = north / np.cos(np.radians(y))
    middle = x + side * east * (1 + _GAP_PX / _SIDE_PX)
    base = y + north * 2 * _BEHIND_PX / _SIDE_PX
    squares = shapely.box(middle - east, base - north, middle + east, base + north)
    heights = height_m.astype(float).round(1)
    return frame.assign(column=column, height_m=heights).set_geometry(squares, crs=frame.crs)


def _read_zoom(request: Request) -> float:
    steps = np.arange(_FIRST_ZOOM, _LAST_ZOOM, _STEP)
    known = [f"{step:g}" for step in steps]
    if request.get("zoom") not in known:
        raise UsageError(
            f"There are no columns for zoom '{request.get('zoom', '')}'.",
            mend=f"Use one of {', '.join(known)}.",
        )
    return float(request["zoom"])


LAYER = MapLayer(
    code="columns",
    title=msgid("Seats and children"),
    group=msgid("Answers"),
    shown=True,
    build=build_columns,
    build_legend=build_legend,
    sheets={"columns": Sheet(read_columns, ("plan", "stage", "year", "language"), ("zoom",))},
)
