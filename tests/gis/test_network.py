"""Walks follow the streets, start at the door's own edge and cross main roads at crossings."""

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from gis import network as roads
from gis.errors import RejectedDataError, UsageError
from gis.network import NOBODY, UNREACHED, Network

# Three streets and a lane of 100 m blocks:
#
#   north  o-----o-----o
#          |     |
#   south  o-----o-----o  from (0, 0) to (200, 0)
TOWN = [
    [(0, 0), (100, 0), (200, 0)],
    [(0, 100), (100, 100), (200, 100)],
    [(0, 0), (0, 100)],
    [(100, 0), (100, 100)],
]

lattice = st.integers(0, 5)
segment = st.tuples(st.tuples(lattice, lattice), st.tuples(lattice, lattice))
towns = st.lists(segment, min_size=1, max_size=25).filter(
    lambda lines: any(a != b for a, b in lines)
)
doors = st.lists(st.tuples(st.integers(-10, 60), st.integers(-10, 60)), min_size=1, max_size=8)


def build_town(lines: list[list[tuple[float, float]]] = TOWN, scale: float = 1.0) -> Network:
    return roads.build_network([shapely.LineString(np.array(line) * scale) for line in lines])


def measure_walk(town: Network, door: tuple[float, float], gate: tuple[float, float]) -> float:
    gates = roads.snap_points(town, [gate[0]], [gate[1]])
    walk_m, _ = roads.measure_walks(town, gates, roads.snap_points(town, [door[0]], [door[1]]))
    return float(walk_m[0])


def measure_by_networkx(town: Network, gates: roads.Snapped, door: roads.Snapped) -> list[float]:
    """Measure every walk by adding the places to a networkx graph, in centimetres."""
    graph = nx.Graph()
    graph.add_nodes_from(range(town.x_m.size))
    for edge, (tail, head) in enumerate(zip(town.tail.tolist(), town.head.tolist(), strict=True)):
        stops = [(0, 0, tail), (int(town.length_cm[edge]), 2, head)]
        for name, places in (("gate", gates), ("door", door)):
            for at in np.flatnonzero(places.edge == edge).tolist():
                stops.append((int(places.offset_cm[at]), 1, f"road {name} {at}"))
                graph.add_edge(
                    f"road {name} {at}", f"{name} {at}", weight=int(places.access_cm[at])
                )
        stops.sort(key=lambda stop: stop[:2])
        for (start, _, a), (stop, _, b) in pairwise(stops):
            known = graph.get_edge_data(a, b, {"weight": stop - start})["weight"]
            graph.add_edge(a, b, weight=min(known, stop - start))
    sources = {f"gate {at}" for at in range(gates.edge.size)}
    found = nx.multi_source_dijkstra_path_length(graph, sources)
    return [found.get(f"door {at}", np.inf) / 100 for at in range(door.edge.size)]


# --- walks


def test_a_walk_goes_to_the_road_along_it_and_from_it() -> None:
    # 20 m to the street at (30, 0), 70 m to the corner, 100 m up, 50 m along, 5 m to the gate.
    assert measure_walk(build_town(), (30, -20), (150, 105)) == 20 + 70 + 100 + 50 + 5


def test_a_gate_on_the_door_s_own_street_is_reached_without_passing_a_corner() -> None:
    assert measure_walk(build_town(), (130, 4), (180, -6)) == 4 + 50 + 6


def test_doors_are_snapped_to_edges_and_not_to_nodes() -> None:
    # The nearest node to the door is (0, 100), the nearest road the middle of the lane x = 0.
    door = roads.snap_points(build_town(), [-10.0], [60.0])
    assert door.access_cm.tolist() == [1000]
    assert measure_walk(build_town(), (-10, 60), (0, 0)) == 10 + 60


def test_two_gates_equally_far_yield_to_the_first_whatever_the_graph() -> None:
    for lines in (TOWN, TOWN[::-1]):
        town = build_town(lines)
        gates = roads.snap_points(town, [200, 0, 0], [0, 0, 0])
        _, gate = roads.measure_walks(town, gates, roads.snap_points(town, [100, 10], [0, 0]))
        assert gate.tolist() == [0, 1]


def test_nobody_walks_where_no_road_leads() -> None:
    town = build_town([*TOWN, [(900, 0), (950, 0)]])
    gates = roads.snap_points(town, [0.0], [0.0])
    door = roads.snap_points(town, [920.0, np.nan, 10.0], [0.0, 5.0, 500.0], reach_m=100)
    assert (door.edge == NOBODY).tolist() == [False, True, True]
    walk_m, gate = roads.measure_walks(town, gates, door)
    assert np.isnan(walk_m).tolist() == [True] * 3
    assert gate.tolist() == [NOBODY] * 3
    assert np.isnan(roads.measure_door_table(town, gates, door)).all()
    unreached = roads.find_nearest_source(town, gates)
    assert sorted(unreached.distance_cm.tolist())[-2:] == [UNREACHED] * 2


def test_a_school_off_the_roads_is_nobody_s_school() -> None:
    town = build_town()
    gates = roads.snap_points(town, [np.nan, 0.0], [0.0, 0.0])
    door = roads.snap_points(town, [10.0], [0.0])
    assert roads.measure_walks(town, gates, door)[1].tolist() == [1]
    assert roads.measure_table(town, gates)[0].min() == UNREACHED


def test_cut_off_roads_are_dropped_on_demand() -> None:
    town = roads.keep_largest_part(build_town([[(900, 0), (950, 0)], *TOWN]))
    assert town.x_m.max() == 200
    assert measure_walk(town, (900, 0), (200, 0)) == 700


# --- main roads

AVENUE = [(0, 0), (100, 0), (200, 0)]  # from west to east
SOUTH_LANE, NORTH_LANE = [(0, 0), (0, -50)], [(100, 0), (100, 80)]


def build_avenue(crossings: list[tuple[float, float]]) -> Network:
    lines = [shapely.LineString(line) for line in (AVENUE, SOUTH_LANE, NORTH_LANE)]
    spots = [shapely.Point(spot) for spot in crossings]
    return roads.build_network(lines, is_main=[True, False, False], crossings=spots)


def test_a_main_road_is_crossed_at_its_crossing_and_not_before() -> None:
    door, gate = (150.0, -10.0), (150.0, 10.0)  # face to face
    assert measure_walk(build_avenue([(100, 0)]), door, gate) == 10 + 50 + 50 + 10
    # Without the crossing one walks around the nearer end of the avenue, 50 m east.
    assert measure_walk(build_avenue([]), door, gate) == 10 + 50 + 50 + 10
    assert measure_walk(build_avenue([]), (110, -10), (110, 10)) == 10 + 90 + 90 + 10
    assert measure_walk(build_avenue([(100, 0)]), (110, -10), (110, 10)) == 10 + 10 + 10 + 10


def test_a_lane_leads_into_its_own_side_of_the_main_road() -> None:
    # The northern lane meets the avenue at x = 100; from its end to the southern side one has
    # to go round the eastern end: 80 + 100 + 100 back to x = 100.
    assert measure_walk(build_avenue([]), (100, 80), (100, -1)) == 80 + 100 + 100 + 1
    assert measure_walk(build_avenue([]), (100, 80), (99, 1)) == 80 + 1 + 1


def test_two_main_roads_that_meet_part_the_town_into_four() -> None:
    cross = [
        shapely.LineString([(-500, 0), (0, 0), (500, 0)]),
        shapely.LineString([(0, -500), (0, 0), (0, 500)]),
    ]
    town = roads.build_network(cross, is_main=[True, True])
    # From the north-east to the south-east corner: out along the avenue and back.
    assert measure_walk(town, (40, 1), (40, -1)) == 1 + 460 + 460 + 1
    crossed = roads.build_network(cross, is_main=[True, True], crossings=[shapely.Point(0, 0)])
    assert measure_walk(crossed, (40, 1), (40, -1)) == 1 + 40 + 40 + 1
    assert measure_walk(crossed, (-40, 1), (40, -1)) == 1 + 40 + 40 + 1


def test_a_road_that_is_not_main_is_crossed_anywhere() -> None:
    assert measure_walk(build_town(), (150, -10), (150, 10)) == 20


# --- the graph


def test_lines_meet_in_shared_vertices_only() -> None:
    bridge = build_town([[(0, 0), (100, 0)], [(50, -50), (50, 50)]])
    assert np.isnan(measure_walk(bridge, (10, 0), (50, 40)))
    # The same vertex to the millimetre is the same place.
    assert (
        measure_walk(build_town([[(0, 0), (10, 0)], [(10.0004, 0), (20, 0)]]), (0, 0), (20, 0))
        == 20
    )


def test_a_square_with_thirty_streets_is_walked_like_any_other() -> None:
    turn = np.linspace(0, 2 * np.pi, 30, endpoint=False)
    ends = np.column_stack([np.cos(turn), np.sin(turn)]) * 100
    square = roads.build_network([shapely.LineString([(0, 0), end]) for end in ends])
    gate = roads.snap_points(square, [100.0], [0.0])
    walk_m, _ = roads.measure_walks(square, gate, roads.snap_points(square, *ends.T))
    assert walk_m.tolist() == [0.0] + [200.0] * 29


def test_what_is_no_road_is_refused() -> None:
    with pytest.raises(RejectedDataError, match="1 lines hold no road"):
        roads.build_network([shapely.LineString([(0, 0), (0, 0)])])
    with pytest.raises(RejectedDataError, match="0 lines hold no road"):
        roads.build_network([])
    with pytest.raises(RejectedDataError, match="first in row 1: Point"):
        roads.build_network([shapely.LineString([(0, 0), (1, 0)]), shapely.Point(0, 0)])
    with pytest.raises(RejectedDataError, match="not finite, first in row 1"):
        roads.build_network(
            [None, shapely.LineString([(0, 0), (np.inf, 0)]), shapely.LineString([(0, 0), (1, 0)])]
        )
    with pytest.raises(RejectedDataError, match="metric CRS"):
        roads.build_network([shapely.LineString([(0, 0), (1e9, 0)])])
    with pytest.raises(UsageError, match="1 lines came with 2 marks"):
        roads.build_network([shapely.LineString([(0, 0), (1, 0)])], is_main=[True, False])
    with pytest.raises(UsageError, match="shape"):
        roads.snap_points(build_town(), [0.0, 1.0], [0.0])


@settings(deadline=None)
@given(towns, doors, doors)
def test_walks_agree_with_networkx_and_with_the_full_table(lines, gates, places) -> None:
    town = build_town([list(line) for line in lines], scale=10.0)
    gate = roads.snap_points(town, *np.array(gates, dtype=float).T)
    door = roads.snap_points(town, *np.array(places, dtype=float).T)
    walk_m, nearest = roads.measure_walks(town, gate, door)
    expected = measure_by_networkx(town, gate, door)
    assert np.where(np.isnan(walk_m), np.inf, walk_m).tolist() == pytest.approx(expected)
    table = np.nan_to_num(roads.measure_door_table(town, gate, door), nan=np.inf)
    assert table.min(axis=1).tolist() == pytest.approx(expected, rel=1e-6)
    # The first of the equally near gates.
    assert np.where(np.isinf(table).all(axis=1), NOBODY, table.argmin(axis=1)).tolist() == (
        nearest.tolist()
    )


@settings(deadline=None)
@given(towns, doors)
def test_doors_snap_to_the_nearest_of_all_edges(lines, places) -> None:
    town = build_town([list(line) for line in lines], scale=10.0)
    x, y = np.array(places, dtype=float).T
    snapped = roads.snap_points(town, x, y)
    edges = shapely.linestrings(town.ends.reshape(-1, 2, 2))
    distances = shapely.distance(shapely.points(x, y)[:, None], edges[None, :])
    assert snapped.access_cm.tolist() == np.rint(100 * distances.min(axis=1)).tolist()
    on_road = shapely.line_interpolate_point(edges[snapped.edge], snapped.offset_cm / 100)
    away = shapely.distance(on_road, shapely.points(x, y))
    assert away == pytest.approx(distances.min(axis=1), abs=0.01)


@settings(deadline=None)
@given(towns, st.lists(st.integers(0, 60), min_size=1, max_size=5), st.randoms())
def test_nearest_sources_do_not_depend_on_the_order_of_lines_or_sources(lines, at, random) -> None:
    town = build_town([list(line) for line in lines], scale=10.0)
    sources = np.array(at) % town.x_m.size
    found = roads.find_nearest_source(town, sources)
    starts, edges = town.links
    graph = csr_array((edges[:, 1].astype(float), edges[:, 0], starts))
    exact = dijkstra(graph, indices=sources)
    assert np.where(found.source < 0, np.inf, found.distance_cm).tolist() == exact.min(0).tolist()
    assert found.source[found.source >= 0].tolist() == (
        exact.argmin(0)[np.isfinite(exact.min(0))].tolist()
    )
    table = roads.measure_table(town, sources).astype(float)
    table[table == UNREACHED] = np.inf
    assert table.tolist() == exact.tolist()
    shuffled = random.sample(lines, len(lines))
    again = build_town([list(line) for line in shuffled], scale=10.0)
    assert again.x_m.tolist() == town.x_m.tolist()
    other = roads.find_nearest_source(again, sources)
    assert other.source.tolist() == found.source.tolist()


def test_a_large_town_agrees_with_scipy_to_the_centimetre() -> None:
    side = 120
    node = np.arange(side * side).reshape(side, side)
    rng = np.random.default_rng(6)
    spots = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=2) * 80.0
    spots = (spots + rng.uniform(-30, 30, spots.shape)).reshape(-1, 2)
    ends = np.vstack(
        [
            np.c_[node[:, :-1].ravel(), node[:, 1:].ravel()],
            np.c_[node[:-1].ravel(), node[1:].ravel()],
        ]
    )
    ends = ends[rng.random(len(ends)) < 0.7]
    town = roads.build_network(shapely.linestrings(spots[ends]))
    sources = rng.choice(town.x_m.size, 50, replace=False)
    starts, edges = town.links
    graph = csr_array((edges[:, 1].astype(float), edges[:, 0], starts))
    exact = dijkstra(graph, indices=sources, min_only=True)
    found = roads.find_nearest_source(town, sources)
    assert np.where(found.source < 0, np.inf, found.distance_cm).tolist() == exact.tolist()
    table = roads.measure_table(town, sources[:7], cores=2).astype(float)
    table[table == UNREACHED] = np.inf
    assert table.tolist() == dijkstra(graph, indices=sources[:7]).tolist()
