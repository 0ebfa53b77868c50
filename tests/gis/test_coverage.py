"""Checks of a coverage: each overlap, gap and overhang is measured and named by its rows."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gis import partition


def draw_squares(columns: int, rows: int) -> NDArray[np.object_]:
    y, x = np.divmod(np.arange(columns * rows), columns)
    return shapely.box(x, y, x + 1, y + 1)


def test_a_sound_coverage_has_no_offenders() -> None:
    report = partition.check_coverage(
        draw_squares(4, 3), frame=shapely.box(0, 0, 4, 3), tolerance=0
    )
    assert report.is_sound
    assert report.is_edge_matched
    assert (report.overlap_area, report.gap_area, report.outside_area) == (0.0, 0.0, 0.0)


def test_each_fault_is_measured_and_named_by_its_rows() -> None:
    areas = [
        shapely.box(0, 0, 2, 2),
        shapely.box(1.5, 0, 4, 2),  # claims 0.5 × 2 of row 0
        None,
        shapely.Polygon([(5, 0), (6, 1), (6, 0), (5, 1)]),  # crosses itself
        shapely.box(6, 1, 8, 2),  # reaches 1 × 1 beyond the frame
    ]
    report = partition.check_coverage(areas, frame=shapely.box(0, 0, 7, 2), tolerance=0)
    assert report.invalid.tolist() == [2, 3]
    assert report.overlaps.tolist() == [[0, 1]]
    assert report.overlap_area == pytest.approx(1.0)
    assert report.outside.tolist() == [4]
    assert report.outside_area == pytest.approx(1.0)
    # frame 14 − (rows 0 and 1: 8) − (two halves of the bowtie: 0.5) − (row 4 inside: 1) = 4.5
    assert report.gap_area == pytest.approx(4.5)
    assert report.offenders.tolist() == [0, 1, 2, 3, 4]


def test_ground_claimed_three_times_is_counted_once() -> None:
    report = partition.check_coverage([shapely.box(0, 0, 1, 1)] * 3, tolerance=0)
    assert report.overlap_area == 1.0
    assert report.overlaps.tolist() == [[0, 1], [0, 2], [1, 2]]


def test_a_hole_between_units_is_a_gap_even_without_a_frame() -> None:
    report = partition.check_coverage(np.delete(draw_squares(3, 3), 4), tolerance=0)
    assert report.gap_area == 1.0
    assert report.gap_neighbours.tolist() == list(range(8))
    assert not report.is_sound


def test_faults_narrower_than_the_tolerance_are_rounding() -> None:
    areas = [shapely.box(0, 0, 10, 10), shapely.box(9.99, 0, 20, 10)]
    frame = shapely.box(0, 0, 20.005, 10)
    assert partition.check_coverage(areas, frame=frame, tolerance=0.02).is_sound
    assert partition.check_coverage(areas, frame=frame, tolerance=0.001).offenders.size


def test_a_wide_gap_counts_although_a_long_hairline_hangs_on_it() -> None:
    # The frame is 1 mm wider all along 100 km; one unit of 10 × 10 m is missing at its end.
    areas = [shapely.box(0, 0, 100_000, 10)]
    frame = shapely.union(shapely.box(0, 0, 100_000, 10.001), shapely.box(0, 10, 10, 20))
    report = partition.check_coverage(areas, frame=frame, tolerance=0.01)
    assert report.gap_neighbours.tolist() == [0]
    assert report.gap_area == pytest.approx(200, rel=0.01)


@given(st.integers(0, 11), st.floats(0.01, 0.9))
def test_a_shrunken_unit_opens_a_gap_of_just_the_lost_ground(row: int, lost: float) -> None:
    squares = draw_squares(4, 3)
    x, y, *_ = squares[row].bounds
    squares[row] = shapely.box(x, y, x + 1 - lost, y + 1)
    report = partition.check_coverage(squares, frame=shapely.box(0, 0, 4, 3), tolerance=1e-6)
    assert report.gap_area == pytest.approx(lost)
    assert row in report.gap_neighbours
