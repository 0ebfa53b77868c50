"""Drawing by distance: every unit goes whole to the nearest school."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchments.boundaries import METHODS, Request, draw_nearest
from gis.errors import RejectedDataError

PLACES = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=12)


def place(points: list[tuple[float, float]], *, first: int = 1) -> pd.DataFrame:
    """Return points in metres, with ids counted from `first`."""
    ids = np.arange(first, first + len(points))
    return pd.DataFrame(points, columns=["x_m", "y_m"], index=ids, dtype=float)


def test_unit_goes_to_the_nearest_school():
    drawn = draw_nearest(Request(place([(0, 0), (60, 0)]), place([(10, 0), (90, 0)], first=7)))
    assert drawn.to_dict() == {1: 7, 2: 8}


def test_equal_distances_go_to_the_lowest_school_id_whatever_the_order():
    units, schools = place([(5, 0)]), place([(0, 0), (10, 0)], first=7)
    assert draw_nearest(Request(units, schools)).tolist() == [7]
    assert draw_nearest(Request(units, schools[::-1])).tolist() == [7]


def test_stage_without_a_school_is_refused():
    with pytest.raises(RejectedDataError, match="No school can have a catchment"):
        Request(place([(0, 0)]), place([]))


def test_unit_or_school_without_a_place_is_named():
    nowhere = (np.nan, 0.0)
    with pytest.raises(RejectedDataError, match="planning units have no place: 2"):
        Request(place([(0, 0), nowhere]), place([(0, 0)], first=7))
    with pytest.raises(RejectedDataError, match="schools have no place: 7"):
        Request(place([(0, 0)]), place([nowhere], first=7))


@pytest.mark.parametrize("method", METHODS)
@settings(deadline=None, max_examples=60)
@given(units=PLACES, schools=PLACES, seed=st.integers(0, 2**32 - 1))
def test_every_unit_gets_one_school_and_the_order_of_rows_never_matters(
    method, units, schools, seed
):
    rng = np.random.default_rng(seed)
    request = Request(place(units), place(schools, first=100))
    drawn = METHODS[method](request)
    assert drawn.index.equals(request.units.index)
    assert set(drawn) <= set(request.schools.index)
    shuffled = Request(
        request.units.iloc[rng.permutation(len(units))],
        request.schools.iloc[rng.permutation(len(schools))],
    )
    assert METHODS[method](shuffled).to_dict() == drawn.to_dict()


@settings(deadline=None, max_examples=60)
@given(units=PLACES, schools=PLACES)
def test_no_other_school_is_nearer(units, schools):
    request = Request(place(units), place(schools, first=100))
    drawn = draw_nearest(request)
    gaps = request.units.to_numpy()[:, None, :] - request.schools.to_numpy()[None, :, :]
    distances = np.hypot(gaps[..., 0], gaps[..., 1])
    chosen = distances[np.arange(len(units)), drawn.to_numpy() - 100]
    assert (chosen <= distances.min(axis=1)).all()
