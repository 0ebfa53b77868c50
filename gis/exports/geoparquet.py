"""GeoParquet 1.1 with the box of each feature in a covering column."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from gis.exports.about import About

VERSION = "1.1.0"
# Small enough that a reader who wants one subdistrict skips most of them.
_ROWS_OF_GROUP = 20_000
_CORNERS = ("xmin", "ymin", "xmax", "ymax")


def write_geoparquet(frame: gpd.GeoDataFrame, path: Path, about: About) -> None:
    """Write a GeoParquet; what is known of the layer is JSON under the key ``onemap``.

    SOURCE: GeoParquet 1.1.0. Coordinates are x, y whatever the CRS lists first.
    """
    shapes = np.asarray(frame["geom"], dtype=object)
    table = _build_table(pd.DataFrame(frame.drop(columns="geom")), shapes)
    known = {"geo": json.dumps(_describe(shapes, about)), "onemap": about.write_json()}
    pq.write_table(
        table.replace_schema_metadata(known),
        path,
        compression="zstd",
        row_group_size=_ROWS_OF_GROUP,
    )


def _build_table(columns: pd.DataFrame, shapes: NDArray[np.object_]) -> pa.Table:
    table = pa.Table.from_pandas(columns, preserve_index=False)
    for at, field in enumerate(table.schema):
        if pa.types.is_null(field.type):  # nothing known in any row: still a day or a text
            kind = pa.date32() if field.name.startswith("valid_") else pa.string()
            table = table.set_column(at, field.name, table.column(at).cast(kind))
    boxes = shapely.bounds(shapes).reshape(-1, 4)
    is_bare = np.isnan(boxes).any(axis=1)
    corners = [pa.array(boxes[:, at]) for at in range(4)]
    box = pa.StructArray.from_arrays(corners, list(_CORNERS), mask=pa.array(is_bare))
    return table.append_column("bbox", box).append_column(
        "geometry", pa.array(shapely.to_wkb(shapes, flavor="iso"), type=pa.binary())
    )


def _describe(shapes: NDArray[np.object_], about: About) -> dict[str, Any]:
    """Describe the geometry column as the standard asks."""
    kinds = np.unique(shapely.get_type_id(shapes[~shapely.is_missing(shapes)]))
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": [_TYPES[int(kind)] for kind in kinds],
        "crs": about.crs.to_json_dict(),
        "covering": {"bbox": {corner: ["bbox", corner] for corner in _CORNERS}},
    }
    if len(shapes) and not shapely.is_empty(shapes).all():
        column["bbox"] = shapely.total_bounds(shapes).tolist()
    return {"version": VERSION, "primary_column": "geometry", "columns": {"geometry": column}}


_TYPES = {
    int(shapely.GeometryType.POINT): "Point",
    int(shapely.GeometryType.LINESTRING): "LineString",
    int(shapely.GeometryType.POLYGON): "Polygon",
    int(shapely.GeometryType.MULTIPOINT): "MultiPoint",
    int(shapely.GeometryType.MULTILINESTRING): "MultiLineString",
    int(shapely.GeometryType.MULTIPOLYGON): "MultiPolygon",
    int(shapely.GeometryType.GEOMETRYCOLLECTION): "GeometryCollection",
}
