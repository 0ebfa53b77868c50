"""The label kernel answers a million points as testing every polygon would."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gis import partition
from gis.errors import CrsError, RejectedDataError, UsageError
from gis.labelling import build_label_index, label_by_tree
from gis.locating import locate_points

small = st.integers(-2, 8)
rings = st.lists(st.tuples(small, small), min_size=3, max_size=9, unique=True)
place = st.tuples(st.integers(-6, 20), st.integers(-6, 20))


def label_both_ways(
    x: NDArray[np.float64], y: NDArray[np.float64], areas: list[object]
) -> tuple[list[int], list[int]]:
    by_tree = label_by_tree(x, y, np.array(areas, dtype=object), np.arange(len(areas)))
    return build_label_index(areas).label(x, y).tolist(), by_tree.tolist()


def draw_stars(count: int, corners: int, seed: int) -> NDArray[np.object_]:
    """Draw overlapping many-cornered stars at random."""
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi, (count, corners)))
    reach = rng.uniform(0.3, 1.0, (count, corners))
    star = np.stack([reach * np.cos(angle), reach * np.sin(angle)], axis=2)
    return shapely.polygons(star + rng.uniform(0, 6, (count, 1, 2)))


@settings(deadline=None)
@given(st.lists(rings, min_size=1, max_size=4), st.lists(place, min_size=1, max_size=40))
@example([[(0, 0), (4, 0), (4, 4), (0, 4)], [(4, 0), (8, 0), (8, 4), (4, 4)]], [(8, 4), (8, 0)])
@example([[(0, 0), (1, 1), (2, 2)]], [(1, 1), (0, 0), (5, 5)])
def test_any_ring_even_a_crossed_one_labels_as_the_exact_test_does(shapes, points) -> None:
    areas = [shapely.Polygon(shape) for shape in shapes]
    x, y = np.array(points, dtype=np.float64).T / 2
    ours, exact = label_both_ways(x, y, areas)
    assert ours == exact


@settings(deadline=None)
@given(st.integers(0, 99), st.integers(3, 60))
def test_points_on_and_beside_slanting_borders_label_as_the_exact_test_does(seed, corners) -> None:
    stars = draw_stars(5, corners, seed)
    rng = np.random.default_rng(seed)
    rim = shapely.line_interpolate_point(
        shapely.boundary(rng.choice(stars, 300)), rng.random(300), normalized=True
    )
    x, y = shapely.get_x(rim), shapely.get_y(rim)
    corner = shapely.get_coordinates(stars)
    nudged = np.nextafter(x, np.inf)
    x, y = np.r_[x, nudged, corner[:, 0]], np.r_[y, y, corner[:, 1]]
    ours, exact = label_both_ways(x, y, list(stars))
    assert ours == exact


def test_a_million_metres_from_the_origin_or_a_millimetre_wide_makes_no_difference() -> None:
    rng = np.random.default_rng(3)
    for factor, shift in ((1.0, 3.1e6), (1e-9, 120.0), (1e-60, 0.0), (1e90, 0.0)):
        stars = shapely.transform(
            draw_stars(6, 40, 8),
            lambda xy, factor=factor, shift=shift: xy * factor + shift,
        )
        x, y = rng.uniform(-1, 7, (2, 4000)) * factor + shift
        ours, exact = label_both_ways(x, y, list(stars))
        assert ours == exact


def test_holes_islands_and_parts_are_respected() -> None:
    ring = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(3, 3), (6, 3), (6, 6), (3, 6)]])
    islands = shapely.MultiPolygon([shapely.box(4, 4, 5, 5), shapely.box(20, 0, 21, 1)])
    index = build_label_index([ring, islands, None, shapely.Polygon()])
    x, y = [1, 3, 3.5, 4.5, 20.5, 15], [1, 3, 3.5, 4.5, 0.5, 0.5]
    assert index.label(x, y).tolist() == [0, 0, -1, 1, 1, -1]


def test_without_polygons_or_points_nobody_has_a_label() -> None:
    assert build_label_index([]).label([1.0], [1.0]).tolist() == [-1]
    assert build_label_index([None]).label([1.0], [1.0]).tolist() == [-1]
    assert build_label_index([shapely.box(0, 0, 1, 1)]).label([], []).size == 0


def test_points_that_are_nowhere_or_at_the_end_of_the_world_are_outside() -> None:
    index = build_label_index([shapely.box(0, 0, 1, 1)])
    x, y = [np.nan, 0.5, np.inf, 1e300, -1e300, 0.5], [0.5, np.nan, 0.5, 0.5, 0.5, -np.inf]
    assert index.label(x, y).tolist() == [-1] * 6


def test_a_collapsed_polygon_holds_its_own_line() -> None:
    flat = shapely.Polygon([(0, 0), (2, 0), (4, 0)])
    ours, exact = label_both_ways(np.array([1.0, 5.0, 1.0]), np.array([0.0, 0.0, 1.0]), [flat])
    assert ours == exact == [0, -1, -1]


def test_several_polygons_may_share_a_label_and_the_lowest_label_wins() -> None:
    squares = [shapely.box(0, 0, 2, 2), shapely.box(1, 0, 3, 2), shapely.box(2, 0, 4, 2)]
    index = build_label_index(squares, ids=[7, 3, 7])
    assert index.label([0.5, 1.5, 3.5, 3.0], [1.0] * 4).tolist() == [7, 3, 7, 3]


def test_many_points_and_few_agree_to_the_last() -> None:
    stars = draw_stars(40, 60, 1)
    x, y = np.random.default_rng(1).uniform(-1, 7, (2, 60_000))
    many = partition.label_points(x, y, stars)
    few = [
        partition.label_points(x[at : at + 9000], y[at : at + 9000], stars)
        for at in range(0, 60_000, 9000)
    ]
    assert many.tolist() == np.concatenate(few).tolist()
    assert 0 < (many < 0).sum() < 40_000


def test_what_cannot_be_indexed_is_refused_with_its_row() -> None:
    with pytest.raises(RejectedDataError, match="row 1: Point"):
        build_label_index([shapely.box(0, 0, 1, 1), shapely.Point(0, 0)])
    lost = shapely.Polygon([(0, 0), (np.inf, 0), (1, 1)])
    with pytest.raises(RejectedDataError, match="1 vertices are no places, first in row 1"):
        build_label_index([shapely.box(0, 0, 1, 1), lost], ids=[4, 2])
    with pytest.raises(UsageError, match="1 polygons came with 2 ids"):
        build_label_index([shapely.box(0, 0, 1, 1)], ids=[1, 2])
    with pytest.raises(UsageError, match="shape"):
        build_label_index([shapely.box(0, 0, 1, 1)]).label([1.0, 2.0], [1.0])


# --- files of points and areas


def make_zones(crs: int = 4549) -> gpd.GeoDataFrame:
    boxes = [
        shapely.box(500_000, 3_000_000, 501_000, 3_001_000),
        shapely.box(501_000, 3_000_000, 502_000, 3_001_000),
    ]
    return gpd.GeoDataFrame({"zone": [12, 5]}, geometry=boxes, crs=4549).to_crs(crs)


def test_a_door_on_a_border_belongs_to_the_zone_with_the_lowest_id() -> None:
    doors = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy([501_000, 500_500, 1.0], [3_000_500] * 3), crs=4549
    )
    zones = make_zones()
    assert locate_points(doors, zones, id_column="zone").dropna().tolist() == [5, 12]
    assert locate_points(doors, zones[::-1], id_column="zone").dropna().tolist() == [5, 12]
    by_row = locate_points(doors, zones)
    assert by_row.dropna().tolist() == [0, 0]
    assert by_row.isna().tolist() == [False, False, True]


def test_points_and_zones_meet_whatever_their_systems() -> None:
    x, y = np.random.default_rng(4).uniform(-200, 2200, (2, 500))
    doors = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x + 500_000, y + 3_000_000), crs=4549)
    expected = locate_points(doors, make_zones(), id_column="zone")
    assert expected.nunique() == 2
    for srid in (4326, 32651, 3857):
        moved = locate_points(doors.to_crs(srid), make_zones(), id_column="zone")
        assert moved.equals(expected)
    nameless = make_zones().to_crs("+proj=tmerc +lon_0=120.4 +datum=WGS84 +units=m")
    assert locate_points(doors, nameless, id_column="zone").equals(expected)
    with pytest.raises(CrsError):
        locate_points(doors, make_zones().set_crs(None, allow_override=True))


def test_points_that_are_none_and_zones_without_ids_are_refused() -> None:
    zones = make_zones()
    with pytest.raises(RejectedDataError, match="no points, first in row 0"):
        locate_points(zones, zones)
    with pytest.raises(RejectedDataError, match="1 areas have no id, first in row 1"):
        locate_points(zones, zones.assign(zone=[3, None]), id_column="zone")
    with pytest.raises(UsageError, match="no column 'name'"):
        locate_points(zones, zones, id_column="name")
