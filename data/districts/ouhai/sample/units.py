"""Planning units of superblocks, communities of units, subdistricts of communities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from data.districts.ouhai.sample.blocks import OUTSIDE, Fabric
from data.districts.ouhai.sample.frame import Frame
from data.districts.ouhai.sample.growth import grow_cells
from data.districts.ouhai.sample.terrain import Terrain

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]

# ASSUMPTION: growth prefers to stop at main roads and waters, as real borders do.
MAIN_ROAD_COST = 1.6
WATER_COST = 1.6
SMALL_SHARE = 0.45  # a piece under this share of its neighbours' median joins one of them


@dataclass(frozen=True)
class Units:
    """Planning units: one row a unit; `of_block` names the unit of every block."""

    of_block: Ints
    area_m2: Floats
    centre: Floats
    community: Ints  # row of frame.communities
    subdistrict: Ints  # row of frame.subdistricts
    seed_of_community: Ints  # unit in which the community's village or centre lies
    pairs: Ints  # neighbouring units, each pair once
    border_cost: Floats  # factor on the way between a pair


def draw_units(fabric: Fabric, frame: Frame, terrain: Terrain) -> Units:
    """Group blocks into units and grow communities and subdistricts over them."""
    of_block = _join_pieces(fabric)
    count = int(of_block.max()) + 1
    area = np.asarray(np.bincount(of_block, fabric.area_m2, minlength=count), dtype=float)
    centre = np.column_stack(
        [np.bincount(of_block, fabric.area_m2 * fabric.centre[:, k]) / area for k in (0, 1)]
    )
    pairs, factor = _list_neighbours(fabric, of_block)
    way_m = np.hypot(*(centre[pairs[:, 0]] - centre[pairs[:, 1]]).T)
    towns = frame.subdistricts
    seeds = _pick_distinct(towns[["x", "y"]].to_numpy(dtype=float), centre)
    sizes = frame.communities.groupby("subdistrict_code").size()
    subdistrict = _grow_subdistricts(
        pairs,
        way_m * factor,
        seeds,
        towns["reach_m"].to_numpy(dtype=float),
        np.array([sizes[code] for code in towns["code"]]),
        areas=count,
    )
    community, capital = _grow_communities(
        frame, subdistrict, centre, area, terrain.measure_urbanity(centre), pairs, way_m * factor
    )
    return Units(of_block, area, centre, community, subdistrict, capital, pairs, factor)


def dissolve(shapes: NDArray[np.object_], label: Ints, count: int) -> NDArray[np.object_]:
    """Join the shapes of each label into one multipolygon, keeping every vertex."""
    order = np.argsort(label, kind="stable")
    groups = np.split(shapes[order], np.searchsorted(label[order], np.arange(1, count)))
    joined = np.array([shapely.coverage_union_all(group) for group in groups])
    parts, row = shapely.get_parts(joined, return_index=True)
    return np.asarray(shapely.multipolygons(parts, indices=row))


def _grow_subdistricts(
    pairs: Ints, cost_m: Floats, seeds: Ints, reach_m: Floats, wanted: Ints, *, areas: int
) -> Ints:
    """Grow cells; one with fewer units than communities starts earlier and tries again."""
    reach_m = reach_m.copy()
    for _ in range(40):
        cell = grow_cells(pairs, cost_m, seeds, reach_m, areas=areas)
        lacking = np.bincount(cell, minlength=len(seeds)) < wanted + 2
        if not lacking.any():
            break
        reach_m += np.where(lacking, 250.0, -60.0)
    return cell


def _grow_communities(
    frame: Frame,
    subdistrict: Ints,
    centre: Floats,
    area: Floats,
    urbanity: Floats,
    pairs: Ints,
    cost_m: Floats,
) -> tuple[Ints, Ints]:
    """Return the community of every unit, and the unit each community grew from."""
    community = np.full(len(area), OUTSIDE)
    capital = np.full(len(frame.communities), OUTSIDE)
    towny = frame.communities["name_zh"].str.endswith("社区").to_numpy(dtype=bool)
    for row, code in enumerate(frame.subdistricts["code"]):
        members = np.flatnonzero(subdistrict == row)
        names = np.flatnonzero(frame.communities["subdistrict_code"] == code)
        inner = (subdistrict[pairs] == row).all(axis=1)
        place = np.full(len(area), OUTSIDE)
        place[members] = np.arange(len(members))
        seat = _spread_seeds(centre[members], (urbanity * area)[members] ** 0.6, len(names))
        grown = grow_cells(
            place[pairs[inner]], cost_m[inner], seat, np.zeros(len(seat)), areas=len(members)
        )
        # Residents' communities (社区) are the built-up ones.
        ranked = names[np.argsort(~towny[names], kind="stable")]
        order = np.empty(len(seat), dtype=int)
        order[np.argsort(-urbanity[members[seat]], kind="stable")] = ranked
        community[members] = order[grown]
        capital[order] = members[seat]
    return community, capital


def _join_pieces(fabric: Fabric) -> Ints:
    """Give waters and crumbs to the neighbour they share most border with."""
    label = np.where(fabric.piece == OUTSIDE, OUTSIDE, fabric.piece)
    loose = label == OUTSIDE
    label[loose] = fabric.piece.max() + 1 + np.arange(loose.sum())
    label = np.unique(label, return_inverse=True)[1]
    crumb = np.zeros(label.max() + 1, dtype=bool)
    crumb[label[loose]] = True
    for _ in range(4):
        label, crumb = _merge_crumbs(fabric, label, crumb)
        area = np.bincount(label, fabric.area_m2)
        near, _ = _list_neighbours(fabric, label)
        both = pd.Series(np.concatenate([area[near[:, 1]], area[near[:, 0]]]), index=near.T.ravel())
        typical = both.groupby(level=0).median().reindex(range(len(area)), fill_value=0.0)
        crumb = crumb | (area < SMALL_SHARE * typical.to_numpy())
    return label


def _merge_crumbs(fabric: Fabric, label: Ints, crumb: NDArray[np.bool_]) -> tuple[Ints, Any]:
    inner = (fabric.left != OUTSIDE) & (fabric.right != OUTSIDE)
    one, two = label[fabric.left[inner]], label[fabric.right[inner]]
    length = fabric.length_m[inner]
    apart = one != two
    borders = pd.DataFrame(
        {
            "unit": np.concatenate([one[apart], two[apart]]),
            "other": np.concatenate([two[apart], one[apart]]),
            "length_m": np.tile(length[apart], 2),
        }
    )
    shared = borders.groupby(["unit", "other"])["length_m"].sum().reset_index()
    shared = shared[crumb[shared["unit"]]]
    # Crumbs join whole neighbours; only where there are none, another crumb.
    shared["whole"] = ~crumb[shared["other"]]
    best = shared.sort_values(["whole", "length_m", "other"]).drop_duplicates("unit", keep="last")
    count = len(crumb)
    graph = csr_array((np.ones(len(best)), (best["unit"], best["other"])), shape=(count, count))
    groups, joined = connected_components(graph, directed=False)
    still = np.ones(groups, dtype=bool)
    still[joined[~crumb]] = False
    return np.asarray(joined[label]), still


def _list_neighbours(fabric: Fabric, label: Ints) -> tuple[Ints, Floats]:
    """Return neighbouring labels and the mean cost factor of their common border."""
    inner = (fabric.left != OUTSIDE) & (fabric.right != OUTSIDE)
    left, right = fabric.left[inner], fabric.right[inner]
    wet = (fabric.water[left] != OUTSIDE) | (fabric.water[right] != OUTSIDE)
    factor = np.where(fabric.road[inner] != OUTSIDE, MAIN_ROAD_COST, 1.0)
    factor *= np.where(wet, WATER_COST, 1.0)
    length = fabric.length_m[inner]
    ends = np.sort(np.column_stack([label[left], label[right]]), axis=1)
    apart = ends[:, 0] != ends[:, 1]
    pairs, row = np.unique(ends[apart], axis=0, return_inverse=True)
    weight = np.bincount(row, length[apart])
    return pairs, np.bincount(row, (length * factor)[apart]) / weight


def _pick_distinct(wanted: Floats, places: Floats) -> Ints:
    """Return the nearest place to each wanted point, none twice."""
    taken: list[int] = []
    for point in wanted:
        away = np.hypot(*(places - point).T)
        away[taken] = np.inf
        taken.append(int(np.argmin(away)))
    return np.array(taken)


def _spread_seeds(places: Floats, weight: Floats, count: int) -> Ints:
    """Return `count` well spread places, denser where the weight is."""
    if count > len(places):
        raise ValueError(f"{count} communities do not fit into {len(places)} units.")
    seeds = [int(np.argmax(weight))]
    away = np.hypot(*(places - places[seeds[0]]).T)
    for _ in range(count - 1):
        seeds.append(int(np.argmax(away * weight**0.5)))
        away = np.minimum(away, np.hypot(*(places - places[seeds[-1]]).T))
    middle = places[seeds]
    for _ in range(12):
        near = np.argmin(np.hypot(*(places[:, None] - middle[None]).transpose(2, 0, 1)), axis=1)
        mass = np.bincount(near, weight, minlength=count)
        drawn = np.column_stack(
            [np.bincount(near, weight * places[:, k], minlength=count) for k in (0, 1)]
        )
        middle = np.where(mass[:, None] > 0, drawn / np.maximum(mass, 1e-9)[:, None], middle)
    return _pick_distinct(middle, places)
