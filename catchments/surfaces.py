"""People and values on grids of cells: nobody is lost on the way from homes to cells."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from catchments.disclosure import pool_cells
from gis.errors import RejectedDataError
from gis.partition import label_points
from gis.rasters import CellGrid, Surface

Numbers = NDArray[np.float64]
Geometries = NDArray[np.object_]


def share_among_doors(people: pd.Series, doors: pd.DataFrame, inside: pd.DataFrame) -> pd.DataFrame:
    """Share the people of each unit among its doors by dwellings.

    Parameters
    ----------
    people
        By planning_unit_id, parts of one allowed.
    doors
        planning_unit_id, x, y, dwellings.
    inside
        Index planning_unit_id; x, y: where the people of a unit without doors are.

    Returns
    -------
    DataFrame
        x, y, people; what the units hold, to the last.
    """
    known = doors[doors["planning_unit_id"].isin(people.index)]
    held = known.groupby("planning_unit_id")["dwellings"].transform("sum")
    whole = people.reindex(known["planning_unit_id"]).to_numpy(np.float64)
    shared = known[["x", "y"]].assign(people=whole * (known["dwellings"] / held).to_numpy())
    bare = people[~people.index.isin(known["planning_unit_id"])]
    own = inside.loc[bare.index, ["x", "y"]].assign(people=bare.to_numpy(np.float64))
    return pd.concat([shared, own], ignore_index=True)


def pool_people(
    people: pd.Series, catchments: pd.Series, doors: pd.DataFrame, *, minimum: int
) -> pd.Series:
    """Pool the units of a catchment that have few people, so that no surface tells of them.

    Whatever is read off a surface of the result is a share, by dwellings, of at least `minimum`
    people; see :func:`catchments.disclosure.pool_cells`.

    Parameters
    ----------
    people
        By planning_unit_id.
    catchments
        School by planning_unit_id, in the plan whose sums are public.
    doors
        planning_unit_id, dwellings.

    Raises
    ------
    RejectedDataError
        There are fewer than `minimum` people in all.
    """
    held = doors.groupby("planning_unit_id")["dwellings"].sum().reindex(people.index)
    weights = held.where(held > 0, 1.0).fillna(1.0)
    pooled = pool_cells(people, catchments.reindex(people.index), weights, minimum=minimum)
    if pooled.isna().any():
        raise RejectedDataError(
            f"There are fewer than {minimum} of them in the whole district: a surface would tell"
            " who they are.",
            mend="Choose another stage or year.",
        )
    return pooled


def spread_people(
    grid: CellGrid, people: pd.DataFrame, is_land: NDArray[np.bool_], *, spread_m: float = 0.0
) -> Surface:
    """Draw people per km²: the sum of density × cell area is the number of people.

    Parameters
    ----------
    people
        x, y in the CRS of the grid, people.
    is_land
        Cells with a value, shape (rows, columns); cells with people are added.
    spread_m
        Standard deviation of the bell over which each home is spread, inside the land alone;
        0 for none.

    Raises
    ------
    RejectedDataError
        Somebody is beyond the grid.

    Examples
    --------
    Four people on the western of two hectares.

    >>> grid = CellGrid(4549, 0.0, 100.0, 100.0, 100.0, 2, 1)
    >>> home = pd.DataFrame({"x": [30.0], "y": [20.0], "people": [4.0]})
    >>> spread_people(grid, home, np.ones((1, 2), bool)).values.tolist()
    [[400.0, 0.0]]
    """
    cell = grid.find_cells(people["x"].to_numpy(), people["y"].to_numpy())
    if (cell < 0).any():
        raise RejectedDataError(
            f"{(cell < 0).sum()} homes lie beyond the ground of the district.",
            mend="Check the places of buildings and planning units.",
        )
    shape = (grid.rows, grid.columns)
    weights = people["people"].to_numpy(np.float64)
    cells: Numbers = np.zeros(grid.rows * grid.columns)
    np.add.at(cells, cell, weights)
    counts = cells.reshape(shape)
    is_valued = is_land | (counts > 0)
    area_m2 = grid.measure_cells_m2()
    if spread_m > 0:
        counts = _spread(counts, is_valued, spread_m / grid.measure_sides_m())
    return Surface(grid, np.where(is_valued, counts / area_m2 * 1e6, np.nan))


def _spread(counts: Numbers, is_valued: NDArray[np.bool_], sigma_cells: Numbers) -> Numbers:
    """Spread counts over a bell; what would fall beyond the land stays within it.

    Each cell gives according to how much of its bell lies on land, and the bell is the same from
    either end, so that the sum stays.
    """
    land = is_valued.astype(np.float64)
    kept = gaussian_filter(land, sigma_cells, mode="constant")
    given = np.divide(counts, kept, out=np.zeros_like(counts), where=counts > 0)
    return np.maximum(gaussian_filter(given, sigma_cells, mode="constant"), 0.0) * land


def find_units(grid: CellGrid, units: gpd.GeoSeries, metric_srid: int) -> NDArray[np.int64]:
    """Find the unit in which the middle of each cell lies.

    Parameters
    ----------
    units
        Polygons in metres, a coverage.

    Returns
    -------
    NDArray
        Position of the unit, -1 beyond all; shape (rows, columns).
    """
    x, y = grid.place_centres(metric_srid)
    found = label_points(x, y, units.to_numpy())
    return np.asarray(found, dtype=np.int64).reshape(grid.rows, grid.columns)


def draw_unit_values(grid: CellGrid, at_unit: NDArray[np.int64], values: Numbers) -> Surface:
    """Draw the value of the unit in which the middle of each cell lies.

    Examples
    --------
    >>> grid = CellGrid(4549, 0.0, 100.0, 100.0, 100.0, 3, 1)
    >>> draw_unit_values(grid, np.array([[1, 0, -1]]), np.array([0.5, 2.0])).values.tolist()
    [[2.0, 0.5, nan]]
    """
    return Surface(grid, np.where(at_unit >= 0, values[at_unit], np.nan))


def share_grid(
    cells: Geometries,
    residents: Numbers,
    units: gpd.GeoSeries,
    doors: pd.DataFrame,
) -> pd.Series:
    """Bring residents by cell of a grid to planning units; nobody is lost or counted twice.

    A cell's residents live in the dwellings inside it, in equal parts; where it has none, they
    are spread evenly over its ground. Of a cell that the district's edge cuts, the part counts
    that lies inside, by area.

    SOURCE: dasymetric mapping; Mennis (2003), The Professional Geographer 55.

    Parameters
    ----------
    cells
        Rectangles in metres, shape (n,); they do not overlap.
    residents
        Of each cell.
    units
        Polygons in metres by planning_unit_id, a coverage.
    doors
        planning_unit_id, x_m, y_m, dwellings.

    Returns
    -------
    Series
        residents by planning_unit_id, in the order of `units`.

    Examples
    --------
    100 residents in a cell over two units: 3 of its 4 dwellings stand in the first.

    >>> units = gpd.GeoSeries([shapely.box(0, 0, 5, 9), shapely.box(5, 0, 10, 9)], index=[1, 2])
    >>> doors = pd.DataFrame({"planning_unit_id": [1, 2], "x_m": [2.0, 8.0], "y_m": 1.0,
    ...                       "dwellings": [3, 1]})
    >>> cell = np.array([shapely.box(0, 0, 10, 9)])
    >>> share_grid(cell, np.array([100.0]), units, doors).tolist()
    [75.0, 25.0]
    >>> share_grid(cell, np.array([100.0]), units, doors[:0]).tolist()
    [50.0, 50.0]
    """
    ids = pd.Index(units.index)
    cell, unit = shapely.STRtree(units.to_numpy()).query(cells, predicate="intersects")
    area_m2 = shapely.area(shapely.intersection(cells[cell], units.to_numpy()[unit]))
    inside_m2 = np.bincount(cell, weights=area_m2, minlength=cells.size)
    counted = residents * np.minimum(inside_m2 / shapely.area(cells), 1.0)
    at = label_points(doors["x_m"].to_numpy(), doors["y_m"].to_numpy(), cells)
    home = ids.get_indexer(pd.Index(doors["planning_unit_id"]))
    is_home = (at >= 0) & (home >= 0) & (doors["dwellings"].to_numpy() > 0)
    at, home = at[is_home], home[is_home]
    dwellings = doors["dwellings"].to_numpy(np.float64)[is_home]
    held = np.bincount(at, weights=dwellings, minlength=cells.size)
    by_homes = counted[at] * dwellings / held[at]
    is_empty = (held[cell] == 0) & (inside_m2[cell] > 0)
    cell, unit, area_m2 = cell[is_empty], unit[is_empty], area_m2[is_empty]
    by_ground = counted[cell] * area_m2 / inside_m2[cell]
    total = np.bincount(
        np.concatenate([home, unit]),
        weights=np.concatenate([by_homes, by_ground]),
        minlength=len(ids),
    )
    return pd.Series(total, index=ids, name="residents")
