"""What bounds a catchment in each direction (东至…，南至…，西至…，北至…)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from catchments.notice.ground import DISTRICT
from catchments.notice_rules import NoticeRules

SIDES = ("east", "south", "west", "north")
COMMUNITY = "community"  # kind of a border with another community, where no line runs
_STEP_M = 20.0  # pieces of the boundary that are judged one by one
_COLUMNS = ["side", "name", "kind", "length_m", "share_pct", "named"]


def describe_sides(
    area: Any, lines: gpd.GeoDataFrame, communities: gpd.GeoDataFrame, rules: NoticeRules
) -> pd.DataFrame:
    """Find what carries the outer boundary of an area in each direction.

    The boundary is cut into pieces of at most 20 m. A piece faces where its outward normal
    points: east from north-east to south-east, and so on; the length of all pieces that face a
    side is the side. A piece is carried by a named line within `rules.near_m` that runs along
    it (`rules.along_deg`), or by a water that it runs through; of several by the kind that
    `rules.prefer` lists first, then by the nearest. A piece that no line carries lies against
    the community on its outer side, if another one begins there. Holes have no side.

    Parameters
    ----------
    area
        Polygon or MultiPolygon. UNITS: metres.
    lines
        name, kind; lines, or polygons of water.
    communities
        Index: name; polygons.

    Returns
    -------
    DataFrame
        side, name, kind, length_m, share_pct (of the side), named (whether the notice names it:
        a share of at least `least_share_pct`, at most `most_names`; the longest in any case),
        along a side from north to south or from west to east.

    Examples
    --------
    A street runs along the whole east of a square of 100 m, ten metres off:

    >>> square = shapely.box(0, 0, 100, 100)
    >>> road = gpd.GeoDataFrame({"name": ["学院路"], "kind": ["local"]},
    ...     geometry=[shapely.LineString([(110, -50), (110, 150)])], crs=4549)
    >>> none = gpd.GeoDataFrame(geometry=[], crs=4549)
    >>> told = describe_sides(square, road, none, NoticeRules())
    >>> told[["side", "name", "length_m", "share_pct"]].values.tolist()
    [['east', '学院路', 100.0, 100.0]]
    """
    pieces = _cut_boundary(area)
    total_m = np.bincount(pieces.side, pieces.length_m, minlength=len(SIDES))
    name, kind = _find_carriers(pieces, lines, rules)
    beside = _find_beside(pieces, communities, rules)
    is_bare = (name == "") & (beside != "")
    name, kind = np.where(is_bare, beside, name), np.where(is_bare, COMMUNITY, kind)
    # Along the side: from north to south in the east and west, else from west to east.
    along = np.where(pieces.side % 2 == 0, -pieces.middle[:, 1], pieces.middle[:, 0])
    table = pd.DataFrame(
        {
            "side": pieces.side,
            "name": name,
            "kind": kind,
            "length_m": pieces.length_m,
            "moment": along * pieces.length_m,
        }
    )
    held = table[table["name"] != ""].groupby(["side", "name", "kind"], as_index=False).sum()
    held["share_pct"] = 100 * held["length_m"] / total_m[held["side"]]
    held["place"] = held["moment"] / held["length_m"]
    rank = held.groupby("side")["length_m"].rank(method="first", ascending=False)
    held["named"] = (rank == 1) | (
        (held["share_pct"] >= rules.least_share_pct) & (rank <= rules.most_names)
    )
    held = held.sort_values(["side", "place", "name"], ignore_index=True)
    held["side"] = np.array(SIDES, dtype=object)[held["side"]]
    return held[_COLUMNS].round({"length_m": 1, "share_pct": 1})


@dataclass(frozen=True, eq=False)
class Pieces:
    """Pieces of a boundary: middle and unit vectors along and outward, (n, 2); lengths; sides."""

    middle: NDArray[np.float64]
    along: NDArray[np.float64]
    outward: NDArray[np.float64]
    length_m: NDArray[np.float64]
    side: NDArray[np.intp]


def _cut_boundary(area: Any) -> Pieces:
    # Counter-clockwise rings: the outside lies to the right.
    parts = shapely.orient_polygons(shapely.get_parts(area))
    rings = shapely.segmentize(shapely.get_exterior_ring(parts), _STEP_M)
    start, end, _ = _list_segments(rings)
    step = end - start
    length_m = np.hypot(*step.T)
    along = step / length_m[:, None]
    outward = np.column_stack([along[:, 1], -along[:, 0]])
    # Quarters of the compass, clockwise from the one around east; borders go clockwise on.
    angle = np.degrees(np.arctan2(outward[:, 1], outward[:, 0]))
    side = np.floor((45.0 - angle) / 90.0).astype(np.intp) % len(SIDES)
    return Pieces((start + end) / 2, along, outward, length_m, side)


def _list_segments(lines: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """List straight segments longer than nothing: start, end, position of the line."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    rows = np.flatnonzero((line[1:] == line[:-1]) & (xy[1:] != xy[:-1]).any(axis=1))
    return xy[rows], xy[rows + 1], line[rows]


def _find_carriers(
    pieces: Pieces, lines: gpd.GeoDataFrame, rules: NoticeRules
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Find name and kind of the line that carries each piece; empty where none does."""
    count = len(pieces.middle)
    name, kind = np.full(count, "", dtype=object), np.full(count, "", dtype=object)
    rank = {one: at for at, one in enumerate(rules.prefer)}
    useful = lines[lines["kind"].isin(rank) & (lines["name"].fillna("") != "")]
    west, south = pieces.middle.min(axis=0) - rules.near_m
    east, north = pieces.middle.max(axis=0) + rules.near_m
    useful = useful[
        shapely.intersects(useful.geometry.to_numpy(), shapely.box(west, south, east, north))
    ]
    if useful.empty:
        return name, kind
    shapes = np.asarray(useful.geometry, dtype=object)
    is_area = shapely.get_dimensions(shapes) == 2
    # A water carries where the boundary runs along its bank, or anywhere inside of it.
    start, end, line = _list_segments(np.where(is_area, shapely.boundary(shapes), shapes))
    step = end - start
    along = step / np.hypot(*step.T)[:, None]
    solid = np.concatenate([shapely.linestrings(np.stack([start, end], axis=1)), shapes[is_area]])
    owner = np.concatenate([line, np.flatnonzero(is_area)])
    middles = np.asarray(shapely.points(pieces.middle), dtype=object)
    piece, found = shapely.STRtree(solid).query(middles, predicate="dwithin", distance=rules.near_m)
    straight = found < len(along)
    carries = np.empty(len(found), dtype=bool)
    turn = np.abs((pieces.along[piece[straight]] * along[found[straight]]).sum(axis=1))
    carries[straight] = turn >= np.cos(np.radians(rules.along_deg))
    carries[~straight] = shapely.intersects(middles[piece[~straight]], solid[found[~straight]])
    piece, found = piece[carries], found[carries]
    away_m = shapely.distance(middles[piece], solid[found])
    kinds = useful["kind"].map(rank).to_numpy()[owner[found]]
    order = np.lexsort([owner[found], away_m, kinds, piece])
    best = order[np.r_[True, piece[order][1:] != piece[order][:-1]]] if len(order) else order
    name[piece[best]] = useful["name"].to_numpy(dtype=object)[owner[found[best]]]
    kind[piece[best]] = useful["kind"].to_numpy(dtype=object)[owner[found[best]]]
    return name, kind


def _find_beside(
    pieces: Pieces, communities: gpd.GeoDataFrame, rules: NoticeRules
) -> NDArray[np.object_]:
    """Find the community on the outer side of each piece; empty where the inner one goes on."""
    names = np.append(communities.index.to_numpy(dtype=object), "")
    tree = shapely.STRtree(np.asarray(communities.geometry, dtype=object))
    sides = []
    for sign in (1.0, -1.0):
        places = pieces.middle + sign * rules.near_m / 4 * pieces.outward
        found = np.full(len(places), len(names) - 1)
        row, community = tree.query(shapely.points(places), predicate="within")
        found[row] = community
        sides.append(names[found])
    outer, inner = sides
    return np.where(outer == inner, "", outer)


def name_district_line(name_zh: str) -> tuple[str, str]:
    """Return name and kind of the line around a district: 瓯海区界.

    Examples
    --------
    >>> name_district_line("瓯海区")
    ('瓯海区界', 'district')
    """
    return f"{name_zh}界", DISTRICT
