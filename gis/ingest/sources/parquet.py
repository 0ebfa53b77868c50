"""Parquet and GeoParquet → tables, read batch by batch so that a small file cannot grow large."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj.exceptions import ProjError

from gis.errors import RejectedDataError
from gis.ingest.sources.table import (
    Limits,
    SourceTable,
    refuse_columns,
    refuse_empty,
    refuse_rows,
)
from gis.ingest.sources.vectors import name_crs, take_geometry

PARQUET_SUFFIXES = {".parquet", ".geoparquet"}
_ROWS_AT_ONCE = 16_384
_GEO = b"geo"
# What readers trip over in damaged pages, metadata of the wrong form, a missing column, bad WKB
# or a bad CRS.
BROKEN_PARQUET = (
    *(ValueError, OSError, LookupError, TypeError, AttributeError, NotImplementedError),
    *(shapely.errors.ShapelyError, ProjError, RuntimeError),
)


def read_parquet(path: Path, name: str, *, limits: Limits) -> SourceTable:
    """Read a Parquet file; see :func:`gis.ingest.sources.read_source`.

    Raises
    ------
    RejectedDataError
        It is damaged, empty or larger than `limits` allow.
    """
    table = read_batches(path, name, limits=limits)
    is_geographic = has_geometry(table.schema)
    if not table.num_rows:
        refuse_empty(name, header_only=True)
    notes: list[str] = []
    frame = _read_geometry(path, name) if is_geographic else _build_frame(table, name)
    frame = take_geometry(frame.reset_index(drop=True), notes)
    crs = frame.crs if isinstance(frame, gpd.GeoDataFrame) else None
    lines = np.arange(1, len(frame) + 1, dtype=np.int64)
    return SourceTable(frame, lines, path.name, crs=name_crs(crs), notes=notes)


def read_batches(path: Path, name: str, *, limits: Limits) -> pa.Table:
    """Read a Parquet file batch by batch, its size counted as it grows.

    Raises
    ------
    RejectedDataError
        It is damaged or larger than `limits` allow.
    """
    batches, rows, size = [], 0, 0
    try:
        packed = pq.ParquetFile(path)
        refuse_columns(packed.metadata.num_columns, name, limits)
        refuse_rows(packed.metadata.num_rows, name, limits)
        for batch in packed.iter_batches(batch_size=_ROWS_AT_ONCE):
            rows, size = rows + batch.num_rows, size + batch.nbytes
            refuse_rows(rows, name, limits)
            if size > limits.unpacked_bytes:
                raise RejectedDataError(
                    f"File {name} grows beyond {limits.unpacked_bytes / 2**20:,.0f} MiB when read.",
                    mend="Cut it to the district, or deliver it in several files.",
                )
            batches.append(batch)
        return pa.Table.from_batches(batches, schema=packed.schema_arrow)
    except RejectedDataError:
        raise
    except BROKEN_PARQUET as error:
        raise _refuse_damage(name, "Parquet", error) from error


def has_geometry(schema: pa.Schema) -> bool:
    """Tell whether a Parquet file is a GeoParquet."""
    return _GEO in (schema.metadata or {})


def _build_frame(table: pa.Table, name: str) -> pd.DataFrame:
    try:
        return table.to_pandas(ignore_metadata=True)
    except BROKEN_PARQUET as error:
        raise _refuse_damage(name, "Parquet", error) from error


def _read_geometry(path: Path, name: str) -> gpd.GeoDataFrame:
    try:
        return gpd.read_parquet(path)
    except BROKEN_PARQUET as error:
        raise _refuse_damage(name, "GeoParquet", error) from error


def _refuse_damage(name: str, kind: str, error: BaseException) -> RejectedDataError:
    why = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
    where = (
        "; its geometry or the metadata 'geo' that describes it is damaged"
        if kind == "GeoParquet"
        else ""
    )
    return RejectedDataError(
        f"File {name} cannot be read as {kind}{where}: {why[:200]}.",
        mend="Export it again from its source, as GeoParquet or GeoPackage.",
    )
