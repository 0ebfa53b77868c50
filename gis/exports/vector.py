"""Write features to GeoJSON, GeoPackage or CSV; a file appears whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from gis.crs import DRAW_SRID, STORE_SRID, transform_frame
from gis.errors import UsageError
from gis.exports.drafts import open_draft
from gis.exports.spreadsheets import write_plain_csv
from gis.partition import order_rings, round_coverage

DECIMALS = 7  # RFC 7946 §11.2: about a centimetre


def write_features(
    frame: gpd.GeoDataFrame,
    path: Path,
    *,
    kind: str,
    layer: str,
    metadata: dict[str, Any],
    coverage_by: str | None = None,
) -> None:
    """Write `frame` to `path` beside its final name, then rename it into place.

    Parameters
    ----------
    frame
        Features in EPSG:4490. GeoPackage keeps that CRS, GeoJSON is WGS 84 by RFC 7946, CSV
        carries the longitude and latitude of a point inside each feature.
    kind
        geojson, gpkg or csv.
    metadata
        Run, plan, data date, licence; stands in the file itself.
    coverage_by
        Column whose values name coverages, such as stages: polygons with the same value share
        borders that rounding must keep, those with different ones lie over each other.

    Raises
    ------
    UsageError
        When the kind is unknown.
    OutputError
        When the folder cannot be written or is full.
    """
    writers: dict[str, Callable[[gpd.GeoDataFrame, Path, str, dict[str, Any]], None]] = {
        "geojson": partial(_write_geojson, coverage_by=coverage_by),
        "gpkg": _write_gpkg,
        "csv": _write_csv,
    }
    if kind not in writers:
        raise UsageError(f"There is no format '{kind}'.", mend=f"Use {', '.join(writers)}.")
    with open_draft(path, suffix=f".{kind}") as draft:
        writers[kind](frame, draft, layer, metadata)


def _write_geojson(
    frame: gpd.GeoDataFrame,
    path: Path,
    layer: str,
    metadata: dict[str, Any],
    *,
    coverage_by: str | None,
) -> None:
    drawn = transform_frame(frame, DRAW_SRID)
    shapes = np.array(drawn["geom"], dtype=object)
    groups = [slice(None)] if coverage_by is None else drawn.groupby(coverage_by).indices.values()
    for rows in groups:
        shapes[rows] = _round_shapes(shapes[rows])
    geometries = shapely.to_geojson(shapes)
    features = zip(_to_plain_rows(drawn), geometries, strict=True)
    with path.open("w", encoding="utf-8") as file:
        head = {"type": "FeatureCollection", "name": layer, "metadata": metadata}
        file.write(json.dumps(head, ensure_ascii=False, default=str)[:-1] + ', "features": [\n')
        for at, (row, geometry) in enumerate(features):
            identity = json.dumps(row.get("code", at), ensure_ascii=False)
            properties = json.dumps(row, ensure_ascii=False, default=str)
            file.write(",\n" if at else "")
            file.write(
                f'{{"type": "Feature", "id": {identity}, "properties": {properties},'
                f' "geometry": {geometry}}}'
            )
        file.write("\n]}\n")


def _round_shapes(shapes: np.ndarray) -> np.ndarray:
    """Round to the delivered precision; polygons keep their common borders and ring order."""
    if (shapely.get_dimensions(shapes) == 2).all():
        return order_rings(round_coverage(shapes, decimals=DECIMALS))
    return np.asarray(shapely.transform(shapes, lambda places: np.round(places, DECIMALS)))


def _to_plain_rows(frame: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    plain = pd.DataFrame(frame.drop(columns="geom")).astype(object)
    plain = plain.where(plain.notna(), None)
    return [
        {str(k): v.item() if isinstance(v, np.generic) else v for k, v in row.items()}
        for row in plain.to_dict("records")
    ]


def _write_gpkg(frame: gpd.GeoDataFrame, path: Path, layer: str, metadata: dict[str, Any]) -> None:
    told = {str(name): str(fact) for name, fact in metadata.items() if fact is not None}
    try:
        pyogrio.write_dataframe(
            frame.set_crs(STORE_SRID),
            path,
            driver="GPKG",
            layer=layer,
            layer_metadata=told,
            layer_options={"GEOMETRY_NAME": "geom", "FID": "fid"},
            use_arrow=True,  # keeps days as days
        )
    except (DataSourceError, DataLayerError) as error:  # how GDAL tells a fault of the disk
        raise OSError(str(error)) from error


def _write_csv(frame: gpd.GeoDataFrame, path: Path, _layer: str, metadata: dict[str, Any]) -> None:
    points = shapely.point_on_surface(np.asarray(frame["geom"], dtype=object))
    flat = pd.DataFrame(frame.drop(columns="geom")).assign(
        lon=np.round(shapely.get_x(points), DECIMALS),
        lat=np.round(shapely.get_y(points), DECIMALS),
        **{f"meta_{name}": value for name, value in metadata.items()},
    )
    write_plain_csv(flat, path)
