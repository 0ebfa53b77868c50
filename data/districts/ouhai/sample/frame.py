"""The real frame: boundary, subdistricts and communities of Ouhai, in metres."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from gis.crs import to_metric, to_store

FOLDER = Path(__file__).resolve().parent.parent
METRIC_SRID = 4549

# The published boundary is drawn on a raster of 1/1024 degree (some 100 m): bends smaller
# than half of it are stairs of that raster, not of the ground.
STAIR_M = 50.0


@dataclass(frozen=True)
class Character:
    """How a subdistrict lives; real names, invented numbers.

    ASSUMPTION: set by hand after the general knowledge that the north-east is the city,
    the west is mountains, and the new towns lie between.
    """

    urbanity: float  # of its centre, 0 to 1
    spread_m: float  # how far the town reaches
    growth: float  # share of new estates among its homes, 0 to 1
    reach_m: float  # head start of its cell when cells grow
    name_en: str


CHARACTERS = {
    "景山街道": Character(1.0, 1500, 0.05, 300, "Jingshan"),
    "梧田街道": Character(1.0, 2000, 0.40, 500, "Wutian"),
    "南白象街道": Character(0.8, 1500, 0.80, 300, "Nanbaixiang"),
    "茶山街道": Character(0.7, 1400, 0.30, 900, "Chashan"),
    "娄桥街道": Character(0.85, 1800, 0.95, 300, "Louqiao"),
    "新桥街道": Character(1.0, 1700, 0.30, 0, "Xinqiao"),
    "三垟街道": Character(0.6, 1500, 0.70, 300, "Sanyang"),
    "瞿溪街道": Character(0.75, 1200, 0.05, 0, "Quxi"),
    "郭溪街道": Character(0.6, 1400, 0.30, 600, "Guoxi"),
    "潘桥街道": Character(0.65, 1500, 0.85, 900, "Panqiao"),
    "丽岙街道": Character(0.55, 1300, 0.15, 0, "Li'ao"),
    "仙岩街道": Character(0.6, 1400, 0.05, 1500, "Xianyan"),
    "泽雅镇": Character(0.75, 1150, 0.0, 3000, "Zeya"),
}


@dataclass(frozen=True)
class Frame:
    """Boundary (metres) and the names and codes inside it."""

    boundary: Any  # shapely polygon, EPSG:4549
    subdistricts: pd.DataFrame  # code, name_zh, name_en, x, y, urbanity, spread_m, growth, reach_m
    communities: pd.DataFrame  # code, name_zh, subdistrict_code


def project(lonlat: ArrayLike) -> NDArray[np.float64]:
    """Turn CGCS2000 lon/lat, shape (n, 2), into EPSG:4549 metres."""
    points = to_metric(shapely.points(np.asarray(lonlat, dtype=float)), METRIC_SRID)
    return np.asarray(shapely.get_coordinates(points))


def load_frame() -> Frame:
    """Read the real frame and bring it to metres.

    The boundary is published in GCJ-02; its stairs and self-touching hairs are cleaned by
    less than the grain of its raster.
    """
    document = json.loads((FOLDER / "boundary_gcj02.geojson").read_text("utf-8"))
    ring = np.asarray(document["features"][0]["geometry"]["coordinates"][0], dtype=float)
    stored = to_store([shapely.polygons(ring)], "gcj02")
    boundary = _clean(to_metric(stored, METRIC_SRID)[0])
    subdistricts = pd.read_csv(FOLDER / "subdistricts.csv", dtype={"code": str})
    subdistricts = subdistricts.rename(columns={"name": "name_zh"})
    lonlat = subdistricts[["approx_lon", "approx_lat"]]
    subdistricts[["x", "y"]] = project(lonlat)
    character = pd.DataFrame([vars(CHARACTERS[name]) for name in subdistricts["name_zh"]])
    subdistricts = pd.concat([subdistricts, character], axis=1)
    communities = pd.read_csv(FOLDER / "communities.csv", dtype=str)
    communities = communities.rename(columns={"name": "name_zh"})
    return Frame(boundary, subdistricts, communities[["code", "name_zh", "subdistrict_code"]])


def _clean(polygon: Any) -> Any:
    parts = shapely.get_parts(shapely.buffer(polygon, 0))
    largest = parts[np.argmax(shapely.area(parts))]
    opened = shapely.buffer(largest, STAIR_M, join_style="mitre")
    closed = shapely.buffer(opened, -STAIR_M, join_style="mitre")
    return shapely.polygons(shapely.get_exterior_ring(shapely.simplify(closed, STAIR_M)))
