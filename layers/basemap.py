"""Roads and water from our own tiles: main roads from afar, lanes close by."""

from __future__ import annotations

import pydeck

from layers.drawing import GROUND
from layers.expressions import match_property
from layers.language import msgid
from layers.palette import get_palette, to_css
from layers.scene import LegendEntry, MapLayer, Scene

# UNITS: metres on the ground, a little wider than the roads are, so that they are seen
_WIDTH_M = {"main": 26, "secondary": 18, "local": 11, "lane": 6}
_PATH_M = 3


def build_basemap(scene: Scene) -> list[pydeck.Layer]:
    """Describe water areas and roads, the broader the more important."""
    palette = get_palette(scene.theme)
    return [
        pydeck.Layer(
            "MVTLayer",
            scene.get_tile_address("ground"),
            id="basemap",
            min_zoom=8,
            max_zoom=15,
            stroked=False,
            get_fill_color=list(palette.water),
            get_line_color=match_property("road_class", palette.roads, palette.roads["lane"]),
            get_line_width=match_property("road_class", _WIDTH_M, _PATH_M),
            line_width_min_pixels=0.8,
            line_cap_rounded=True,
            parameters=GROUND,
        )
    ]


def build_legend(scene: Scene) -> list[LegendEntry]:
    """Name main roads, other roads and water."""
    palette, _ = get_palette(scene.theme), scene.language
    return [
        LegendEntry(_("Main road"), to_css(palette.roads["main"]), "line"),
        LegendEntry(_("Other road"), to_css(palette.roads["local"]), "line"),
        LegendEntry(_("Water"), to_css(palette.water), "area"),
    ]


LAYER = MapLayer(
    code="basemap",
    title=msgid("Roads and water"),
    group=msgid("Ground"),
    shown=True,
    build=build_basemap,
    build_legend=build_legend,
)
