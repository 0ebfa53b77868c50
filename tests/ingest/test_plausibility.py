"""Places that cannot be where they claim are told with evidence, and others are left alone."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from gis.crs import convert_gcj02_to_bd09, convert_wgs84_to_gcj02
from gis.errors import CrsError
from gis.ingest.plausibility import Finding, find_misplaced

DISTRICT = shapely.box(120.5, 27.9, 120.7, 28.1)
METRIC = 4549


def scatter(count: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform((120.52, 27.92), (120.68, 28.08), (count, 2))


def build_houses(count: int = 400, seed: int = 2) -> np.ndarray:
    """Build houses of some 20 by 20 metres, well apart for the most part."""
    lon, lat = scatter(count, seed).T
    return shapely.box(lon - 1e-4, lat - 9e-5, lon + 1e-4, lat + 9e-5)


def shift(points: np.ndarray, name: str) -> np.ndarray:
    moved = convert_wgs84_to_gcj02(*points.T)
    return np.column_stack(convert_gcj02_to_bd09(*moved) if name == "bd09" else moved)


def find(points: np.ndarray, stated: object = 4490, **more: object) -> list[Finding]:
    return find_misplaced(shapely.points(points), stated, DISTRICT, metric_srid=METRIC, **more)


def test_places_inside_the_district_raise_no_doubt():
    assert find(scatter(50)) == []
    assert find_misplaced([None, shapely.Point()], 4490, DISTRICT, metric_srid=METRIC) == []


def test_places_outside_are_counted_and_named():
    points = np.vstack([scatter(8), [[121.0, 28.0], [120.6, 29.0]]])
    [found] = find(points)
    assert (found.kind, found.count, found.total, found.rows) == ("outside", 2, 10, [8, 9])
    assert found.words == "2 of 10 places lie outside the district."


def test_swapped_coordinates_are_told_by_what_swapping_does():
    [found] = find(scatter(20)[:, ::-1])
    assert found.kind == "swapped"
    assert found.evidence == {"inside": 0, "inside_swapped": 20}


@pytest.mark.parametrize(
    ("stated", "real"),
    [
        (4490, 4549),  # metres that claim to be degrees
        (4549, 4490),  # degrees that claim to be metres
        (4549, 4528),  # the number of the belt stands in front of the easting
        (4548, 4549),  # another belt: 117 degrees instead of 120
        (4549, 32651),  # UTM
        (4490, 3857),  # Web Mercator
    ],
)
def test_another_system_is_told_when_it_brings_all_places_in(stated, real):
    move = Transformer.from_crs(4490, real, always_xy=True)
    [found] = find(np.column_stack(move.transform(*scatter(20).T)), stated)
    assert found.kind == "other_system"
    assert (found.evidence["inside"], found.evidence["inside_otherwise"]) == (0, 20)
    assert f"EPSG:{real}" in str(found.evidence["system"]).split(", ")
    assert f"EPSG:{real}" in found.mend


def test_places_that_no_system_explains_are_just_outside():
    [found] = find(scatter(20) + 3.0)
    assert (found.kind, found.count) == ("outside", 20)


@pytest.mark.parametrize("name", ["gcj02", "bd09"])
@pytest.mark.parametrize("count", [30, 400])
def test_shifted_places_are_suspected_with_the_state_of_the_count(name, count):
    houses = build_houses()
    doors = shapely.get_coordinates(shapely.centroid(houses))[:count]
    [found] = [one for one in find(shift(doors, name), references=houses) if one.kind == "shifted"]
    assert found.evidence["system"] == name
    assert found.evidence["on_undone"] == count  # every door comes back onto its house
    assert found.evidence["gained"] == count - found.evidence["on_as_stated"]
    assert found.evidence["lost"] == 0
    assert f"state {name}" in found.mend


def test_a_stated_shift_raises_no_doubt():
    houses = build_houses()
    doors = shapely.get_coordinates(shapely.centroid(houses))
    assert find(shift(doors, "gcj02"), "gcj02", references=houses) == []


def test_too_few_places_prove_nothing():
    houses = build_houses()
    doors = shapely.get_coordinates(shapely.centroid(houses))[:6]
    assert find(shift(doors, "gcj02"), references=houses) == []


def test_false_alarms_stay_below_one_in_a_hundred():
    """Doors on houses, places beside them, and places anywhere, in files without a shift."""
    houses = build_houses(300)
    centres = shapely.get_coordinates(shapely.centroid(houses))
    rng = np.random.default_rng(3)
    alarms = 0
    for trial in range(100):
        chosen = centres[rng.choice(len(centres), 60, replace=False)]
        points = (chosen, chosen + rng.normal(0, 2e-4, chosen.shape), scatter(60, trial))[trial % 3]
        alarms += any(one.kind == "shifted" for one in find(points, references=houses))
    assert alarms == 0


def test_stops_along_a_street_beside_a_block_are_not_called_shifted():
    """A step of the shift brings the stops onto the block; so do steps in other directions."""
    street = np.column_stack([np.full(200, 120.6), np.linspace(28.0, 28.01, 200)])
    blocks = shapely.box([120.59, 120.6005], 27.98, [120.5995, 120.61], 28.04)
    assert find(street, references=blocks) == []


def test_coordinates_that_are_no_numbers_and_shapes_around_the_earth_are_told():
    shapes = [
        shapely.Point(np.nan, 28.0),
        shapely.LineString([(179.5, 28.0), (-179.5, 28.0)]),
        shapely.Point(120.6, 28.0),
    ]
    kinds = {
        one.kind: one.rows for one in find_misplaced(shapes, 4490, DISTRICT, metric_srid=METRIC)
    }
    assert kinds["antimeridian"] == [1]
    assert kinds["no_coordinates"] == [0]
    assert kinds["outside"] == [1]


def test_a_system_must_be_stated():
    with pytest.raises(CrsError, match="No coordinate system is stated"):
        find(scatter(3), None)
