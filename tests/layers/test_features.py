"""Geometry for the screen."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gis.crs import to_metric
from layers.features import collect_features, find_label_points, simplify_areas

# Two neighbours with a border that wriggles by 1 m, 100 vertices long.
BORDER = [(120.61 + 1e-5 * (row % 2), 28.0 + row * 1e-4) for row in range(100)]
WEST = shapely.Polygon([(120.60, 28.0), *BORDER, (120.60, BORDER[-1][1])])
EAST = shapely.Polygon([(120.62, 28.0), *BORDER, (120.62, BORDER[-1][1])])


def test_neighbours_still_meet_after_simplifying() -> None:
    areas = np.array([WEST, EAST], dtype=object)
    simple = simplify_areas(areas, 4549)
    assert shapely.get_num_coordinates(simple).sum() < 20
    flat = to_metric(simple, 4549)
    assert shapely.coverage_is_valid(flat)
    assert shapely.area(shapely.union_all(flat)) == pytest.approx(shapely.area(flat).sum())


def test_areas_that_overlap_are_simplified_each_for_itself() -> None:
    areas = np.array([WEST, shapely.buffer(WEST, 0.0005)], dtype=object)
    simple = simplify_areas(areas, 4549)
    assert shapely.get_num_coordinates(simple).sum() < shapely.get_num_coordinates(areas).sum()


def test_no_areas_give_no_areas_and_no_points() -> None:
    none = np.array([], dtype=object)
    assert len(simplify_areas(none, 4549)) == len(find_label_points(none, 4549)) == 0


def test_the_label_stands_inside_the_largest_part_far_from_its_border() -> None:
    horseshoe = shapely.box(120.60, 28.00, 120.66, 28.06).difference(
        shapely.box(120.62, 28.00, 120.66, 28.04)
    )
    small = shapely.box(120.70, 28.00, 120.701, 28.001)
    area = shapely.MultiPolygon([small, horseshoe])
    point = find_label_points(np.array([area], dtype=object), 4549)[0]
    assert shapely.contains(horseshoe, point)
    assert shapely.distance(horseshoe.exterior, point) > 0.007


def test_features_are_rfc_7946() -> None:
    clockwise = shapely.Polygon([(120, 28), (120, 29), (121.12345678, 29), (121, 28)])
    frame = gpd.GeoDataFrame({"id": [7]}, geometry=[clockwise], crs=4490)
    collection = collect_features(frame)
    assert set(collection) == {"type", "features"}, "no crs member"
    (feature,) = collection["features"]
    ring = feature["geometry"]["coordinates"][0]
    assert shapely.is_ccw(shapely.LinearRing(ring))
    assert [121.123457, 29.0] in ring
    assert feature["properties"] == {"id": 7}
