"""Walking catchments of a whole real city, over its real streets and for its real schools."""

import os
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from catchments.boundaries.walking import (
    draw_isochrones,
    draw_walking_areas,
    measure_beyond_pct,
    measure_school_walks,
)
from gis import openstreetmap
from gis.network import (
    Network,
    build_network,
    find_nearest_source,
    keep_largest_part,
    snap_points,
)
from gis.partition import Area, check_coverage

ROOT = Path(__file__).parents[2]
EXTRACT = (ROOT / os.environ.get("REAL", "../shared/real")).resolve() / (
    "las_palmas_osm/las_palmas_2023.osm.pbf"
)
METRIC_SRID = 32628
LIMIT_S = 10.0

pytestmark = pytest.mark.published


@pytest.fixture(scope="module")
def city() -> tuple[Network, pd.DataFrame, Area]:
    """Read the streets, the schools, and the land within the hull of the streets."""
    if not EXTRACT.is_file():
        pytest.fail(
            f"{EXTRACT} is missing: REAL must name the folder whose las_palmas_osm/ holds the"
            " OpenStreetMap extract of Las Palmas (2023)."
        )
    streets = openstreetmap.read_streets(EXTRACT, METRIC_SRID)
    network = keep_largest_part(
        build_network(streets.lines, is_main=streets.is_main, crossings=streets.crossings)
    )
    nodes = shapely.multipoints(np.column_stack([network.x_m, network.y_m]))
    hull = shapely.convex_hull(nodes).buffer(100)
    schools = openstreetmap.read_amenities(EXTRACT, METRIC_SRID, "school")
    gates = pd.DataFrame({"x_m": schools.geometry.x, "y_m": schools.geometry.y})
    return network, gates, openstreetmap.read_land(EXTRACT, METRIC_SRID, hull)


@pytest.fixture(scope="module")
def areas(city: tuple[Network, pd.DataFrame, Area]) -> gpd.GeoSeries:
    network, schools, land = city
    # The kernels are compiled by the first call ever.
    street = build_network([shapely.LineString([(0, 0), (9, 0)])])
    draw_walking_areas(pd.DataFrame({"x_m": [1.0], "y_m": [0.0]}), street, shapely.box(0, 0, 9, 9))
    start = time.perf_counter()
    drawn = draw_walking_areas(schools, network, land)
    assert time.perf_counter() - start < LIMIT_S
    return drawn


def test_the_city_is_read_as_it_is(city) -> None:
    network, schools, land = city
    assert 150 <= len(schools) <= 165  # 157 published; a few are mapped as point and area apart
    assert 60_000 < network.x_m.size < 120_000
    assert network.length_cm.sum() / 1e5 == pytest.approx(2000, rel=0.15)  # km of streets
    assert land.area / 1e6 == pytest.approx(163, rel=0.05)  # km²; the hull is half sea


def test_catchments_cover_the_land_without_gap_overlap_or_sliver_in_ten_seconds(
    city, areas
) -> None:
    _, _, land = city
    full = areas[~areas.is_empty]
    report = check_coverage(full.to_numpy(), frame=land, tolerance=0.01)
    assert report.is_sound
    assert report.is_edge_matched
    assert areas.area.sum() == pytest.approx(land.area, rel=1e-12)
    # One school at the gate of another has no ground of its own.
    assert len(areas) - len(full) <= 2
    parts = shapely.get_parts(full.to_numpy())
    assert not shapely.is_empty(shapely.buffer(parts, -2.4)).any()
    assert len(parts) <= 1.2 * len(full)


def test_every_school_lies_in_its_own_catchment(city, areas) -> None:
    _, schools, _ = city
    gates = gpd.GeoSeries.from_xy(schools["x_m"], schools["y_m"])
    full = ~areas.is_empty
    assert (areas[full].distance(gates[full]) < 1.0).all()


def test_walks_are_those_of_plain_dijkstra_over_every_street(city) -> None:
    network, schools, _ = city
    gates = snap_points(network, schools["x_m"], schools["y_m"])
    found = find_nearest_source(network, gates)
    # A super source with an edge to both ends of the street of every gate.
    starts, edges = network.links
    count, access = network.x_m.size, gates.access_cm
    tails = np.r_[np.repeat(np.arange(count), np.diff(starts)), np.full(2 * len(schools), count)]
    heads = np.r_[edges[:, 0], network.tail[gates.edge], network.head[gates.edge]]
    to_head = network.length_cm[gates.edge] - gates.offset_cm
    lengths = np.r_[edges[:, 1], access + gates.offset_cm, access + to_head].astype(float)
    order = np.lexsort([lengths, heads, tails])
    tails, heads, lengths = tails[order], heads[order], lengths[order]
    first = np.r_[True, (tails[1:] != tails[:-1]) | (heads[1:] != heads[:-1])]
    graph = csr_array((lengths[first], (tails[first], heads[first])), shape=(count + 1, count + 1))
    assert found.distance_cm.tolist() == dijkstra(graph, indices=count)[:count].tolist()


def test_the_area_of_a_door_is_that_of_its_nearest_school(city, areas) -> None:
    network, schools, _ = city
    rng = np.random.default_rng(7)
    edge = rng.choice(network.length_cm.size, 4000, replace=False)
    at = network.ends[edge]
    doors = pd.DataFrame(
        {
            "x_m": at[:, ::2].mean(axis=1) + rng.normal(0, 3, edge.size),
            "y_m": at[:, 1::2].mean(axis=1) + rng.normal(0, 3, edge.size),
        }
    )
    walks = measure_school_walks(network, schools, doors)
    own = areas.to_numpy()[walks["school_id"].to_numpy(dtype=int)]
    away_m = shapely.distance(own, shapely.points(doors["x_m"], doors["y_m"]))
    assert (away_m == 0).mean() > 0.97
    assert np.quantile(away_m, 0.99) < 10


def test_bands_cover_the_land_and_say_how_many_walk_too_far(city) -> None:
    network, schools, land = city
    bands = draw_isochrones(schools, network, land)
    report = check_coverage(bands.to_numpy(), frame=land, tolerance=0.01)
    assert report.is_sound
    rng = np.random.default_rng(1)
    edge = rng.choice(network.length_cm.size, 2000, replace=False)
    doors = pd.DataFrame(network.ends[edge][:, :2], columns=["x_m", "y_m"])
    walk_m = measure_school_walks(network, schools, doors)["walk_distance_m"].to_numpy()
    places = shapely.points(doors["x_m"], doors["y_m"])
    for limit_m in bands.index[:-1]:
        inside = shapely.intersects(shapely.union_all(bands.loc[:limit_m].to_numpy()), places)
        assert (inside == (walk_m <= limit_m)).mean() > 0.97
    shares = [measure_beyond_pct(walk_m, np.ones(2000), radius_m=r) for r in (500, 1000, 1500)]
    assert sorted(shares, reverse=True) == shares
    assert 0 < shares[2] < shares[0] < 100
