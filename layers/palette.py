"""All colours of the map, for a light and a dark ground.

One accent (a blue) belongs to the selection alone. Vermilion and amber belong to warnings
alone; they differ in lightness as well as in hue, and a mark says the same again, so that
they are told apart without colour vision and in grey print. Everything else is quiet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

Rgb = tuple[int, int, int]
WARNINGS = ("red", "yellow", "none", "unknown")
# Shape signs beside the warning colours; a quiet catchment needs none.
MARKS: Mapping[str, str] = {"red": "▲", "yellow": "◆", "none": "", "unknown": "?"}
LATE_MARK = "▲"
BUILDING_FLOORS = (1, 4, 8, 12, 19)  # ASSUMPTION: classes from single-storey to high-rise


@dataclass(frozen=True)
class Palette:
    """Colours of one theme, red, green and blue from 0 to 255."""

    ground: Rgb  # behind the map
    district: Rgb  # land of the district, a little brighter than the land around
    ink: Rgb  # names
    faint_ink: Rgb  # names of lesser rank
    halo: Rgb  # rim of names
    line: Rgb  # boundaries of subdistricts
    catchment_line: Rgb
    accent: Rgb  # the selection
    water: Rgb
    roads: Mapping[str, Rgb]  # by road class
    buildings: tuple[Rgb, ...]  # by class of BUILDING_FLOORS
    warnings: Mapping[str, Rgb]  # columns and swatches
    marks: Mapping[str, Rgb]  # written marks, legible on their own tint
    tints: Mapping[str, tuple[int, int, int, int]]  # areas, with opacity
    schools: Mapping[str, Rgb]  # by kind
    seats: Rgb  # column of seats
    demand: Rgb  # column of children without a warning
    construction: tuple[Rgb, Rgb]  # one hue from ground-breaking to completion
    not_begun: Rgb
    balance: Rgb
    moved: Rgb  # units that a draft gives to another school
    sequential: tuple[Rgb, ...]  # little to much; even steps of lightness, in any sight


_LIGHT = Palette(
    ground=(233, 231, 225),
    district=(246, 245, 241),
    ink=(38, 42, 46),
    faint_ink=(98, 102, 104),
    halo=(250, 249, 246),
    line=(150, 146, 138),
    catchment_line=(128, 132, 136),
    accent=(20, 92, 173),
    water=(196, 215, 224),
    roads={
        "main": (212, 205, 192),
        "secondary": (221, 216, 206),
        "local": (228, 225, 217),
        "lane": (234, 231, 225),
    },
    buildings=(
        (228, 223, 213),
        (219, 213, 202),
        (207, 200, 188),
        (192, 184, 171),
        (174, 165, 151),
    ),
    warnings={
        "red": (196, 56, 28),
        "yellow": (242, 178, 45),
        "none": (112, 128, 140),
        "unknown": (150, 150, 150),
    },
    marks={
        "red": (158, 36, 14),
        "yellow": (122, 80, 0),
        "none": (98, 102, 104),
        "unknown": (98, 102, 104),
    },
    tints={
        "red": (208, 68, 38, 96),
        "yellow": (245, 190, 70, 105),
        "none": (120, 120, 110, 6),
        "unknown": (120, 120, 120, 60),
    },
    schools={
        "kindergarten": (186, 126, 140),
        "primary": (64, 116, 158),
        "junior": (58, 132, 116),
        "nine_year": (46, 96, 124),
        "senior": (110, 92, 150),
        "full_secondary": (86, 74, 130),
        "twelve_year": (58, 66, 100),
        "vocational": (150, 108, 66),
        "training": (128, 130, 132),
    },
    seats=(176, 186, 194),
    demand=(70, 90, 108),
    construction=((186, 218, 208), (10, 92, 84)),
    not_begun=(200, 200, 196),
    balance=(112, 62, 122),
    moved=(98, 74, 168),
    sequential=(
        (221, 233, 214),
        (176, 211, 190),
        (124, 182, 172),
        (78, 147, 156),
        (58, 114, 140),
        (52, 82, 118),
    ),
)

_DARK = Palette(
    ground=(22, 25, 28),
    district=(30, 34, 38),
    ink=(232, 232, 228),
    faint_ink=(158, 164, 168),
    halo=(22, 25, 28),
    line=(98, 104, 110),
    catchment_line=(120, 130, 138),
    accent=(110, 180, 255),
    water=(32, 54, 68),
    roads={
        "main": (84, 80, 68),
        "secondary": (66, 70, 74),
        "local": (52, 56, 60),
        "lane": (46, 50, 54),
    },
    buildings=(
        (58, 60, 62),
        (70, 71, 71),
        (84, 84, 82),
        (102, 100, 96),
        (124, 120, 114),
    ),
    warnings={
        "red": (238, 92, 58),
        "yellow": (250, 204, 92),
        "none": (136, 150, 162),
        "unknown": (140, 140, 140),
    },
    marks={
        "red": (255, 150, 122),
        "yellow": (255, 216, 120),
        "none": (158, 164, 168),
        "unknown": (158, 164, 168),
    },
    tints={
        "red": (226, 80, 48, 100),
        "yellow": (255, 190, 66, 105),
        "none": (150, 150, 140, 6),
        "unknown": (160, 160, 160, 50),
    },
    schools={
        "kindergarten": (214, 156, 168),
        "primary": (112, 166, 208),
        "junior": (104, 182, 164),
        "nine_year": (92, 148, 180),
        "senior": (164, 146, 206),
        "full_secondary": (142, 130, 192),
        "twelve_year": (132, 142, 182),
        "vocational": (204, 160, 112),
        "training": (160, 162, 164),
    },
    seats=(92, 102, 112),
    demand=(158, 178, 196),
    construction=((44, 86, 80), (150, 226, 206)),
    not_begun=(84, 86, 88),
    balance=(196, 142, 206),
    moved=(168, 148, 240),
    sequential=(
        (38, 54, 66),
        (44, 78, 96),
        (56, 108, 122),
        (86, 142, 144),
        (134, 180, 164),
        (206, 226, 190),
    ),
)


def get_palette(theme: Literal["light", "dark"]) -> Palette:
    """Return the colours of a theme."""
    return _DARK if theme == "dark" else _LIGHT


def list_stage_colors(palette: Palette, stages: int) -> list[Rgb]:
    """Return one colour a construction stage, first to last, in even steps of one hue.

    Examples
    --------
    >>> list_stage_colors(get_palette("light"), 3)
    [(186, 218, 208), (98, 155, 146), (10, 92, 84)]
    """
    first, last = np.array(palette.construction, dtype=float)
    steps = np.linspace(0, 1, stages)[:, None]
    ramp = np.rint(first + steps * (last - first)).astype(int)
    return [(int(red), int(green), int(blue)) for red, green, blue in ramp]


def to_css(color: tuple[int, ...]) -> str:
    """Return a colour as CSS; a fourth number is its opacity from 0 to 255.

    Examples
    --------
    >>> to_css((10, 92, 84)), to_css((10, 92, 84, 51))
    ('#0a5c54', 'rgb(10 92 84 / 20%)')
    """
    red, green, blue, *opacity = color
    if not opacity:
        return f"#{red:02x}{green:02x}{blue:02x}"
    return f"rgb({red} {green} {blue} / {round(100 * opacity[0] / 255)}%)"
