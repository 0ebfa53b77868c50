"""Nearest school on foot: over the streets, whole planning units or street by street.

Every door is brought to its nearest road edge and walks along the streets; see
:mod:`gis.network`. UNITS: metres, all coordinates in one metric CRS.
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from catchments.boundaries.request import Drawn, Request, Ways, name_rows
from gis.errors import RejectedDataError
from gis.network import (
    Network,
    Snapped,
    find_nearest_source,
    measure_door_table,
    measure_walks,
    snap_points,
)
from gis.partition import OUTSIDE, Area
from gis.street_cells import draw_label_areas, sample_streets

# ASSUMPTION: nobody wants a piece of catchment narrower than a lane or smaller than a yard.
NARROWEST_M = 5.0
SMALLEST_M2 = 500.0
# Ground farther than this from every street is walked over straight in isochrones.
_OFF_ROAD_M = 50.0


def draw_walking(request: Request) -> Drawn:
    """Give each planning unit whole to the school that its pupils walk least to, all together.

    Equal walks go to the school with the lowest id, so row order never matters.

    Raises
    ------
    RejectedDataError
        The walks of the request were not measured, or no school can be reached on foot from a
        unit.

    Examples
    --------
    The nearer school of the second unit lies across the river.

    >>> from gis.network import build_network
    >>> network = build_network([shapely.LineString([(0, 0), (9, 0), (9, 5), (0, 5)])])
    >>> units = pd.DataFrame({"x_m": [8.0, 2.0], "y_m": [0.0, 5.0]}, index=[1, 2])
    >>> schools = pd.DataFrame({"x_m": [0.0, 9.0], "y_m": [0.0, 3.0]}, index=[7, 8])
    >>> walks = measure_unit_walks(network, units, schools)
    >>> draw_walking(Request(units, schools, walks)).school_id.tolist()
    [8, 8]
    """
    units, ways = request.units, request.ways
    if ways is None or not ways.on_foot:
        raise RejectedDataError(
            "There are no roads to walk on.", mend="Load the roads of the district."
        )
    lost = name_rows(units.iloc[np.flatnonzero(np.isinf(ways.distance_m).all(axis=1))])
    if lost:
        raise RejectedDataError(
            f"No school can be reached on foot from {len(lost)} planning units: "
            f"{', '.join(lost[:20])}.",
            mend="Complete the road graph, or leave these units out.",
        )
    ids = request.schools.index.to_numpy()
    order = np.argsort(ids, kind="stable")
    nearest = ids[order][ways.distance_m[:, order].argmin(axis=1)]
    return Drawn(pd.Series(nearest, index=units.index, name="school_id"))


def measure_unit_walks(
    network: Network,
    units: pd.DataFrame,
    schools: pd.DataFrame,
    doors: pd.DataFrame | None = None,
) -> Ways:
    """Measure how far the pupils of each unit walk to each school, on average.

    Parameters
    ----------
    units
        Index planning_unit_id; x_m, y_m: a point inside, and pupils if they are known.
    schools
        x_m, y_m: the gate.
    doors
        planning_unit_id, x_m, y_m and pupils of each door. Doors without a way to any school do
        not enter the mean. A unit without doors or pupils is measured from its own point.

    Examples
    --------
    Two pupils live 100 m from the school and one 400 m: 200 m on average.

    >>> from gis.network import build_network
    >>> network = build_network([shapely.LineString([(0, 0), (500, 0)])])
    >>> units = pd.DataFrame({"x_m": [0.0], "y_m": [0.0]}, index=[5])
    >>> doors = pd.DataFrame(
    ...     {"planning_unit_id": 5, "x_m": [100.0, 400.0], "y_m": 0.0, "pupils": [2, 1]})
    >>> gate = pd.DataFrame({"x_m": [0.0], "y_m": [0.0]})
    >>> measure_unit_walks(network, units, gate, doors).distance_m.tolist()
    [[200.0]]
    """
    gates, count = _snap(network, schools), len(units)
    at, pupils = np.empty(0, np.intp), np.empty(0)
    walks = np.empty((0, len(schools)), np.float32)
    if doors is not None:
        at = units.index.get_indexer(pd.Index(doors["planning_unit_id"]))
        counts = (at >= 0) & (doors["pupils"].to_numpy(np.float64) > 0.0)
        at, pupils = at[counts], doors["pupils"].to_numpy(np.float64)[counts]
        walks = measure_door_table(network, gates, _snap(network, doors[counts]))
    is_led = np.isfinite(walks).any(axis=1)
    bare = np.setdiff1d(np.arange(count), at[is_led])
    own = measure_door_table(network, gates, _snap(network, units.iloc[bare]))
    weight = np.concatenate([pupils[is_led], np.ones(bare.size)])
    rows = np.concatenate([at[is_led], bare])
    sums = csr_array((weight, (rows, np.arange(rows.size))), shape=(count, rows.size))
    total_m = sums @ np.concatenate([walks[is_led], own]).astype(np.float64)
    # Rounded to the millimetre, so that equal walks stay equal in whatever order they are added.
    mean_m = np.round(total_m / np.bincount(rows, weight, count)[:, None], 3)
    # Pupils of a unit whose doors all lead nowhere stay behind these doors.
    known = units["pupils"].to_numpy(np.float64) if "pupils" in units else np.zeros(count)
    left = np.where(np.isin(bare, at), 0.0, known[bare])
    return Ways(
        distance_m=np.where(np.isnan(mean_m), np.inf, mean_m),
        door_unit=np.concatenate([at, bare]),
        door_pupils=np.concatenate([pupils, left]),
        door_distance_m=np.concatenate([walks, own]),
        on_foot=True,
    )


def measure_school_walks(
    network: Network, schools: pd.DataFrame, doors: pd.DataFrame
) -> pd.DataFrame:
    """Measure the walk from each door to its nearest school.

    Parameters
    ----------
    schools
        Index school_id; x_m, y_m: the gate.
    doors
        x_m, y_m.

    Returns
    -------
    DataFrame
        school_id (missing where none is reached) and walk_distance_m, index as in `doors`.
    """
    schools = schools.sort_index()
    walk_m, nearest = measure_walks(network, _snap(network, schools), _snap(network, doors))
    ids = pd.Series(schools.index).convert_dtypes().reindex(nearest)
    return pd.DataFrame(
        {"school_id": ids.set_axis(doors.index), "walk_distance_m": walk_m}, index=doors.index
    )


def choose_whole_units(
    unit_ids: ArrayLike, school_ids: ArrayLike, pupils: ArrayLike, *, whole_share: float = 1.0
) -> pd.Series:
    """Choose the units that one school serves whole; the others are to be cut.

    Parameters
    ----------
    unit_ids, school_ids, pupils
        Of each door; doors without a school do not count.
    whole_share
        Share of a unit's pupils, above a half, that must be nearest to one school.

    Returns
    -------
    Series
        school_id, missing for units to be cut; index planning_unit_id in order.

    Examples
    --------
    >>> choose_whole_units([1, 1, 2, 2], [7, 7, 7, 8], [3, 2, 3, 1]).tolist()
    [7, <NA>]
    >>> choose_whole_units([1, 1, 2, 2], [7, 7, 7, 8], [3, 2, 3, 1], whole_share=0.7).tolist()
    [7, 7]
    """
    doors = pd.DataFrame({"unit": unit_ids, "school": school_ids, "pupils": pupils})
    counts = doors.convert_dtypes().groupby(["unit", "school"])["pupils"].sum()
    shares = (counts / counts.groupby("unit").transform("sum")).reset_index("school")
    best = shares.sort_values("pupils", kind="stable").groupby("unit").tail(1).sort_index()
    whole = best["school"].where(best["pupils"] >= whole_share)
    return whole.rename("school_id").rename_axis("planning_unit_id")


def draw_walking_areas(
    schools: pd.DataFrame,
    network: Network,
    land: Area,
    *,
    units: gpd.GeoSeries | None = None,
    whole: pd.Series | None = None,
    narrowest_m: float = NARROWEST_M,
    smallest_m2: float = SMALLEST_M2,
) -> gpd.GeoSeries:
    """Draw walking catchments that cover the land: borders run where two walks are equal.

    All ground belongs to the street that it is nearest to. A border crosses a street where two
    schools are equally far on foot, and else runs halfway between streets, or along the middle
    of a main road. Units in `whole` are not cut.

    Parameters
    ----------
    schools
        Index school_id; x_m, y_m: the gate.
    land
        Valid polygon to cover.
    units, whole
        Polygons of planning units that form a coverage, and for each the school that it goes to
        whole, missing where it is to be cut (see `choose_whole_units`); indexed alike.
    narrowest_m, smallest_m2
        A part in which no disc of this diameter fits, or smaller than this, goes to the
        neighbour with the longest shared border, unless it is all that a school has.

    Returns
    -------
    GeoSeries
        Index school_id in order; MultiPolygons that form a coverage of the land. Empty for a
        school with another, of lower id, at its gate, or that no road reaches.

    Raises
    ------
    RejectedDataError
        There is no school, or none has coordinates.
    """
    schools = schools.sort_index()
    gates = _snap(network, schools)
    nearest = find_nearest_source(network, gates)
    samples = sample_streets(network, gates, nearest)
    _, by_street = measure_walks(network, gates, samples.place, nearest)
    _, by_gate = measure_walks(network, gates, gates, nearest)
    school = np.concatenate([by_street, by_gate])
    is_served = school != OUTSIDE
    if not is_served.any():
        raise RejectedDataError(
            f"None of {len(schools)} schools can be reached over the roads.",
            mend="Give schools with coordinates, in the metric CRS of the roads.",
        )
    given = None
    if units is not None:
        homes = pd.Series(pd.NA, index=units.index) if whole is None else whole.reindex(units.index)
        given = schools.index.get_indexer(pd.Index(homes))
    areas = draw_label_areas(
        np.concatenate([samples.x_m, schools["x_m"]])[is_served],
        np.concatenate([samples.y_m, schools["y_m"]])[is_served],
        school[is_served],
        land,
        count=len(schools),
        units=None if units is None else units.to_numpy(),
        unit_labels=() if given is None else given,
        narrowest_m=narrowest_m,
        smallest_m2=smallest_m2,
    )
    return gpd.GeoSeries(areas, index=schools.index)


def draw_isochrones(
    schools: pd.DataFrame,
    network: Network,
    land: Area,
    *,
    bands_m: Sequence[float] = (500.0, 1000.0, 1500.0),
    narrowest_m: float = NARROWEST_M,
    smallest_m2: float = SMALLEST_M2,
) -> gpd.GeoSeries:
    """Draw the bands of walking distance to the nearest school, as a coverage of the land.

    Ground near a street is as far as the street; ground farther off adds the straight way.

    Parameters
    ----------
    schools, land, narrowest_m, smallest_m2
        As for `draw_walking_areas`.
    bands_m
        Upper limits of the bands, rising; a distance equal to one lies within it.

    Returns
    -------
    GeoSeries
        Index up_to_m: the limits and, for all ground beyond, infinity; MultiPolygons.
    """
    gates = _snap(network, schools)
    nearest = find_nearest_source(network, gates)
    samples = sample_streets(network, gates, nearest, bands_m=bands_m)
    walk_m, _ = measure_walks(network, gates, samples.place, nearest)
    off_x, off_y, off_road = _spread_off_road(network, land)
    off_walk_m, _ = measure_walks(network, gates, off_road, nearest)
    walk_m = np.nan_to_num(np.concatenate([walk_m, off_walk_m]), nan=np.inf)
    areas = draw_label_areas(
        np.concatenate([samples.x_m, off_x]),
        np.concatenate([samples.y_m, off_y]),
        np.searchsorted(np.asarray(bands_m), walk_m, side="left"),
        land,
        count=len(bands_m) + 1,
        narrowest_m=narrowest_m,
        smallest_m2=smallest_m2,
    )
    return gpd.GeoSeries(areas, index=pd.Index([*bands_m, np.inf], name="up_to_m"))


def measure_beyond_pct(walk_distance_m: ArrayLike, pupils: ArrayLike, *, radius_m: float) -> float:
    """Measure the share of pupils who walk farther than the service radius, in per cent.

    Pupils whom no school can be reached by count as beyond; without pupils it is 0.

    Examples
    --------
    >>> measure_beyond_pct([400.0, 500.0, 501.0, float("nan")], [5, 2, 2, 1], radius_m=500)
    30.0
    """
    walks, count = np.asarray(walk_distance_m, np.float64), np.asarray(pupils, np.float64)
    total = count.sum()
    return float(100.0 * count[~(walks <= radius_m)].sum() / total) if total else 0.0


def _snap(network: Network, places: pd.DataFrame) -> Snapped:
    return snap_points(network, places["x_m"].to_numpy(), places["y_m"].to_numpy())


def _spread_off_road(
    network: Network, land: Area
) -> tuple[NDArray[np.float64], NDArray[np.float64], Snapped]:
    """Spread places over the ground that is far from every street."""
    west, south, east, north = land.bounds
    step = _OFF_ROAD_M
    x, y = (
        axis.ravel()
        for axis in np.meshgrid(
            np.arange(west - step, east + 2 * step, step),
            np.arange(south - step, north + 2 * step, step),
        )
    )
    snapped = snap_points(network, x, y)
    shapely.prepare(land)
    is_off = (snapped.access_cm > 100.0 * _OFF_ROAD_M) & shapely.dwithin(
        land, shapely.points(x, y), 2 * step
    )
    off = np.flatnonzero(is_off)
    places = Snapped(snapped.edge[off], snapped.offset_cm[off], snapped.access_cm[off])
    return x[off], y[off], places
