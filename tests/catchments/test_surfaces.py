"""People on grids: nobody is lost, and no surface tells of a few children."""

from __future__ import annotations

import doctest
import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import catchments.disclosure
import catchments.surfaces
import catchments.walking_times
from catchments.disclosure import pool_cells, suppress_cells
from catchments.surfaces import pool_people, share_among_doors, share_grid, spread_people
from gis.crs import transform_frame
from gis.errors import RejectedDataError
from gis.rasters import lay_cells

LAND = gpd.GeoSeries([shapely.box(120.60, 28.00, 120.63, 28.02)], crs=4490)


@pytest.mark.parametrize(
    "module", [catchments.surfaces, catchments.disclosure, catchments.walking_times]
)
def test_the_examples_of_the_documentation_run(module):
    assert doctest.testmod(module).failed == 0


@settings(deadline=None, max_examples=25)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([4549, 4490, 4326]),
    st.sampled_from([0.0, 60.0, 400.0]),
)
def test_density_times_area_is_everybody_in_every_crs(seed, srid, spread_m):
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(120.601, 120.629, 40), rng.uniform(28.001, 28.019, 40)
    homes = transform_frame(
        gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=4490), srid
    ).geometry
    people = pd.DataFrame({"x": homes.x, "y": homes.y, "people": rng.uniform(0, 90, 40)})
    grid = lay_cells(LAND, cell_m=80, srid=srid)
    is_land = rng.random((grid.rows, grid.columns)) < 0.7
    surface = spread_people(grid, people, is_land, spread_m=spread_m)
    total = np.nansum(surface.values * grid.measure_cells_m2()) / 1e6
    assert total == pytest.approx(people["people"].sum(), rel=1e-9)
    assert np.nanmin(surface.values) >= 0
    assert np.isfinite(surface.values[is_land]).all()


def test_people_beyond_the_grid_are_told_and_not_dropped():
    grid = lay_cells(LAND, cell_m=80, srid=4549)
    lost = pd.DataFrame({"x": [0.0], "y": [0.0], "people": [3.0]})
    with pytest.raises(RejectedDataError, match="1 homes lie beyond"):
        spread_people(grid, lost, np.ones((grid.rows, grid.columns), bool))


counts = st.lists(st.integers(0, 30), min_size=1, max_size=12)


@settings(deadline=None, max_examples=50)
@given(counts, st.integers(0, 2**32 - 1))
def test_pooled_counts_keep_the_sum_and_tell_nothing_below_the_minimum(values, seed):
    rng = np.random.default_rng(seed)
    told, minimum = pd.Series(values), 5
    groups = pd.Series(rng.choice(["a", "b", None], len(values)))
    weights = pd.Series(rng.integers(1, 50, len(values)).astype(float))
    pooled = pool_cells(told, groups, weights, minimum=minimum)
    if 0 < told.sum() < minimum:
        assert pooled.isna().all()
        return
    assert pooled.sum() == pytest.approx(told.sum())
    # What a hidden cell got rests on its weight alone, within a pool of at least five.
    hidden = suppress_cells(told, groups, minimum=minimum).isna()
    per_weight = (pooled / weights)[hidden & (pooled > 0)].round(9)
    for share in per_weight.unique():
        pool = np.isclose(pooled / weights, share)
        assert told[pool].sum() >= minimum


def test_a_lone_small_count_is_pooled_with_the_smallest_beside_it():
    # b has 3 alone: hidden by itself; 8 of a is the smallest that is left: 11 for 1 + 3 parts.
    values, groups = pd.Series([8, 20, 3]), pd.Series(["a", "a", "b"])
    pooled = pool_cells(values, groups, pd.Series([3.0, 9.0, 1.0]), minimum=5)
    assert pooled.tolist() == [8.25, 20.0, 2.75]


def test_a_district_of_four_children_has_no_surface():
    people = pd.Series({1: 1, 2: 3})
    doors = pd.DataFrame({"planning_unit_id": [1, 2], "dwellings": [5, 5]})
    with pytest.raises(RejectedDataError, match="fewer than 5"):
        pool_people(people, pd.Series({1: 7, 2: 7}), doors, minimum=5)


def test_units_without_doors_keep_their_people_at_their_own_point():
    inside = pd.DataFrame({"x": [1.0, 9.0], "y": [2.0, 8.0]}, index=[1, 2])
    doors = pd.DataFrame({"planning_unit_id": [1, 1, 3], "x": [3.0, 4.0, 5.0], "y": 0.0,
                          "dwellings": [10, 30, 9]})  # fmt: skip
    shared = share_among_doors(pd.Series({1: 8.0, 2: 5.0}), doors, inside)
    assert shared.values.tolist() == [[3.0, 0.0, 2.0], [4.0, 0.0, 6.0], [9.0, 8.0, 5.0]]


def test_a_population_grid_counts_only_the_part_of_a_cell_inside_the_district():
    # The district is the left half of the second cell; its one house stands in the first.
    units = gpd.GeoSeries([shapely.box(0, 0, 15, 10)], index=[7])
    cells = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)])
    doors = pd.DataFrame({"planning_unit_id": [7], "x_m": [5.0], "y_m": [5.0], "dwellings": [4]})
    assert share_grid(cells, np.array([100.0, 60.0]), units, doors).tolist() == [130.0]


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_residents_of_a_grid_inside_the_district_all_find_a_unit(seed):
    rng = np.random.default_rng(seed)
    cuts = np.sort(rng.uniform(0, 100, 3)).round(3)
    edges = [0.0, *cuts, 100.0]
    units = gpd.GeoSeries([shapely.box(a, 0, b, 100) for a, b in itertools.pairwise(edges)])
    x, y = (np.arange(5) * 20.0 for _ in range(2))
    cells = np.array([shapely.box(a, b, a + 20, b + 20) for a in x for b in y])
    residents = rng.uniform(0, 50, 25)
    homes = rng.uniform(0, 100, (8, 2))
    doors = pd.DataFrame({"planning_unit_id": np.searchsorted(cuts, homes[:, 0]),
                          "x_m": homes[:, 0], "y_m": homes[:, 1],
                          "dwellings": rng.integers(0, 9, 8)})  # fmt: skip
    assert share_grid(cells, residents, units, doors).sum() == pytest.approx(residents.sum())
