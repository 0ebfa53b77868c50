"""Buildings by storeys: footprints at their height close by, blocks of them from afar."""

from __future__ import annotations

import pydeck

from gis.services.tiles import BLOCK_ZOOMS, FOOTPRINT_ZOOMS
from layers.expressions import step_property
from layers.language import msgid
from layers.palette import BUILDING_FLOORS, get_palette, to_css
from layers.scene import LegendEntry, MapLayer, Scene

# From afar true heights are less than a pixel: blocks are raised, footprints never.
_BLOCK_RAISE = 4
# From here buildings answer the pointer; farther away they would only stand in the way of it.
_NEAR_ZOOM = 15


def build_buildings(scene: Scene) -> list[pydeck.Layer]:
    """Describe the tiles, once for afar and once for close by.

    Features with ``buildings`` are blocks of so many buildings, the others footprints.
    """
    palette, _ = get_palette(scene.theme), scene.language
    fill = step_property("floors", BUILDING_FLOORS, palette.buildings)
    far = pydeck.Layer(
        "MVTLayer",
        scene.get_tile_address("buildings"),
        id="buildings/far",
        min_zoom=BLOCK_ZOOMS.start,
        max_zoom=_NEAR_ZOOM - 1,
        visible_max_zoom=_NEAR_ZOOM,
        extruded=True,
        get_elevation=f"properties.height_m * (properties.buildings ? {_BLOCK_RAISE} : 1)",
        get_fill_color=fill,
    )
    near = pydeck.Layer(
        "MVTLayer",
        scene.get_tile_address("buildings"),
        id="buildings/near",
        min_zoom=_NEAR_ZOOM,
        max_zoom=FOOTPRINT_ZOOMS.stop - 1,
        extruded=True,
        get_elevation="properties.height_m",
        get_fill_color=fill,
        pickable=True,
        card=[
            ["", "@@=properties.name"],
            [_("Storeys"), "@@=properties.floors"],
            [_("Height, m"), "@@=properties.height_m"],
            [_("Dwellings"), "@@=properties.dwellings"],
        ],
    )
    return [far, near]


def build_legend(scene: Scene) -> list[LegendEntry]:
    """Name the classes of storeys."""
    palette, _ = get_palette(scene.theme), scene.language
    entries = []
    for row, color in enumerate(palette.buildings):
        low = BUILDING_FLOORS[row]
        if row + 1 < len(BUILDING_FLOORS):
            label = _("{low}–{high} storeys", low=low, high=BUILDING_FLOORS[row + 1] - 1)
        else:
            label = _("{low} storeys or more", low=low)
        entries.append(LegendEntry(label, to_css(color), "body"))
    return entries


LAYER = MapLayer(
    code="buildings",
    title=msgid("Buildings by storeys"),
    group=msgid("Ground"),
    shown=True,
    build=build_buildings,
    build_legend=build_legend,
)
