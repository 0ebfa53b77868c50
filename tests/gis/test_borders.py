"""Polygons of a coverage border each other along the lines that they share."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.borders import measure_borders
from gis.partition import draw_cells

PLACES = st.lists(
    st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=20, unique=True
)


def test_borders_of_parts_and_holes_add_up():
    # The inner square fills the hole of the outer one; the third touches it in two pieces.
    inner, frame = shapely.box(1, 1, 2, 2), shapely.box(0, 0, 3, 3)
    sides = shapely.MultiPolygon([shapely.box(3, 0, 4, 1), shapely.box(3, 2, 4, 3)])
    outer = shapely.Polygon(
        [(0, 0), (3, 0), (3, 1), (3, 2), (3, 3), (0, 3)], [inner.exterior.coords]
    )
    assert outer.area == frame.area - inner.area
    pairs, length = measure_borders([outer, inner, sides, shapely.Polygon()])
    assert pairs.tolist() == [[0, 1], [0, 2]]
    assert length.tolist() == [4, 2]
    assert measure_borders([])[0].shape == (0, 2)


@settings(deadline=None, max_examples=60)
@given(PLACES)
def test_outlines_are_borders_from_both_sides_and_the_frame(places):
    frame = shapely.box(0, 0, 10, 10)
    cells = draw_cells(shapely.points(places), frame)
    pairs, length = measure_borders(cells)
    assert shapely.length(cells).sum() - 2 * length.sum() == pytest.approx(40)
    assert (pairs[:, 0] < pairs[:, 1]).all()
    assert len(np.unique(pairs, axis=0)) == len(pairs)
    assert (length > 0).all()
