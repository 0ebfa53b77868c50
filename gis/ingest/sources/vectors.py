"""Vector files (GeoJSON, GeoPackage, Shapefile, FlatGeobuf) → tables with geometry.

GDAL reads them. Which driver it takes follows from the first bytes, not from the name: an XML
file named .geojson would lead it to any other file of this machine. A file is therefore opened
only when its first bytes are those of its kind.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj.exceptions import CRSError

from gis.errors import RejectedDataError, UsageError
from gis.ingest.sources.dbase import find_dbase_encoding
from gis.ingest.sources.table import (
    Limits,
    SourceTable,
    refuse_columns,
    refuse_empty,
    refuse_rows,
)
from gis.ingest.sources.text import decode_text

JSON_SUFFIXES = {".geojson", ".json"}
# SOURCE: the specifications of SQLite 3, Shapefile (file code 9994) and FlatGeobuf.
_BEGINS = {".gpkg": b"SQLite format 3\0", ".shp": b"\x00\x00\x27\x0a", ".fgb": b"fgb"}
VECTOR_SUFFIXES = {*JSON_SUFFIXES, *_BEGINS}
_MEND = "Export it again from its source, text as UTF-8."
# Tables that QGIS and GDAL keep beside the data.
_SIDE_TABLES = {"layer_styles", "qgis_projects"}
_BROKEN = (RuntimeError, ValueError, OSError, KeyError, TypeError, CRSError, OverflowError)
_Source = Path | bytes


@dataclass(frozen=True)
class _Part:
    """One layer of a file, and how to open it."""

    source: _Source
    path: Path
    name: str
    layer: str
    number: int  # a GeoJSON in memory has another name at each opening
    encoding: str | None


def read_vector(
    path: Path,
    name: str,
    *,
    layer: str | None = None,
    encoding: str | None = None,
    limits: Limits,
) -> list[SourceTable]:
    """Read the layers of a vector file; see :func:`gis.ingest.sources.read_source`.

    Raises
    ------
    UsageError
        There is no such layer or encoding.
    RejectedDataError
        It is damaged, of another kind than its name says, empty, holds a geometry that cannot
        be built, or more than `limits` allow.
    """
    source, encoding, notes = _open_text(path, name, encoding)
    try:
        listed = [str(one) for one in pyogrio.list_layers(source)[:, 0]]
    except _BROKEN as error:
        raise _refuse_damage(name, path, error) from error
    chosen = _choose_layers(listed, layer, name)
    tables = []
    for one in chosen:
        part = _Part(source, path, name, one, listed.index(one), encoding)
        table = _read_layer(part, notes, limits)
        if table is not None:
            tables.append(table if len(chosen) > 1 or layer else _drop_layer(table))
    if not tables:
        refuse_empty(name, header_only=True)
    _note_systems(tables)
    return tables


def flatten_shapes(shapes: Any, notes: list[str]) -> np.ndarray:
    """Drop the heights of geometries, and note how many had some.

    Examples
    --------
    >>> notes = []
    >>> flatten_shapes([shapely.Point(1, 2, 3)], notes).tolist(), notes
    ([<POINT (1 2)>], ['The heights of 1 geometries were dropped.'])
    """
    array = np.asarray(shapes, dtype=object)
    high = shapely.has_z(array)
    if high.any():
        notes.append(f"The heights of {int(high.sum()):,} geometries were dropped.")
        array = shapely.force_2d(array)
    return array


def name_crs(crs: Any) -> str | None:
    """Name a coordinate system by its code, or by its name where it has none.

    Examples
    --------
    >>> import pyproj
    >>> name_crs(pyproj.CRS(4549)), name_crs(None)
    ('EPSG:4549', None)
    """
    if crs is None:
        return None
    authority = crs.to_authority()
    return ":".join(authority) if authority else str(crs.name)


def take_geometry(frame: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Give the geometry the name ``geom``, in two dimensions, and strip the other names."""
    if not isinstance(frame, gpd.GeoDataFrame):
        return frame.rename(columns=lambda one: str(one).strip())
    column = frame.geometry.name
    shapes = flatten_shapes(frame[column], notes)
    facts = pd.DataFrame(frame.drop(columns=column)).rename(columns=lambda one: str(one).strip())
    if "geom" in facts.columns:
        facts = facts.rename(columns={"geom": "geom_1"})
        notes.append("The column geom is called geom_1, beside the geometry.")
    shaped = gpd.GeoSeries(shapes, index=facts.index, crs=frame.crs)
    return gpd.GeoDataFrame(facts.assign(geom=shaped), geometry="geom", crs=frame.crs)


def _open_text(
    path: Path, name: str, encoding: str | None
) -> tuple[_Source, str | None, list[str]]:
    """Check the first bytes; return what GDAL shall read, the encoding, what was assumed."""
    suffix = path.suffix.lower()
    if suffix in JSON_SUFFIXES:
        text = decode_text(path.read_bytes(), name, encoding=encoding)
        if not text.content.lstrip().startswith(b"{"):
            if not text.content.strip():
                refuse_empty(name)
            raise RejectedDataError(f"File {name} is no GeoJSON.", mend=_MEND)
        return text.content, None, list(text.notes)
    with path.open("rb") as file:
        begins = file.read(16)
    if not begins:
        refuse_empty(name)
    if not begins.startswith(_BEGINS[suffix]):
        raise RejectedDataError(f"File {name} is no {suffix[1:]} file.", mend=_MEND)
    if suffix != ".shp":
        return path, None, []
    _require_companions(path, name)
    found, notes = find_dbase_encoding(path, name, stated=encoding)
    return path, found, notes


def _require_companions(path: Path, name: str) -> None:
    beside = {one.suffix.lower() for one in path.parent.glob(f"{_escape(path.stem)}.*")}
    missing = [suffix for suffix in (".shx", ".dbf") if suffix not in beside]
    if missing:
        raise RejectedDataError(
            f"File {name} lacks its companion {' and '.join(missing)}.",
            mend="Deliver all files of the Shapefile together, best as one zip archive.",
        )


def _escape(stem: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in stem)


def _choose_layers(listed: list[str], layer: str | None, name: str) -> list[str]:
    if layer is None:
        data = [one for one in listed if one not in _SIDE_TABLES]
        if not data:
            raise RejectedDataError(f"File {name} holds no layer with data.", mend=_MEND)
        return data
    if layer not in listed:
        raise UsageError(
            f"File {name} has no layer {layer!r}.", mend=f"Name one of {', '.join(listed)}."
        )
    return [layer]


def _read_layer(part: _Part, of_file: list[str], limits: Limits) -> SourceTable | None:
    """Read one layer; None when it has no features."""
    notes, name, path, encoding = list(of_file), part.name, part.path, part.encoding
    try:
        about = pyogrio.read_info(part.source, layer=part.number, encoding=encoding)
        refuse_columns(len(about["fields"]), name, limits)
        refuse_rows(about["features"], name, limits)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            frame = pyogrio.read_dataframe(part.source, layer=part.number, encoding=encoding)
    except RejectedDataError:
        raise
    except shapely.errors.ShapelyError as error:
        raise _refuse_shapes(part, error) from error
    except UnicodeDecodeError as error:
        raise RejectedDataError(
            f"File {name} holds text that is no {(encoding or 'utf-8').upper()}:"
            f" {error.object[error.start : error.start + 4].hex(' ').upper()}.",
            mend="State its encoding, or export it again with text as UTF-8.",
        ) from error
    except _BROKEN as error:
        raise _refuse_damage(name, path, error) from error
    notes += dict.fromkeys(f"The reader says: {str(one.message).strip()}" for one in said)
    if frame.empty:
        return None
    frame = take_geometry(frame.reset_index(drop=True), notes)
    crs = getattr(frame, "crs", None) if isinstance(frame, gpd.GeoDataFrame) else None
    if path.suffix.lower() in JSON_SUFFIXES and b'"crs"' not in _peek(part.source):
        notes.append("GeoJSON without a word on it is in WGS 84 (RFC 7946).")
    lines = np.arange(1, len(frame) + 1, dtype=np.int64)
    return SourceTable(
        frame, lines, path.name, part.layer, encoding=encoding, crs=name_crs(crs), notes=notes
    )


def _peek(source: _Source) -> bytes:
    return source if isinstance(source, bytes) else b""


def _drop_layer(table: SourceTable) -> SourceTable:
    """Leave out the name of an only layer: it is the one of the file."""
    return replace(table, sheet=None)


def _note_systems(tables: list[SourceTable]) -> None:
    systems = dict.fromkeys(one.crs for one in tables if "geom" in one.frame)
    if len(systems) > 1:
        told = ", ".join(str(one or "none stated") for one in systems)
        for table in tables:
            table.notes.append(f"The layers of the file are in different systems: {told}.")


def _refuse_damage(name: str, path: Path, error: BaseException) -> RejectedDataError:
    told = (str(error).strip().splitlines() or ["unreadable"])[0].rstrip(".")
    told = told.replace(str(path), path.name)
    return RejectedDataError(
        f"File {name} cannot be read as {path.suffix[1:].lower()}: {told[:200]}.", mend=_MEND
    )


def _refuse_shapes(part: _Part, error: BaseException) -> RejectedDataError:
    """Refuse geometries that cannot be built, such as rings of two points, with their row."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the refusal says it
        _, _, shapes, _ = pyogrio.raw.read(part.source, layer=part.number, columns=[])
    built = shapely.from_wkb(shapes, on_invalid="ignore")
    is_given = np.array([shape is not None for shape in shapes])
    rows = np.flatnonzero(shapely.is_missing(built) & is_given)
    told = (str(error).strip().splitlines() or [""])[0].rstrip(".")
    return RejectedDataError(
        f"File {part.name} holds {len(rows):,} geometries that cannot be built, first in row"
        f" {rows[0] + 1 if len(rows) else '?'}: {told[:120]}.",
        mend="Repair or remove them in the source and export it again.",
    )
