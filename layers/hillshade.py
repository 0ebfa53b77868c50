"""The lie of the land in the light of a low sun, from a loaded elevation."""

from __future__ import annotations

import numpy as np
import pydeck
from sqlalchemy import Connection

from gis.errors import RejectedDataError
from gis.rasters import Surface, warp_surface
from gis.slopes import shade_hills
from layers.coverages import read_heights
from layers.language import msgid
from layers.pictures import Colors, build_picture, encode_png, lay_pixels
from layers.scene import LegendEntry, MapLayer, Picture, Scene, Theme

_STEPS = 255
_FLAT = np.sin(np.radians(45.0))
# Opacity of the darkest shadow and of the brightest slope.
_DEPTH: dict[Theme, tuple[int, int]] = {"light": (150, 120), "dark": (170, 70)}


def build_hillshade(scene: Scene) -> list[pydeck.Layer]:
    """Describe the picture."""
    return build_picture("hillshade", scene, "hillshade")


def build_legend(scene: Scene) -> list[LegendEntry]:
    """Say that the shades are synthetic where they are; they explain themselves otherwise."""
    if not scene.profile.synthetic:
        return []
    return [LegendEntry(scene.language("Heights are synthetic"), "#8a8f94", "area")]


def draw_hillshade(connection: Connection, scene: Scene) -> bytes:
    """Draw shadows and lit slopes; flat ground stays clear.

    Raises
    ------
    RejectedDataError
        When no elevation is loaded.
    """
    heights = read_heights(connection, scene.district_id, scene.profile.metric_srid)
    if heights is None or scene.bounds is None:
        raise RejectedDataError(
            "No elevation is loaded.",
            mend="Load one with `onemap load raster FILE --as elevation`.",
        )
    lit = Surface(heights.grid, shade_hills(heights))
    shown = warp_surface(lit, lay_pixels(scene.bounds), smooth=True).values
    steps = np.where(np.isfinite(shown), 1 + np.rint(np.nan_to_num(shown) * (_STEPS - 1)), 0)
    return encode_png(steps.astype(np.uint8), _list_shades(scene.theme))


def _list_shades(theme: Theme) -> Colors:
    """List the colour of each step: none, then from shadow over clear to light."""
    shadow, light = _DEPTH[theme]
    at = np.linspace(0.0, 1.0, _STEPS)
    alpha = np.where(at < _FLAT, shadow * (1 - at / _FLAT), light * (at - _FLAT) / (1 - _FLAT))
    tone = np.where(at < _FLAT, 30, 255)
    shades = np.column_stack([tone, tone, tone, alpha])
    return np.rint(np.vstack([np.zeros(4), shades])).astype(np.uint8)


LAYER = MapLayer(
    code="hillshade",
    title=msgid("Hillshade"),
    group=msgid("Ground"),
    shown=False,
    build=build_hillshade,
    build_legend=build_legend,
    pictures={"hillshade": Picture(draw_hillshade, ("theme",))},
)
