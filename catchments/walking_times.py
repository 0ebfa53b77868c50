"""Minutes and metres on foot from every cell of a grid to the nearest school."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis.network import Network, Snapped, measure_walks, snap_points
from gis.rasters import CellGrid, Surface


def draw_walking_times(
    grid: CellGrid,
    is_land: NDArray[np.bool_],
    schools: pd.DataFrame,
    network: Network,
    *,
    metric_srid: int,
    speed_kmh: float,
    most_min: float = np.inf,
) -> Surface:
    """Draw the minutes from the middle of each cell to the nearest school.

    One walks straight to the nearest street, along the streets, and straight to the gate.

    Parameters
    ----------
    is_land
        Cells with a value, shape (rows, columns).
    schools
        x_m, y_m: the gate.
    network
        Road graph; where slopes lengthen its edges these are minutes of slopes, too.
    speed_kmh
        On the flat.
    most_min
        Cells from which the walk is longer, or from which no way leads, hold no value.

    Examples
    --------
    At 4 km/h 1000 m take 15 minutes.

    >>> import shapely
    >>> from gis.network import build_network
    >>> street = build_network([shapely.LineString([(0, 50), (2000, 50)])])
    >>> grid = CellGrid(4549, 0.0, 100.0, 100.0, 100.0, 11, 1)
    >>> gate = pd.DataFrame({"x_m": [50.0], "y_m": [50.0]})
    >>> times = draw_walking_times(grid, np.ones((1, 11), bool), gate, street, metric_srid=4549,
    ...                            speed_kmh=4.0)
    >>> times.values[0, [0, 2, 10]].round(6).tolist()
    [0.0, 3.0, 15.0]
    """
    walks = draw_walks(grid, is_land, schools, network, metric_srid=metric_srid)
    minutes = walks.values / (speed_kmh * 1000 / 60)
    return Surface(grid, np.where(minutes > most_min, np.nan, minutes))


def draw_walks(
    grid: CellGrid,
    is_land: NDArray[np.bool_],
    schools: pd.DataFrame,
    network: Network,
    *,
    metric_srid: int,
    at_cells: Snapped | None = None,
) -> Surface:
    """Draw the metres of the walk from the middle of each cell to the nearest school.

    Parameters
    ----------
    is_land, schools, network
        As :func:`draw_walking_times` takes them.
    at_cells
        What :func:`snap_cells` found, if that is known already.

    Returns
    -------
    Surface
        Metres; no value beyond the land, and where no way leads.
    """
    gates = snap_points(network, schools["x_m"].to_numpy(), schools["y_m"].to_numpy())
    if at_cells is None:
        at_cells = snap_cells(grid, is_land, network, metric_srid=metric_srid)
    walk_m = np.full(grid.rows * grid.columns, np.nan)
    walk_m[np.flatnonzero(is_land)], _ = measure_walks(network, gates, at_cells)
    return Surface(grid, walk_m.reshape(grid.rows, grid.columns))


def snap_cells(
    grid: CellGrid, is_land: NDArray[np.bool_], network: Network, *, metric_srid: int
) -> Snapped:
    """Bring the middles of the cells of the land to the streets, in the order of the cells."""
    x, y = grid.place_centres(metric_srid)
    land = np.flatnonzero(is_land)
    return snap_points(network, x[land], y[land])
