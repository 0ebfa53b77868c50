"""GeoJSON after RFC 7946: WGS 84, rings by the right-hand rule, seven decimals, no crs member."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.exports.about import About

# GEOS writes some doubles with more digits than name them: 120.60107000000001 is 120.60107.
_LONG_NUMBER = re.compile(r"-?\d+\.\d{8,}")


def write_geojson(frame: gpd.GeoDataFrame, path: Path, about: About) -> None:
    """Write one feature collection, one feature a line; what is known of it is a foreign member.

    The id of a feature is its `code`, else its position.
    """
    shapes = shapely.force_2d(np.asarray(frame["geom"], dtype=object))
    with path.open("w", encoding="utf-8") as file:
        head: dict[str, Any] = {"type": "FeatureCollection", "name": about.layer}
        if len(shapes) and not shapely.is_empty(shapes).all():
            head["bbox"] = shapely.total_bounds(shapes).tolist()  # RFC 7946 §5
        head["metadata"] = about.metadata
        file.write(json.dumps(head, ensure_ascii=False, default=str)[:-1] + ', "features": [\n')
        features = zip(_list_properties(frame), shapely.to_geojson(shapes), strict=True)
        for at, (row, geometry) in enumerate(features):
            identity = json.dumps(row.get("code", at), ensure_ascii=False)
            properties = json.dumps(row, ensure_ascii=False, default=str)
            file.write(",\n" if at else "")
            file.write(
                f'{{"type": "Feature", "id": {identity}, "properties": {properties},'
                f' "geometry": {_LONG_NUMBER.sub(_shorten, geometry)}}}'
            )
        file.write("\n]}\n")


def _shorten(number: re.Match[str]) -> str:
    return repr(float(number[0]))


def _list_properties(frame: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    plain = pd.DataFrame(frame.drop(columns="geom")).astype(object)
    plain = plain.where(plain.notna(), None)
    return [
        {str(k): v.item() if isinstance(v, np.generic) else v for k, v in row.items()}
        for row in plain.to_dict("records")
    ]
