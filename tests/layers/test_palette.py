"""The colours of the map: warnings can be told apart by everybody, on both grounds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from layers.palette import MARKS, WARNINGS, Rgb, get_palette, list_stage_colors

THEMES = ("light", "dark")
# SOURCE: Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB.
BLINDNESS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def to_linear(color: Rgb) -> np.ndarray:
    share = np.array(color) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def measure_lightness(color: Rgb, sight: str = "normal") -> float:
    """Return CIE L* as a person of that sight sees it."""
    seen = np.clip(BLINDNESS[sight] @ to_linear(color), 0, 1)
    luminance = float(seen @ [0.2126, 0.7152, 0.0722])
    return 116 * luminance ** (1 / 3) - 16


def measure_contrast(one: Rgb, other: Rgb) -> float:
    """Return the contrast ratio of WCAG 2."""
    first, second = (float(to_linear(c) @ [0.2126, 0.7152, 0.0722]) + 0.05 for c in (one, other))
    return max(first, second) / min(first, second)


def lay_over(tint: tuple[int, int, int, int], ground: Rgb) -> Rgb:
    share = tint[3] / 255
    red, green, blue = (
        round(share * top + (1 - share) * under)
        for top, under in zip(tint[:3], ground, strict=True)
    )
    return red, green, blue


@pytest.mark.parametrize("sight", BLINDNESS)
@pytest.mark.parametrize("theme", THEMES)
def test_red_and_yellow_differ_in_lightness_to_every_kind_of_sight(theme, sight) -> None:
    palette = get_palette(theme)
    colors = palette.warnings
    assert measure_lightness(colors["yellow"], sight) > measure_lightness(colors["red"], sight) + 15
    tints = {name: lay_over(tint, palette.district) for name, tint in palette.tints.items()}
    apart = measure_lightness(tints["yellow"], sight) - measure_lightness(tints["red"], sight)
    assert apart > 8


def test_every_warning_has_a_mark_of_its_own_and_a_quiet_catchment_none() -> None:
    marks = [MARKS[warning] for warning in WARNINGS]
    assert len(set(marks)) == len(marks) and MARKS["none"] == ""


@pytest.mark.parametrize("theme", THEMES)
def test_marks_are_legible_on_their_own_tint(theme) -> None:
    palette = get_palette(theme)
    for warning in ("red", "yellow"):
        ground = lay_over(palette.tints[warning], palette.district)
        assert measure_contrast(palette.marks[warning], ground) > 3, warning


@pytest.mark.parametrize("theme", THEMES)
def test_names_are_legible_on_the_land_and_the_ground_is_quiet(theme) -> None:
    palette = get_palette(theme)
    assert measure_contrast(palette.ink, palette.district) > 7
    assert measure_contrast(palette.faint_ink, palette.district) > 4.5
    for color in (palette.district, palette.water, *palette.buildings, *palette.roads.values()):
        assert measure_contrast(color, palette.district) < 4


@pytest.mark.parametrize("theme", THEMES)
def test_storeys_and_stages_run_evenly_from_one_end_to_the_other(theme) -> None:
    palette = get_palette(theme)
    for ramp in (palette.buildings, list_stage_colors(palette, 5)):
        steps = np.diff([measure_lightness(color) for color in ramp])
        assert (np.sign(steps) == np.sign(steps[0])).all() and np.abs(steps).min() > 2


@pytest.mark.parametrize("theme", THEMES)
def test_kinds_of_school_have_colours_of_their_own(theme) -> None:
    colors = get_palette(theme).schools.values()
    for one, other in itertools.combinations(colors, 2):
        assert np.abs(np.subtract(one, other)).sum() > 30
