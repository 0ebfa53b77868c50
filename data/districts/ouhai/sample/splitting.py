"""Splitting land by halves, level by level, as towns parcel it: whole arrays at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely
from numpy.typing import NDArray

Polygons = NDArray[np.object_]


def split_land(
    polygons: Polygons,
    measure_target_m2: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    rng: np.random.Generator,
    *,
    measure_wildness: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    spare: tuple[float, float, float] | None = None,
) -> tuple[Polygons, Polygons]:
    """Halve polygons across their long side until none is larger than its target.

    Parameters
    ----------
    polygons
        Array of polygons, metres.
    measure_target_m2
        Largest area wanted at points (n, 2).
    rng
        Decides where the halves meet.
    measure_wildness
        0 where parcels are regular to 1 where they follow no rule, at points (n, 2).
    spare
        ``(smallest, largest, share)``: a piece between those areas (m²) is kept whole with
        that chance, so that large sites remain.

    Returns
    -------
    tuple
        The pieces, and the straight cuts between them.
    """
    done: list[Polygons] = []
    cuts: list[Polygons] = []
    active, grain = polygons, rng.lognormal(0, 0.22, len(polygons))
    while len(active):
        area = shapely.area(active)
        middle = shapely.get_coordinates(shapely.centroid(active))
        finished = area <= measure_target_m2(middle) * grain
        if spare is not None:
            smallest, largest, share = spare
            fits = (area >= smallest) & (area <= largest)
            finished |= fits & (rng.random(len(area)) < share)
        done.append(active[finished])
        active, grain = active[~finished], grain[~finished]
        if not len(active):
            break
        halves, parents, chords = _halve(active, measure_wildness(middle[~finished]), rng)
        cuts.append(chords)
        active, grain = halves, grain[parents]
    return np.concatenate(done), np.concatenate([*cuts, np.array([], dtype=object)])


def _halve(
    polygons: Polygons, wildness: NDArray[np.float64], rng: np.random.Generator
) -> tuple[Polygons, NDArray[np.intp], Polygons]:
    """Cut each polygon in two; return pieces, the row each came from, and the cuts."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(polygons)).reshape(-1, 5, 2)
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 1]
    lengthwise = np.hypot(*first.T) >= np.hypot(*second.T)
    along = np.where(lengthwise[:, None], first, second)
    across = np.where(lengthwise[:, None], second, first)
    count = len(polygons)
    # Most parcels are halved fairly, so that crossings line up; some are not.
    uneven = np.where(rng.random(count) < 0.4, 1.0, 0.06)
    share = 0.5 + np.clip(rng.normal(0, 0.07, count) * (uneven + wildness), -0.2, 0.2)
    turn = np.clip(rng.normal(0, 0.06, count) * (uneven + 6 * wildness), -0.7, 0.7)
    middle = corners[:, 0] + along * share[:, None] + across / 2
    heading = across / np.hypot(*across.T)[:, None]
    cosine, sine = np.cos(turn), np.sin(turn)
    heading = np.column_stack([
        heading[:, 0] * cosine - heading[:, 1] * sine,
        heading[:, 0] * sine + heading[:, 1] * cosine,
    ])  # fmt: skip
    reach = (np.hypot(*along.T) + np.hypot(*across.T))[:, None]
    start, end = middle - heading * reach, middle + heading * reach
    side = np.column_stack([-heading[:, 1], heading[:, 0]]) * reach * 2
    left = shapely.polygons(np.stack([start, end, end + side, start + side], axis=1))
    right = shapely.polygons(np.stack([start, end, end - side, start - side], axis=1))
    pieces, parents = get_polygons(
        np.concatenate(
            [shapely.intersection(polygons, left), shapely.intersection(polygons, right)]
        )
    )
    chords = shapely.intersection(polygons, shapely.linestrings(np.stack([start, end], axis=1)))
    lines = shapely.get_parts(chords)
    return pieces, parents % count, lines[shapely.get_dimensions(lines) == 1]


def get_polygons(shapes: Polygons) -> tuple[Polygons, NDArray[np.intp]]:
    """Return the polygons in any geometries and the row each came from; hairs are dropped."""
    parts, rows = shapely.get_parts(shapes, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)  # collections hold multiparts
    rows = rows[inner]
    keep = (shapely.get_dimensions(parts) == 2) & (shapely.area(parts) > 1.0)
    return parts[keep], rows[keep]
