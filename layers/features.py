"""Geometry for the screen: simplified together, rounded, written as GeoJSON features."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gis.crs import DRAW_SRID, from_metric, to_metric, transform_frame
from layers.scene import Features

DECIMALS = 6  # UNITS: degrees; 0.1 m
DISPLAY_TOLERANCE_M = 8.0  # a third of a pixel when the whole district is in sight

Geometries = NDArray[np.object_]


def simplify_areas(areas: Geometries, metric_srid: int) -> Geometries:
    """Simplify n polygons of a coverage so that neighbours still meet; EPSG:4490 in and out.

    Where they are no coverage each is simplified alone, which the eye does not notice either.
    What was simplified lately is remembered: another year has the same areas.
    """
    return np.array(_simplify(tuple(shapely.to_wkb(areas)), metric_srid), dtype=object)


@lru_cache(maxsize=32)
def _simplify(areas: tuple[bytes, ...], metric_srid: int) -> tuple[Any, ...]:
    if not areas:
        return ()
    flat = to_metric(shapely.from_wkb(areas), metric_srid)
    if shapely.coverage_is_valid(flat):
        simple = shapely.coverage_simplify(flat, DISPLAY_TOLERANCE_M)
    else:
        simple = shapely.simplify(flat, DISPLAY_TOLERANCE_M)
    return tuple(from_metric(simple, metric_srid))


def find_label_points(areas: Geometries, metric_srid: int) -> Geometries:
    """Return the point of each area that is farthest from its border, for a name or a mark."""
    if not len(areas):
        return areas
    parts = np.array([_find_largest(area) for area in to_metric(areas, metric_srid)], dtype=object)
    reach = np.sqrt(shapely.area(parts)) / 20  # good enough for the eye, ten times faster
    circles = [
        shapely.maximum_inscribed_circle(part, tolerance=float(tolerance))
        for part, tolerance in zip(parts, reach, strict=True)
    ]
    return from_metric(shapely.get_point(np.array(circles, dtype=object), 0), metric_srid)


def _find_largest(area: Any) -> Any:
    parts = shapely.get_parts(area)
    return parts[np.argmax(shapely.area(parts))] if len(parts) else area


def collect_features(frame: gpd.GeoDataFrame) -> Features:
    """Write a frame as a FeatureCollection in WGS 84, six decimals; its columns are properties.

    Examples
    --------
    >>> frame = gpd.GeoDataFrame({"id": [1]}, geometry=[shapely.Point(120.6, 28)], crs=4490)
    >>> collect_features(frame)["features"][0]["geometry"]
    {'type': 'Point', 'coordinates': [120.6, 28.0]}
    """
    shapes = transform_frame(frame, DRAW_SRID).geometry.to_numpy()
    texts = shapely.to_geojson(shapely.orient_polygons(_round(shapes)))
    geometries = json.loads(f"[{','.join(texts)}]")
    properties = frame.drop(columns=frame.geometry.name).to_dict("records")
    features = [
        {"type": "Feature", "properties": row, "geometry": geometry}
        for row, geometry in zip(properties, geometries, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


def _round(shapes: Geometries) -> Geometries:
    rounded: Geometries = shapely.transform(shapes, lambda degrees: np.round(degrees, DECIMALS))
    return rounded
