"""Which area each of many points lies in, whatever systems the two files are in."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis import crs
from gis.errors import RejectedDataError, UsageError
from gis.partition import label_points


def locate_points(
    points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, *, id_column: str | None = None
) -> pd.Series:
    """Find the area that each point lies in.

    A point on a border, or where areas overlap, belongs to the area with the lowest id, so that
    the order of rows never matters. Points are brought into the system of the areas, whose
    borders stay as they are; missing and empty points lie in none.

    Parameters
    ----------
    points
        n points with a CRS.
    areas
        m polygons with a CRS; missing and empty ones hold nobody.
    id_column
        Column of `areas` with their ids; several rows may share one. By default their index.

    Returns
    -------
    Series
        n ids, missing where a point lies in no area; index as in `points`.

    Raises
    ------
    UsageError
        The areas have no such column.
    RejectedDataError
        A geometry of `points` is no point, one of `areas` is no polygon, or an id is missing.
    CrsError
        One of the two states no coordinate system, or one that cannot be resolved.

    Examples
    --------
    >>> zones = gpd.GeoDataFrame(
    ...     {"zone": ["east", "west"]},
    ...     geometry=[shapely.box(121, 28, 122, 29), shapely.box(120, 28, 121, 29)],
    ...     crs=4490,
    ... )
    >>> doors = gpd.GeoDataFrame(geometry=gpd.points_from_xy([121, 120.5, 9], [28.5] * 3), crs=4326)
    >>> locate_points(doors, zones, id_column="zone").tolist()
    ['east', 'west', <NA>]
    """
    if id_column is not None and id_column not in areas.columns:
        raise UsageError(
            f"The areas have no column {id_column!r}.",
            mend=f"Name one of {', '.join(map(str, areas.columns.drop(areas.geometry.name)))}.",
        )
    ids = areas.index.to_series() if id_column is None else areas[id_column]
    if ids.isna().any():
        raise RejectedDataError(
            f"{ids.isna().sum()} areas have no id, first in row {np.flatnonzero(ids.isna())[0]}.",
            mend="Give each area an id.",
        )
    places, shapes = _bring_together(points, areas)
    wrong = np.flatnonzero(
        ~np.isin(shapely.get_type_id(places), (-1, int(shapely.GeometryType.POINT)))
    )
    if wrong.size:
        raise RejectedDataError(
            f"{wrong.size} geometries are no points, first in row {wrong[0]}.",
            mend="Give one point for each row.",
        )
    names, ranks = np.unique(ids.to_numpy(), return_inverse=True)
    at = label_points(shapely.get_x(places), shapely.get_y(places), shapes, ids=ranks)
    # Whole numbers stay whole where a point has no area.
    return (
        pd.Series(names)
        .convert_dtypes()
        .reindex(at)
        .set_axis(points.index)
        .rename(id_column or "area_id")
    )


def _bring_together(
    points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame
) -> tuple[crs.Geometries, crs.Geometries]:
    """Return points and areas in one system: that of the areas, where it has a code."""
    system = crs.resolve_crs(areas.crs).crs
    if crs.resolve_crs(points.crs).crs == system:
        return np.asarray(points.geometry), np.asarray(areas.geometry)
    srid = system.to_epsg()
    if srid is None:
        return crs.to_store(points), crs.to_store(areas)
    return np.asarray(crs.transform_frame(points, srid).geometry), np.asarray(areas.geometry)
