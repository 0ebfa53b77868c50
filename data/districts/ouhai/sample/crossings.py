"""Edges between blocks: where they meet, and which are dropped so that streets look right."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Shapes = NDArray[np.object_]

NONE = -1


def merge_crossings(edges: Shapes, shores: Shapes, short_m: float) -> Shapes:
    """Draw the two ends of very short edges together: two near T-junctions make a crossing.

    Edges near shores stay, and so do those that would drag another edge across a third.
    """
    sides = cut_sides(shores)
    for _ in range(2):
        start, end, place = number_nodes(edges)
        short = np.flatnonzero((shapely.length(edges) < short_m) & (start != end))
        loose = find_near(sides, np.asarray(shapely.points(place)), 2 * short_m) == NONE
        short = short[loose[start[short]] & loose[end[short]]]
        first = np.full(len(place), len(edges))
        np.minimum.at(first, start[short], short)
        np.minimum.at(first, end[short], short)
        short = short[(first[start[short]] == short) & (first[end[short]] == short)]
        while True:
            merged, kept = _draw_together(edges, short, start, end, place)
            tangled = _find_tangled(merged, short, start[kept], end[kept], start, end)
            hit = np.isin(start[short], tangled) | np.isin(end[short], tangled)
            if not hit.any():
                break
            short = short[~hit]
        edges = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(merged)))
    return edges


def _draw_together(
    edges: Shapes, short: Ints, start: Ints, end: Ints, place: Floats
) -> tuple[Shapes, NDArray[np.bool_]]:
    """Return the edges without the short ones, whose ends have met halfway; and who stayed."""
    moved = place.copy()
    moved[start[short]] = moved[end[short]] = (place[start[short]] + place[end[short]]) / 2
    kept = np.ones(len(edges), dtype=bool)
    kept[short] = False
    return _move_ends(edges[kept], moved[start[kept]], moved[end[kept]]), kept


def _find_tangled(
    merged: Shapes, short: Ints, first: Ints, last: Ints, start: Ints, end: Ints
) -> Ints:
    """Return the nodes of edges that moved across another edge."""
    drawn = np.concatenate([start[short], end[short]])
    moved = np.flatnonzero(np.isin(first, drawn) | np.isin(last, drawn))
    hit, other = shapely.STRtree(merged).query(merged[moved], predicate="crosses")
    tangled = np.concatenate([moved[hit], other])
    return np.unique(np.concatenate([first[tangled], last[tangled]]))


def _move_ends(edges: Shapes, starts: Floats, ends: Floats) -> Shapes:
    vertices, row = shapely.get_coordinates(edges, return_index=True)
    head = np.searchsorted(row, np.arange(len(edges)))
    tail = np.append(head[1:], len(row)) - 1
    vertices[head], vertices[tail] = starts, ends
    return np.asarray(shapely.linestrings(vertices, indices=row))


def drop_wide_bridges(
    edges: Shapes, pond: Any, lakes: Any, kept: list[Any], long_m: float
) -> Shapes:
    """Let only main roads cross lakes and wide waters."""
    middle = shapely.line_interpolate_point(edges, 0.5, normalized=True)
    shapely.prepare(pond)
    shapely.prepare(lakes)
    wet = shapely.contains_properly(pond, middle) & (shapely.length(edges) > long_m)
    wet |= shapely.contains_properly(lakes, middle)
    wet &= find_near(cut_sides(np.array(kept)), middle, 1.0) == NONE
    return np.asarray(shapely.get_parts(shapely.line_merge(shapely.multilinestrings(edges[~wet]))))


def number_nodes(edges: Shapes) -> tuple[Ints, Ints, Floats]:
    """Return the node numbers of both ends of every edge and the place of every node."""
    first = shapely.get_coordinates(shapely.get_point(edges, 0))
    last = shapely.get_coordinates(shapely.get_point(edges, -1))
    ends = np.concatenate([first, last])
    key, number = np.unique(ends[:, 0] + 1j * ends[:, 1], return_inverse=True)
    return number[: len(edges)], number[len(edges) :], np.column_stack([key.real, key.imag])


def cut_sides(lines: Shapes) -> Shapes:
    """Return every straight side of lines, in order."""
    vertices, row = shapely.get_coordinates(shapely.get_parts(lines), return_index=True)
    follows = row[1:] == row[:-1]
    ends = np.stack([vertices[:-1][follows], vertices[1:][follows]], axis=1)
    return np.asarray(shapely.linestrings(ends))


def find_near(sides: Shapes, points: Shapes, distance_m: float) -> Ints:
    """Return the row of a side near each point, -1 for none."""
    near = np.full(len(points), NONE)
    point, side = shapely.STRtree(sides).query(points, predicate="dwithin", distance=distance_m)
    near[point] = side
    return near
