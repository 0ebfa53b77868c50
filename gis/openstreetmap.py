"""Streets, places and land out of an OpenStreetMap extract (.osm.pbf).

SOURCE: tags as the OpenStreetMap wiki defines them; © OpenStreetMap contributors, ODbL.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from gis import coverage, crs
from gis.coverage import Polygons
from gis.errors import RejectedDataError, UsageError
from gis.partition import Area

# ASSUMPTION: nobody walks on these, whatever else is tagged.
NO_WALK = (
    "motorway",
    "motorway_link",
    "trunk",
    "trunk_link",
    "construction",
    "proposed",
    "raceway",
    "busway",
    "bus_guideway",
)
# ASSUMPTION: the roads that a primary pupil should not cross but at a crossing.
MAIN_ROADS = ("primary", "primary_link", "secondary", "secondary_link")
_CROSSING_POINTS = ("crossing", "traffic_signals")


@dataclass(frozen=True, eq=False)
class Streets:
    """Centrelines that one may walk, in a metric CRS."""

    lines: Polygons
    is_main: Any  # for each line
    crossings: Polygons  # points


def read_streets(
    path: Path,
    metric_srid: int,
    *,
    no_walk: Collection[str] = NO_WALK,
    main_roads: Collection[str] = MAIN_ROADS,
) -> Streets:
    """Read the streets that are open on foot, and where main roads can be crossed.

    A road counts when its `highway` is not in `no_walk`, and neither `foot` nor, without a word
    on `foot`, `access` forbids it. Main roads can be crossed at points tagged as crossing or
    traffic lights, and where a footway tagged as crossing meets them.

    Parameters
    ----------
    path
        Extract in the PBF format.
    metric_srid
        EPSG code of a CRS in metres.

    Raises
    ------
    UsageError
        There is no such file.
    RejectedDataError
        The file is no OpenStreetMap extract.
    CrsError
        Lengths in the CRS are no metres.
    """
    ways = _read_layer(path, "lines", "highway IS NOT NULL", ["highway", "other_tags"])
    tags = ways["other_tags"]
    foot, access = _read_tag(tags, "foot"), _read_tag(tags, "access")
    ways = ways[is_open_on_foot(ways["highway"], foot, access, no_walk=no_walk)]
    points = _read_layer(path, "points", "highway IS NOT NULL", ["highway"])
    points = points[points["highway"].isin(_CROSSING_POINTS)]
    lines = crs.to_metric(crs.to_store(ways), metric_srid)
    spots = crs.to_metric(crs.to_store(points), metric_srid)
    over = lines[_read_tag(ways["other_tags"], "footway").eq("crossing")]
    return Streets(
        lines=lines,
        is_main=ways["highway"].isin(list(main_roads)).to_numpy(),
        crossings=np.concatenate([spots, shapely.points(shapely.get_coordinates(over))]),
    )


def is_open_on_foot(
    highway: pd.Series,
    foot: pd.Series,
    access: pd.Series,
    *,
    no_walk: Collection[str] = NO_WALK,
) -> pd.Series:
    """Tell which ways one may walk, by the rule of `read_streets`; tags, missing where not set.

    Examples
    --------
    >>> tags = pd.DataFrame({"highway": ["service", "service", "trunk"],
    ...                      "foot": [None, "yes", None], "access": ["private", "private", None]})
    >>> is_open_on_foot(tags["highway"], tags["foot"], tags["access"]).tolist()
    [False, True, False]
    """
    is_shut = foot.eq("no") | (foot.isna() & access.isin(["no", "private"]))
    return ~is_shut & ~highway.isin(list(no_walk))


def read_amenities(path: Path, metric_srid: int, kind: str) -> gpd.GeoDataFrame:
    """Read the places of one kind, such as ``school``: points, and points inside areas.

    A point inside an area of its kind is the same place and left out.

    Returns
    -------
    GeoDataFrame
        name (may be missing) and a point each, in the metric CRS; index from 0.

    Raises
    ------
    UsageError, RejectedDataError, CrsError
        As in `read_streets`.
    """
    areas = _read_layer(path, "multipolygons", f"amenity = '{kind}'", ["name"])
    points = _read_layer(path, "points", None, ["name", "other_tags"])
    points = points[_read_tag(points["other_tags"], "amenity").eq(kind)]
    inside, _ = shapely.STRtree(areas.geometry.to_numpy()).query(
        points.geometry.to_numpy(), predicate="intersects"
    )
    points = points.drop(points.index[inside])
    names = pd.concat([areas["name"], points["name"]], ignore_index=True)
    places = np.concatenate([shapely.point_on_surface(areas.geometry.to_numpy()), points.geometry])
    metric = crs.to_metric(crs.to_store(places, areas.crs), metric_srid)
    return gpd.GeoDataFrame({"name": names}, geometry=metric, crs=metric_srid)


def read_land(path: Path, metric_srid: int, frame: Area) -> Area:
    """Read the land inside a frame: what lies to the left of the coastline.

    A coastline that ends inside the frame, because the extract does, is carried on straight to
    the nearest point of the frame. Without any coastline all of the frame is land.

    Raises
    ------
    UsageError, RejectedDataError, CrsError
        As in `read_streets`.
    """
    lines = _read_layer(path, "lines", None, ["other_tags"])
    lines = lines[_read_tag(lines["other_tags"], "natural").eq("coastline")]
    if lines.empty:
        return frame
    coast = crs.to_metric(crs.to_store(lines), metric_srid)
    merged = shapely.get_parts(shapely.line_merge(shapely.union_all(coast)))
    ends = shapely.boundary(merged)
    loose = [end for end in shapely.get_parts(ends) if frame.contains(end)]
    carried = [shapely.shortest_line(end, frame.boundary) for end in loose]
    faces = coverage.cut_faces([*merged, *carried, shapely.boundary(frame)])
    faces = faces[shapely.intersects(frame, shapely.point_on_surface(faces))]
    # A hand's breadth to the left of the middle of each straight piece of the coast.
    xy, line = shapely.get_coordinates(coast, return_index=True)
    start, step = xy[:-1], np.diff(xy, axis=0)
    joined = (line[1:] == line[:-1]) & (step != 0.0).any(axis=1)
    start, step = start[joined], step[joined]
    left = np.column_stack([-step[:, 1], step[:, 0]]) / np.hypot(*step.T)[:, None]
    ashore = shapely.points(start + step / 2.0 + 0.1 * left)
    _, face = shapely.STRtree(faces).query(ashore, predicate="intersects")
    dry: Any = shapely.union_all(faces[np.unique(face)])
    return dry


def _read_layer(path: Path, layer: str, where: str | None, columns: list[str]) -> gpd.GeoDataFrame:
    if not path.is_file():
        raise UsageError(f"There is no file {path}.", mend="Name an extract in the PBF format.")
    try:
        # Broken rings are common at the edge of an extract; they come back missing.
        frame = pyogrio.read_dataframe(
            path, layer=layer, where=where, columns=columns, on_invalid="ignore"
        )
    except pyogrio.errors.DataSourceError as error:
        raise RejectedDataError(
            f"{path} cannot be read as OpenStreetMap: {error}.",
            mend="Give an extract in the PBF format (.osm.pbf).",
        ) from error
    return frame[frame.geometry.notna()]


def _read_tag(tags: pd.Series, key: str) -> pd.Series:
    """Read one tag out of the text in which all further tags come."""
    return tags.astype("str").str.extract(rf'"{key}"=>"([^"]*)"', expand=False)
