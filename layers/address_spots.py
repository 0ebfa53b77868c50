"""What an address of the queue may be, numbered as in its panel; drawn while it is open."""

from __future__ import annotations

import geopandas as gpd
import pydeck
import shapely

from gis.crs import STORE_SRID
from layers.drawing import OVER_ALL, style_names
from layers.features import collect_features
from layers.language import msgid
from layers.palette import get_palette
from layers.scene import MapLayer, Scene


def build_spots(scene: Scene) -> list[pydeck.Layer]:
    """Describe numbered dots; the chosen one bears the colour of the selection.

    They travel inside the page and have no address of their own: they are places of persons.
    """
    if not scene.spots:
        return []
    palette = get_palette(scene.theme)
    shown = [
        {
            "kind": "candidate",
            "id": spot.code,
            "name": spot.mark,
            "chosen": spot.is_chosen,
            "card": [["", spot.label]],
        }
        for spot in scene.spots
    ]
    places = shapely.points([(spot.lon, spot.lat) for spot in scene.spots])
    features = collect_features(gpd.GeoDataFrame(shown, geometry=places, crs=STORE_SRID))
    accent, ink = [*palette.accent, 255], [*palette.ink, 235]
    dots = pydeck.Layer(
        "GeoJsonLayer",
        features,
        id="address_spots/dot",
        point_type="'circle'",
        point_billboard=True,
        get_fill_color=f"properties.chosen ? {accent} : {ink}",
        get_point_radius=11,
        point_radius_units="'pixels'",
        get_line_color=[*palette.halo, 255],
        get_line_width=2,
        line_width_units="'pixels'",
        pickable=True,
        parameters=OVER_ALL,
    )
    marks = pydeck.Layer(
        "GeoJsonLayer",
        features,
        id="address_spots/mark",
        **style_names(palette, size_px=13, color=palette.halo) | {"text_outline_width": 0},
    )
    return [dots, marks]


LAYER = MapLayer(
    code="address_spots",
    title=msgid("Chosen place"),
    group=msgid("Answers"),
    shown=True,
    build=build_spots,
    build_legend=lambda _scene: [],
)
