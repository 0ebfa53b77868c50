"""Shorthands that describe features of our own addresses to the browser."""

from __future__ import annotations

from typing import Any

import pydeck

from layers.palette import Palette, Rgb

# Installed fonts only; Chinese and Latin of one design where there is Noto.
FONT = '\'"Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif\''
_LETTERS = {"sdf": True, "fontSize": 48, "buffer": 8, "radius": 12, "smoothing": 0.2}
# Flat signs are not hidden behind buildings, and the flat ground is drawn in layer order:
# a depth test between surfaces of the same height lets them flicker through each other.
OVER_ALL = {"depthCompare": "always"}
GROUND = {"depthCompare": "always", "depthWriteEnabled": False}


def build_features(id: str, address: str, **properties: Any) -> pydeck.Layer:
    """Describe a layer of GeoJSON features."""
    return pydeck.Layer("GeoJsonLayer", address, id=id, **properties)


def build_zoomed_features(
    id: str, address: str, *, from_zoom: float, to_zoom: float | None = None, **properties: Any
) -> pydeck.Layer:
    """Describe a layer that is drawn, and fetched, between two zooms only.

    It is a tile layer whose one tile is the world: the only layer of deck.gl that knows zooms.
    """
    return pydeck.Layer(
        "TileLayer",
        address,
        id=id,
        min_zoom=0,
        max_zoom=0,
        visible_min_zoom=from_zoom,
        visible_max_zoom=to_zoom,
        **properties,
    )


def style_areas(palette: Palette) -> dict[str, Any]:
    """Return properties that draw catchments flat on the ground, with quiet outlines."""
    return {
        "get_line_color": [*palette.catchment_line, 150],
        "get_line_width": 1,
        "line_width_units": "'pixels'",
        "pickable": True,
        "parameters": GROUND,
        "line_billboard": True,
    }


def style_names(palette: Palette, *, size_px: float, color: Rgb, **more: Any) -> dict[str, Any]:
    """Return properties that draw points as names with a halo, over everything."""
    return {
        "point_type": "'text'",
        "get_text": "properties.name",
        "get_text_size": size_px,
        "get_text_color": list(color),
        "text_font_family": FONT,
        "text_character_set": "'auto'",
        # Bold with a soft edge: thin strokes of small characters drown in the halo.
        "text_font_weight": 600,
        "text_font_settings": _LETTERS,
        "text_outline_width": 4,
        "text_outline_color": [*palette.halo, 230],
        "parameters": OVER_ALL,
        **more,
    }
