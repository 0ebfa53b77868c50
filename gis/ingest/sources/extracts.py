"""OpenStreetMap extracts (.osm.pbf) → roads, buildings, schools and water.

SOURCE: tags as the OpenStreetMap wiki defines them; © OpenStreetMap contributors, ODbL.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import shapely

from gis.errors import RejectedDataError, UsageError
from gis.ingest.sources.table import Limits, SourceTable, refuse_empty, refuse_rows
from gis.openstreetmap import is_open_on_foot

EXTRACT_SUFFIX = ".pbf"
_MARK = b"OSMHeader"  # SOURCE: the PBF format, type of the first blob
_MARK_WITHIN = 32  # bytes
_SCHOOLS = ("school", "kindergarten")
_WATERS = ("river", "canal", "stream", "ditch", "drain")
_BASINS = ("reservoir", "basin")
_CRS = "EPSG:4326"
# Our column → tag, of each table.
_TAGS = {
    "roads": {"highway": "highway", "foot": "foot", "access": "access"},
    "buildings": {
        "building": "building",
        "levels": "building:levels",
        "height": "height",
        "street": "addr:street",
        "housenumber": "addr:housenumber",
    },
    "schools": {"amenity": "amenity", "isced_level": "isced:level"},
    "water": {"water": "water", "waterway": "waterway", "landuse": "landuse"},
}


@dataclass
class _Found:
    """Features of one table as they come: identity and tags, and geometry as WKB."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    shapes: list[str] = field(default_factory=list)


def read_extract(
    path: Path, name: str, *, layer: str | None = None, limits: Limits
) -> list[SourceTable]:
    """Read an extract; see :func:`gis.ingest.sources.read_source`.

    Four tables, each with osm_id (``way/7``), name and geometry in WGS 84:

    - roads: highway; foot, which says whether one may walk it (`gis.openstreetmap`); lines
    - buildings: building, levels, height, street, housenumber as they are tagged; areas
    - schools: amenity (school, kindergarten), isced_level; points, and areas
    - water: water, the kind; areas of standing and wide water, lines of narrow

    Roads end where the extract does. Areas of which the extract holds only a part are left out
    and counted, since half a footprint would be a wrong one. A point inside an area of schools is
    the same school and left out. Tables without a feature are left out.

    Raises
    ------
    UsageError
        There is no such table in it.
    RejectedDataError
        It is no whole extract, holds nothing of these kinds, or more than `limits` allow.
    """
    with path.open("rb") as file:
        begins = file.read(_MARK_WITHIN)
    if _MARK not in begins:
        raise RejectedDataError(
            f"File {name} is no OpenStreetMap extract.",
            mend="Give one in the PBF format (.osm.pbf).",
        )
    if layer is not None and layer not in _TAGS:
        raise UsageError(
            f"File {name} has no table {layer!r}.", mend=f"Name one of {', '.join(_TAGS)}."
        )
    found, cut = _read_features(path, name, limits)
    tables = []
    for one in _TAGS if layer is None else [layer]:
        frame = _build_frame(found[one], one)
        if frame.empty:
            continue
        refuse_rows(len(frame), name, limits)
        notes = [f"{cut[one]:,} {one} lie only partly in the extract and were left out."]
        lines = np.arange(1, len(frame) + 1, dtype=np.int64)
        tables.append(
            SourceTable(frame, lines, path.name, one, crs=_CRS, notes=notes if cut[one] else [])
        )
    if not tables:
        refuse_empty(name, header_only=True)
    return tables


def _read_features(path: Path, name: str, limits: Limits) -> tuple[dict[str, _Found], Counter[str]]:
    """Go through an extract once; return what was found, and how many areas were cut off."""
    keys = ("highway", "building", "amenity", "natural", "landuse", "waterway")
    found = {one: _Found() for one in _TAGS}
    cut: Counter[str] = Counter()
    whole: set[str] = set()
    closed: dict[str, str] = {}
    factory = osmium.geom.WKBFactory()
    try:
        extract: Any = osmium.FileProcessor(str(path)).with_locations().with_areas()
        for feature in extract.with_filter(osmium.filter.KeyFilter(*keys)):
            table = _choose_table(feature)
            if table is None:
                continue
            if _comes_again(feature):
                kind = "way" if feature.is_way() else "relation"
                closed[f"{kind}/{feature.id}"] = table
                continue
            shape, called = _build_shape(feature, factory)
            if feature.is_area():
                whole.add(called)
            if shape is None:
                cut[table] += 1
                continue
            tags = {ours: feature.tags.get(key) for ours, key in _TAGS[table].items()}
            found[table].rows.append({"osm_id": called, "name": feature.tags.get("name"), **tags})
            found[table].shapes.append(shape)
            refuse_rows(len(found[table].rows), name, limits)
    except (RuntimeError, ValueError, OSError) as error:
        if isinstance(error, RejectedDataError):
            raise
        told = (str(error).strip().splitlines() or ["unreadable"])[0]
        raise RejectedDataError(
            f"File {name} is a damaged OpenStreetMap extract: {told[:200]}.",
            mend="Download or cut it again.",
        ) from error
    cut.update(table for called, table in closed.items() if called not in whole)
    return found, cut


def _choose_table(feature: Any) -> str | None:
    """Choose the table of a feature; None for those of no table."""
    tags = feature.tags
    if feature.is_relation() and tags.get("type") != "multipolygon":
        return None
    if feature.is_node():
        return "schools" if tags.get("amenity") in _SCHOOLS else None
    if feature.is_way() and "highway" in tags:
        return "roads"
    if feature.is_way() and tags.get("waterway") in _WATERS:
        return "water"
    if tags.get("amenity") in _SCHOOLS:
        return "schools"
    if "building" in tags:
        return "buildings"
    is_water = tags.get("natural") == "water" or tags.get("landuse") in _BASINS
    return "water" if is_water else None


def _comes_again(feature: Any) -> bool:
    """Tell whether a way or relation comes again as an area, if all of it is there."""
    if feature.is_way():
        return "highway" not in feature.tags and feature.tags.get("waterway") not in _WATERS
    return bool(feature.is_relation())


def _build_shape(feature: Any, factory: Any) -> tuple[str | None, str]:
    """Build the geometry of a feature as WKB, None where the extract cuts it, and its name."""
    if feature.is_node():
        return factory.create_point(feature), f"node/{feature.id}"
    if feature.is_area():
        called = f"{'way' if feature.from_way() else 'relation'}/{feature.orig_id()}"
        return factory.create_multipolygon(feature), called
    points: list[Any] = [
        (node.location.lon, node.location.lat) if node.location.valid() else None
        for node in feature.nodes
    ]
    inside = [at for at, point in enumerate(points) if point is not None]
    is_whole = len(inside) > 1 and inside[-1] - inside[0] == len(inside) - 1
    if not is_whole or len({points[at] for at in inside}) < 2:
        return None, f"way/{feature.id}"
    line = shapely.LineString([points[at] for at in inside])
    return str(shapely.to_wkb(line, hex=True)), f"way/{feature.id}"


def _build_frame(found: _Found, table: str) -> gpd.GeoDataFrame:
    names = ["osm_id", "name", *_TAGS[table]]
    facts = pd.DataFrame(found.rows, columns=names, dtype="str")
    shapes = np.asarray(shapely.from_wkb(found.shapes), dtype=object)
    if table == "roads":
        facts["foot"] = is_open_on_foot(facts["highway"], facts["foot"], facts["access"])
        facts = facts.drop(columns="access")
    if table == "water":
        kinds = facts["water"].fillna(facts["waterway"]).fillna(facts["landuse"])
        facts = facts[["osm_id", "name"]].assign(water=kinds.fillna("water"))
    frame = gpd.GeoDataFrame(facts.assign(geom=shapes), geometry="geom", crs=_CRS)
    return _leave_out_twins(frame) if table == "schools" else frame


def _leave_out_twins(schools: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Leave out points that lie inside an area of schools."""
    is_point = (schools.geom_type == "Point").to_numpy()
    areas, points = schools.geometry[~is_point], schools.geometry[is_point]
    inside, _ = shapely.STRtree(areas.to_numpy()).query(points.to_numpy(), predicate="intersects")
    return schools.drop(points.index[inside]).reset_index(drop=True)
