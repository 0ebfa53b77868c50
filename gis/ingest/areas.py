"""Read files of areas that points are to be labelled by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.coverage import is_polygon
from gis.crs import STORE_SRID, to_store
from gis.errors import RejectedDataError, UsageError
from gis.ingest.points import (
    Flags,
    name_rows,
    read_geometry,
    resolve_file_crs,
    state_crs,
)

AREA_ID = "area_id"
_USUAL_ID = "id"


@dataclass(frozen=True, eq=False)
class AreaFile:
    """m areas as a file gave them.

    Parameters
    ----------
    areas
        Column area_id and m valid polygons with a CRS.
    id_column
        Column of the file that the ids come from; None where the row number serves, from 0.
    """

    areas: gpd.GeoDataFrame
    id_column: str | None


def read_area_file(
    path: Path, *, crs: object = None, id_column: str | None = None, shared_ids: bool = False
) -> AreaFile:
    """Read areas from a vector file or GeoParquet, each with an id.

    Parameters
    ----------
    path
        The file; its suffix tells its kind.
    crs
        System of the geometry; it wins over what the file states of itself.
    id_column
        Column of the ids. By default `id` (any case), else the first column of text or whole
        numbers that is full and never repeats, else the row number from 0.
    shared_ids
        Several areas may have one id.

    Raises
    ------
    UsageError
        The file is missing or of an unknown kind, or has no such column.
    RejectedDataError
        It is damaged or empty, an area is missing, invalid or no polygon, or an id is missing
        or repeated.
    CrsError
        It states no system, or one that cannot be resolved.
    """
    frame = read_geometry(path)
    datum = resolve_file_crs(crs, frame.crs, path)
    shapes = np.array(frame.geometry, dtype=object)
    columns = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    chosen = _choose_id(columns) if id_column is None else id_column
    ids = _read_ids(columns, chosen, path, shared_ids=shared_ids)
    _refuse_shapes(shapes, ids, path)
    if datum.shift is not None:
        geometry = gpd.GeoSeries(to_store(shapes, datum), crs=STORE_SRID)
    else:
        geometry = gpd.GeoSeries(shapes, crs=state_crs(datum.crs))
    return AreaFile(gpd.GeoDataFrame({AREA_ID: ids}, geometry=geometry), chosen)


def _choose_id(columns: pd.DataFrame) -> str | None:
    """Choose the column of the ids; None when no column will do."""
    for name in columns.columns:
        if str(name).lower() == _USUAL_ID:
            return str(name)
    for name in columns.columns:
        column = columns[name]
        is_name = pd.api.types.is_integer_dtype(column) or pd.api.types.is_string_dtype(column)
        if is_name and column.notna().all() and column.is_unique:
            return str(name)
    return None


def _read_ids(
    columns: pd.DataFrame, chosen: str | None, path: Path, *, shared_ids: bool
) -> pd.Series:
    if chosen is None:
        return pd.Series(columns.index, index=columns.index)
    if chosen not in columns.columns:
        raise UsageError(
            f"File {path} has no column {chosen!r}.",
            mend=f"Name one of its columns: {', '.join(map(str, columns.columns))}.",
        )
    ids = columns[chosen]
    if ids.isna().any():
        raise RejectedDataError(
            f"File {path} has no {chosen} in {name_rows(ids.isna().to_numpy())}.",
            mend="Give each area an id, or name another column.",
        )
    if pd.api.types.is_float_dtype(ids) and (ids % 1 == 0).all():
        ids = ids.astype(np.int64)  # GIS programs store whole numbers as fractions
    repeated = ids.duplicated(keep=False)
    if repeated.any() and not shared_ids:
        first = ids[repeated].iloc[0]
        rows = name_rows((ids == first).to_numpy())
        raise RejectedDataError(
            f"File {path} repeats the {chosen} '{first}' in {rows}.",
            mend="Name a column whose ids differ, or allow shared ids if they are meant.",
        )
    return ids


def _refuse_shapes(shapes: Any, ids: pd.Series, path: Path) -> None:
    """Refuse areas that hold no ground or whose border crosses itself."""

    def refuse(wrong: Flags, what: str) -> None:
        if wrong.any():
            first = ids.iloc[int(wrong.argmax())]
            raise RejectedDataError(
                f"File {path} has {what} in {name_rows(wrong)} (id {first}).",
                mend="Repair or remove these areas in the source and export again.",
            )

    is_bare = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    refuse(is_bare, "an area without geometry")
    refuse(~is_polygon(shapes), "a geometry that is no polygon")
    is_broken = ~shapely.is_valid(shapes)
    if is_broken.any():
        reason = shapely.is_valid_reason(shapes[int(is_broken.argmax())])
        refuse(is_broken, f"a broken area, {reason},")
