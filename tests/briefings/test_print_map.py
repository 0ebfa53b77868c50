"""Maps on paper: places, names and patterns, without a database."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.language import load_language
from layers.print_map.divisions import choose_tints
from layers.print_map.fills import dot_areas, hatch_areas
from layers.print_map.frame import choose_bar_m, find_ticks, fit_frame, write_degrees
from layers.print_map.furniture import draw_scale_panel
from layers.print_map.ink import Drawing
from layers.print_map.lettering import Name, place_names

# 16 km by 8 km about 120.6° E, 28° N in CGCS2000 / 3-degree zone 120° E.
GROUND = (551_000.0, 3_093_000.0, 567_000.0, 3_101_000.0)


def test_the_scale_is_round_and_all_ground_is_on_the_paper() -> None:
    frame = fit_frame(GROUND, 250, 200, 4549)
    # 16 km on 250 mm less 8 % of margins, 230 mm: 1 : 69,565 at least, so 1 : 75,000.
    assert frame.scale == 75_000
    west, south, east, north = frame.bounds_m
    assert west < GROUND[0] and south < GROUND[1] and east > GROUND[2] and north > GROUND[3]


def test_a_kilometre_is_as_long_on_paper_as_the_scale_says() -> None:
    frame = fit_frame(GROUND, 250, 200, 4549)
    line = shapely.linestrings([(555_000, 3_097_000), (556_000, 3_097_000)])
    [placed] = frame.place_exactly([line])
    assert placed.length == pytest.approx(1_000_000 / 75_000)


def test_the_scale_bar_is_a_round_length() -> None:
    frame = fit_frame(GROUND, 250, 200, 4549)
    length_m, parts = choose_bar_m(frame, longest_mm=38)
    # 38 mm are 2,850 m: 2 km in four parts of 500 m.
    assert (length_m, parts) == (2000, 4)


def test_meridians_meet_the_upper_and_parallels_the_left_edge_at_round_minutes() -> None:
    frame = fit_frame(GROUND, 250, 200, 4549)
    ticks = find_ticks(frame)
    assert {tick.edge for tick in ticks} == {"top", "bottom", "left", "right"}
    for tick in ticks:
        assert tick.degrees * 60 == pytest.approx(round(tick.degrees * 60), abs=1e-5)
    assert write_degrees(120.5833333333, is_latitude=False) == "120°35′E"


def test_true_north_is_told_beside_the_grids() -> None:
    frame, drawing = fit_frame(GROUND, 250, 200, 4549), Drawing(250, 200)
    draw_scale_panel(drawing, frame, load_language("en"), [shapely.box(100, 0, 250, 200)], [])
    words = [one.text for one in drawing.letterings]
    # 120.6° E is 0.6° from the central meridian: 0.6° × sin 28° = 0.28° = 17′.
    assert "grid north; true north 0°17′ west of it" in words
    assert {"1 : 75,000", "2 km", "N"} <= set(words)


places = st.lists(
    st.tuples(st.floats(5, 95), st.floats(5, 95), st.booleans()), min_size=1, max_size=30
)


@given(places)
@settings(max_examples=25, deadline=None)
def test_names_that_may_be_left_out_never_overlap(spots: list[tuple[float, float, bool]]) -> None:
    names = [
        Name(("梧田第一小学",), x, y, 7, "#000", clear_mm=1 if is_point else 0)
        for x, y, is_point in spots
    ]
    placed = place_names(names, (0, 0, 100, 100), np.empty((0, 4)))
    boxes = [shapely.box(*one.box) for one in placed]
    for at, box in enumerate(boxes):
        assert all(box.intersection(other).area == 0 for other in boxes[:at])
        assert shapely.box(0, 0, 100, 100).covers(box)


def test_a_required_name_takes_a_leader_where_there_is_no_room_beside_it() -> None:
    full = np.array([[30.0, 40.0, 70.0, 60.0]])
    name = Name(("娄桥小学",), 50, 50, 7, "#000", clear_mm=1, is_required=True)
    [placed] = place_names([name], (0, 0, 100, 100), full)
    assert placed.leader is not None
    assert not shapely.box(*placed.box).intersects(shapely.box(*full[0]))


def test_patterns_stay_inside_their_areas() -> None:
    area = shapely.Point(20, 20).buffer(10)
    lines = hatch_areas([area], apart_mm=1.5)
    assert area.buffer(1e-6).covers(shapely.union_all(lines))
    dots = dot_areas([area], apart_mm=2)
    assert shapely.contains_xy(area, dots[:, 0], dots[:, 1]).all()
    # A dot stands for 2 mm × 2 mm / 2 of paper.
    assert len(dots) == pytest.approx(area.area / 2, rel=0.06)


def test_neighbouring_catchments_never_have_one_tint() -> None:
    cells = np.array([shapely.box(x, y, x + 1, y + 1) for x in range(6) for y in range(6)])
    cells = shapely.transform(cells, lambda xy: xy * 500)
    tints = choose_tints(cells)
    for one, other in np.argwhere(shapely.touches(cells[:, None], cells[None])):
        if shapely.intersection(cells[one], cells[other]).length:
            assert tints[one] != tints[other]
