"""Names on the map: the important first, none over another, all in the end."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from layers.names import find_first_zooms, measure_pixel_m, measure_width_px

ZOOMS = (12, 13, 14, 15)
places = st.lists(
    st.tuples(st.floats(120.5, 120.8), st.floats(27.9, 28.1)), min_size=1, max_size=30
)


def find_zooms(places: list[tuple[float, float]]) -> np.ndarray:
    lon, lat = np.array(places).T
    return find_first_zooms(lon, lat, ["瓯海小学"] * len(places), zooms=ZOOMS, size_px=12)


def test_of_two_names_in_one_place_the_first_is_shown_from_afar() -> None:
    assert find_zooms([(120.6, 28.0), (120.6, 28.0)]).tolist() == [12, 15]


def test_a_name_appears_when_the_map_is_large_enough_to_part_it_from_its_neighbour() -> None:
    # 瓯海小学 is 48 px wide and keeps 6 px free; at zoom 12 a degree is 512·2^12/360 = 5825 px,
    # so 54 px are 0.0093 degrees, at zoom 13 half of that.
    assert find_zooms([(120.6, 28.0), (120.6094, 28.0)]).tolist() == [12, 12]
    assert find_zooms([(120.6, 28.0), (120.6090, 28.0)]).tolist() == [12, 13]


@given(places)
def test_names_shown_together_never_overlap(places: list[tuple[float, float]]) -> None:
    first = find_zooms(places)
    lon, _ = np.array(places).T
    for zoom in ZOOMS[:-1]:
        shown = np.flatnonzero(first <= zoom)
        x = lon[shown] * 512 * 2**zoom / 360
        angle = np.radians(np.array(places)[shown, 1])
        y = -np.arcsinh(np.tan(angle)) * 512 * 2**zoom / (2 * np.pi) * 0.7
        apart = (np.abs(x[:, None] - x) >= 48) | (np.abs(y[:, None] - y) >= 12)
        assert (apart | np.eye(len(shown), dtype=bool)).all()


def test_the_width_of_a_name_counts_chinese_letters_twice() -> None:
    assert measure_width_px("一小", 12) == 24
    assert measure_width_px("No 1", 12) < 30


def test_a_pixel_halves_with_every_zoom() -> None:
    assert measure_pixel_m(28, 12) == 2 * measure_pixel_m(28, 13)
