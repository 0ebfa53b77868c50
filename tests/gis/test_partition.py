"""Every point in one area, every area in one catchment, and no ground lost or claimed twice."""

from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gis import coverage, partition
from gis.errors import RejectedDataError, UsageError

TOWN = """
a a b b
a a b c
d d d c
"""

coordinate = st.integers(-3, 13)
points_of_a_lattice = st.lists(st.tuples(coordinate, coordinate), max_size=40)
different_sites = st.lists(
    st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=1, max_size=25, unique=True
)
# A frame with a bay and a hole, as real districts have.
FRAME = shapely.Polygon(
    [(-1, -1), (12, -1), (12, 5), (6, 5), (6, 8), (12, 8), (12, 11), (-1, 11)],
    [[(2, 2), (4, 2), (4, 4), (2, 4)]],
)


def draw_town(text: str = TOWN) -> tuple[NDArray[np.object_], list[str]]:
    """Draw a unit square for each letter, first line on top, and return squares and letters."""
    rows = [line.split() for line in text.strip().splitlines()][::-1]
    cells = [(x, y, name) for y, row in enumerate(rows) for x, name in enumerate(row)]
    squares = np.array([shapely.box(x, y, x + 1, y + 1) for x, y, _ in cells])
    return squares, [name for _, _, name in cells]


def is_exact_coverage(polygons: NDArray[np.object_]) -> bool:
    """Judge by first principles: each edge side has one owner and no vertex lies on an edge."""
    rings = shapely.get_rings(shapely.orient_polygons(shapely.get_parts(polygons)))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    ends = np.column_stack([xy[:-1], xy[1:]])[ring[1:] == ring[:-1]]
    edges = shapely.linestrings(ends.reshape(-1, 2, 2))
    tree, vertices = shapely.STRtree(edges), shapely.points(np.unique(ends[:, :2], axis=0))
    total = shapely.area(polygons).sum()
    return bool(
        shapely.is_valid(polygons).all()
        and len(np.unique(ends, axis=0)) == len(ends)
        and tree.query(edges, predicate="crosses").size == 0
        and tree.query(vertices, predicate="within").size == 0
        and np.isclose(shapely.union_all(polygons).area, total, rtol=1e-12, atol=0)
    )


def split_columns(points: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [x for x, _ in points], [y for _, y in points]


# --- points in polygons


def test_a_point_on_a_border_belongs_to_the_lowest_label_whatever_the_order() -> None:
    west, east = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    assert partition.label_points([1.0], [0.5], [west, east]).tolist() == [0]
    assert partition.label_points([1.0], [0.5], [west, east], ids=[9, 4]).tolist() == [4]
    assert partition.label_points([1.0], [0.5], [east, west], ids=[4, 9]).tolist() == [4]


def test_missing_points_and_empty_polygons_meet_nobody() -> None:
    areas = [None, shapely.Polygon(), shapely.box(0, 0, 1, 1)]
    x, y = [0.5, np.nan, 0.5, np.inf, 5.0], [0.5, 0.5, np.nan, 0.5, 0.5]
    assert partition.label_points(x, y, areas).tolist() == [2, -1, -1, -1, -1]
    assert partition.label_points(x, y, []).tolist() == [-1] * 5
    assert partition.label_points([], [], areas).size == 0


def test_a_hole_is_outside_and_its_rim_inside() -> None:
    assert partition.label_points([3, 2, 1], [3, 3, 3], [FRAME]).tolist() == [-1, 0, 0]


def test_points_and_labels_that_do_not_match_are_refused() -> None:
    squares, _ = draw_town()
    with pytest.raises(UsageError, match="shape"):
        partition.label_points([1.0, 2.0], [1.0], squares)
    with pytest.raises(UsageError, match="12 polygons came with 2 ids"):
        partition.label_points([1.0], [1.0], squares, ids=[1, 2])
    with pytest.raises(UsageError, match="-1"):
        partition.label_points([1.0], [1.0], squares, ids=range(-1, 11))


@given(points_of_a_lattice, st.randoms())
def test_labels_agree_with_testing_every_polygon_and_ignore_row_order(points, random) -> None:
    squares, _ = draw_town()
    x, y = split_columns([(px / 2, py / 2) for px, py in points])
    labels = partition.label_points(x, y, squares)
    for px, py, label in zip(x, y, labels, strict=True):
        covering = np.flatnonzero(shapely.covers(squares, shapely.Point(px, py)))
        assert label == (covering[0] if covering.size else -1)
    order = list(range(squares.size))
    random.shuffle(order)
    assert partition.label_points(x, y, squares[order], ids=order).tolist() == labels.tolist()


# --- nearest sites


def test_four_equally_near_schools_yield_to_the_first() -> None:
    x, y = [9.0, 0.0, 2.0, 0.0, 2.0], [9.0, 0.0, 0.0, 2.0, 2.0]
    assert partition.assign_nearest([1.0], [1.0], x, y).tolist() == [1]


def test_schools_at_one_address_yield_to_the_first() -> None:
    assert partition.assign_nearest([1, 5], [1, 5], [3] * 9, [3] * 9).tolist() == [0, 0]


def test_a_child_without_coordinates_has_no_nearest_school() -> None:
    assert partition.assign_nearest([np.nan, 1.0], [0.0, 1.0], [0.0], [0.0]).tolist() == [-1, 0]


@pytest.mark.parametrize("sites", [([], []), ([0.0, np.nan], [0.0, 0.0])])
def test_schools_without_coordinates_are_refused(sites) -> None:
    with pytest.raises(RejectedDataError, match="sites have no coordinates"):
        partition.assign_nearest([1.0], [1.0], *sites)


@given(points_of_a_lattice, st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=30))
def test_nearest_agrees_with_measuring_every_distance(points, sites) -> None:
    (x, y), (sites_x, sites_y) = split_columns(points), split_columns(sites)
    found = partition.assign_nearest(x, y, sites_x, sites_y)
    squared = np.subtract.outer(x, sites_x) ** 2 + np.subtract.outer(y, sites_y) ** 2
    assert found.tolist() == (squared.argmin(axis=1).tolist() if points else [])


# --- dissolving


def test_the_town_dissolves_into_its_four_catchments() -> None:
    names, areas = partition.dissolve(*draw_town())
    assert names.tolist() == ["a", "b", "c", "d"]
    assert shapely.area(areas).tolist() == [4.0, 3.0, 2.0, 3.0]
    assert is_exact_coverage(areas)
    assert set(shapely.get_type_id(areas)) == {shapely.GeometryType.MULTIPOLYGON}


def test_a_catchment_in_two_pieces_that_touch_at_a_corner_is_valid() -> None:
    names, areas = partition.dissolve(*draw_town("a b\nb a"))
    assert names.tolist() == ["a", "b"]
    assert shapely.is_valid(areas).all()
    assert shapely.get_num_geometries(areas).tolist() == [2, 2]


def test_a_unit_without_geometry_leaves_its_catchment_empty_not_missing() -> None:
    names, areas = partition.dissolve([shapely.box(0, 0, 1, 1), None, shapely.Polygon()], [1, 2, 3])
    assert names.tolist() == [1, 2, 3]
    assert shapely.is_empty(areas).tolist() == [False, True, True]
    assert partition.dissolve([], [])[1].size == 0


@given(st.lists(st.integers(0, 4), min_size=12, max_size=12), st.randoms())
def test_dissolving_keeps_every_square_metre_whatever_the_order_of_rows(marks, random) -> None:
    squares, _ = draw_town()
    names, areas = partition.dissolve(squares, marks)
    assert shapely.area(areas).tolist() == [marks.count(name) for name in names]
    assert shapely.is_valid(areas).all()
    order = list(range(12))
    random.shuffle(order)
    again = partition.dissolve(squares[order], [marks[row] for row in order])
    assert again[0].tolist() == names.tolist()
    assert shapely.equals(again[1], areas).all()


def test_hairline_gaps_and_overlaps_close_within_the_tolerance() -> None:
    # Three units of 10 m: a gap of 4 cm, then an overlap of 6 cm.
    units = [
        shapely.box(0, 0, 10, 10),
        shapely.box(10.04, 0, 20, 10),
        shapely.box(19.94, 0, 30, 10),
    ]
    _, areas = partition.dissolve(units, [1, 2, 3], tolerance=0.1)
    report = partition.check_coverage(areas, frame=shapely.box(0, 0, 30, 10), tolerance=1e-9)
    assert report.is_sound
    assert report.is_edge_matched
    assert shapely.area(areas).sum() == pytest.approx(300, abs=1e-9)


def test_no_gap_closes_unasked() -> None:
    units = [shapely.box(0, 0, 10, 10), shapely.box(10.04, 0, 20, 10)]
    _, areas = partition.dissolve(units, ["a", "a"])
    assert shapely.area(areas).tolist() == pytest.approx([199.6])


@pytest.mark.parametrize("labels", [[2, 1], [1, 2]])
def test_ground_claimed_twice_goes_to_the_lowest_label(labels: list[int]) -> None:
    units = [shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)]
    _, areas = partition.dissolve(units, labels)
    assert shapely.area(areas).tolist() == pytest.approx([2.0, 1.0])


def test_an_edge_with_vertices_on_one_side_only_is_matched() -> None:
    # The southern unit has no vertex where the two northern ones meet.
    units = [shapely.box(0, 0, 2, 1), shapely.box(0, 1, 1, 2), shapely.box(1, 1, 2, 2)]
    assert not is_exact_coverage(np.array(units))
    _, areas = partition.dissolve(units, [0, 1, 2])
    assert is_exact_coverage(areas)
    assert shapely.area(areas).tolist() == [2.0, 1.0, 1.0]


def test_a_coverage_that_geos_doubts_dissolves_unchanged() -> None:
    # The hole of the second unit touches its shell in (1, 1), a vertex of the first unit.
    units = shapely.from_wkt(
        [
            "POLYGON ((0 1, 1 1, 0 0, 0 1))",
            "POLYGON ((1 1, 1 2, 5 2, 5 -5, 0 -4, 0 0, 1 1), (1 1, 2 0, 2 1, 1 1))",
        ]
    )
    assert is_exact_coverage(units)
    assert not coverage.is_coverage(units)
    _, areas = partition.dissolve(units, [0, 1])
    assert shapely.equals(areas, units).all()
    assert is_exact_coverage(areas)


def test_a_self_crossing_unit_is_repaired_before_it_is_merged() -> None:
    bowtie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    _, areas = partition.dissolve([bowtie, shapely.box(2, 0, 3, 2)], ["a", "a"])
    assert shapely.is_valid(areas).all()
    assert shapely.area(areas).tolist() == pytest.approx([4.0])


def test_labels_that_are_missing_or_too_few_are_refused() -> None:
    squares, names = draw_town()
    with pytest.raises(UsageError, match="12 polygons came with 1 labels"):
        partition.dissolve(squares, ["a"])
    with pytest.raises(RejectedDataError, match="first in row 3"):
        partition.dissolve(squares, [*names[:3], None, *names[4:]])
    with pytest.raises(RejectedDataError, match="row 1: Point"):
        partition.dissolve([squares[0], shapely.Point(0, 0)], ["a", "b"])


# --- drawing cells


@given(different_sites)
@example([(0, 0), (1, 0), (0, 1), (1, 1)])  # four sites on one circle
@example([(0, 0), (1, 1), (2, 2)])  # all sites in one line
@example([(3, 3)])  # one site, in the hole of the frame
def test_cells_fill_the_frame_exactly_and_hold_their_own_points(sites) -> None:
    points = shapely.points(sites)
    cells = partition.draw_cells(points, FRAME)
    assert cells.size == len(sites)
    assert is_exact_coverage(cells)
    report = partition.check_coverage(cells, frame=FRAME, tolerance=1e-9)
    assert report.offenders.tolist() == np.flatnonzero(shapely.is_empty(cells)).tolist()
    assert shapely.area(cells).sum() == pytest.approx(FRAME.area, rel=1e-12)
    in_frame = shapely.contains(FRAME, points)
    assert shapely.covers(cells[in_frame], points[in_frame]).all()


@given(different_sites, st.randoms())
def test_cells_follow_their_points_when_rows_are_shuffled(sites, random) -> None:
    shuffled = random.sample(sites, len(sites))
    cells = dict(zip(sites, partition.draw_cells(shapely.points(sites), FRAME), strict=True))
    again = partition.draw_cells(shapely.points(shuffled), FRAME)
    for site, cell in zip(shuffled, again, strict=True):
        assert shapely.symmetric_difference(cell, cells[site]).area < 1e-9


def test_every_place_lies_in_the_cell_of_its_nearest_point() -> None:
    rng = np.random.default_rng(5)
    sites, places = rng.uniform(0, 10, (60, 2)), rng.uniform(0, 10, (2000, 2))
    cells = partition.draw_cells(shapely.points(sites), FRAME)
    labels = partition.label_points(*places.T, cells)
    inside = labels >= 0
    nearest = partition.assign_nearest(*places.T, *sites.T)
    assert 1500 < inside.sum() < 2000
    assert (labels[inside] == nearest[inside]).all()


def test_cells_stay_exact_far_from_the_origin_as_in_a_metric_crs() -> None:
    rng = np.random.default_rng(11)
    frame = shapely.box(537_000, 3_081_000, 575_000, 3_109_000).buffer(500)
    sites = np.column_stack([rng.uniform(537e3, 575e3, 500), rng.uniform(3081e3, 3109e3, 500)])
    cells = partition.draw_cells(shapely.points(sites), frame)
    assert is_exact_coverage(cells)
    assert shapely.area(cells).sum() == pytest.approx(frame.area, rel=1e-12)


def test_points_that_coincide_or_are_missing_are_refused_with_their_rows() -> None:
    twice = shapely.points([(1, 1), (2, 2), (1, 1)])
    with pytest.raises(RejectedDataError, match=r"coincide: \[0, 2\]"):
        partition.draw_cells(twice, FRAME)
    with pytest.raises(RejectedDataError, match=r"coincide: \[1, 2\]"):
        partition.draw_cells([twice[0], None, shapely.Point()], FRAME)
    with pytest.raises(RejectedDataError, match="0 of 0 points"):
        partition.draw_cells([], FRAME)


@pytest.mark.parametrize(
    "frame",
    [shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), shapely.LineString([(0, 0), (1, 1)])],
)
def test_a_frame_that_is_no_valid_polygon_is_refused(frame) -> None:
    with pytest.raises(RejectedDataError, match="frame"):
        partition.draw_cells([shapely.Point(0, 0)], frame)
    with pytest.raises(RejectedDataError, match="frame"):
        partition.check_coverage([shapely.box(0, 0, 1, 1)], frame=frame, tolerance=0)


# --- delivering


def test_rings_follow_rfc_7946() -> None:
    backwards = shapely.reverse(shapely.orient_polygons(FRAME))
    parts = partition.order_rings([backwards, None, shapely.MultiPolygon([backwards])])
    assert parts[0].exterior.is_ccw
    assert not parts[0].interiors[0].is_ccw
    assert parts[1] is None
    assert parts[2].geoms[0].exterior.is_ccw


@given(different_sites, st.integers(0, 7))
@example([(0, 0), (1, 0), (0, 1), (1, 1)], 0)
def test_rounding_opens_no_gap_and_no_overlap(sites, decimals: int) -> None:
    cells = partition.draw_cells(shapely.points(sites), FRAME)
    rounded = partition.round_coverage(cells, decimals=decimals)
    assert is_exact_coverage(rounded)
    xy = shapely.get_coordinates(rounded)
    assert (np.round(xy, decimals) == xy).all()
    # The frame has whole coordinates, so even the coarsest rounding keeps all of its ground.
    union = shapely.union_all(rounded)
    assert shapely.symmetric_difference(union, FRAME).area == pytest.approx(0, abs=1e-9)
    assert shapely.area(rounded).sum() == pytest.approx(FRAME.area, rel=1e-12)


def test_rounding_moves_no_vertex_by_more_than_half_a_decimal_step() -> None:
    rng = np.random.default_rng(2)
    cells = partition.draw_cells(shapely.points(rng.uniform(0, 10, (200, 2))), FRAME)
    rounded = partition.round_coverage(cells, decimals=7)
    moved = shapely.get_coordinates(rounded) - shapely.get_coordinates(cells)
    assert np.abs(moved).max() <= 0.5e-7 * (1 + 1e-6)


def test_polygons_that_overlap_are_rounded_each_by_itself() -> None:
    # The hollow of the second sinks onto its own base when it is rounded.
    hollow = shapely.Polygon([(0, 0), (4, 0), (4, 4), (2.04, 0.06), (1.96, 0.06), (0, 4)])
    areas = [shapely.box(0, 0, 2.04, 1), shapely.transform(hollow, lambda xy: xy * (1, 0.5))]
    rounded = partition.round_coverage(areas, decimals=1)
    assert shapely.is_valid(rounded).all()
    assert rounded[0].equals(shapely.box(0, 0, 2, 1))
    assert shapely.area(rounded)[1] == pytest.approx(areas[1].area, abs=0.3)
    assert shapely.intersection(*rounded).area > 0.1


def test_a_polygon_narrower_than_the_last_decimal_comes_back_empty() -> None:
    units = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 1.001, 1), shapely.box(1.001, 0, 2, 1)]
    rounded = partition.round_coverage(units, decimals=1)
    assert shapely.area(rounded).tolist() == [1.0, 0.0, 1.0]
    assert is_exact_coverage(rounded)
