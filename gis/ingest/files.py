"""Read the files that a profile names and map their columns to ours."""

from __future__ import annotations

import fnmatch
from pathlib import Path

import geopandas as gpd
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from gis.crs import STORE_SRID, to_store
from gis.errors import CrsError, RejectedDataError, UsageError
from gis.ingest.sources import read_source


class Melt(BaseModel):
    """Turn one column a plan into one row a plan; column names may hold ``*``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: list[str]
    name: str
    value: str


class Source(BaseModel):
    """One file that fills one dataset, with its columns mapped to ours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str
    file: str
    columns: dict[str, str] = Field({}, description="Our column → column of the file")
    constants: dict[str, str | int | float | bool] = {}
    point: list[str] | None = Field(None, description="Columns of x and y when geometry is a point")
    crs: str | None = Field(None, description="CRS when the file states none: EPSG:…, gcj02, bd09")
    melt: Melt | None = None


def read_sources(sources: list[Source], folder: Path) -> dict[str, pd.DataFrame]:
    """Read all `sources` below `folder` into frames keyed by dataset.

    Raises
    ------
    UsageError
        When the folder or a file is missing.
    RejectedDataError
        When a file is damaged or lacks a mapped column.
    """
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.", mend="Name it with --from.")
    read: dict[Path, pd.DataFrame] = {}
    frames: dict[str, list[pd.DataFrame]] = {}
    for source in sources:
        path = folder / source.file
        if path not in read:
            read[path] = read_file(path)
        frames.setdefault(source.dataset, []).append(_map_columns(read[path], source, path))
    return {
        dataset: parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)
        for dataset, parts in frames.items()
    }


def read_file(path: Path) -> pd.DataFrame:
    """Read a file with one table, of any kind that `gis.ingest.sources` reads.

    Returns
    -------
    DataFrame or GeoDataFrame
        Columns as in the file; cells of a CSV as text, so that a code keeps its leading zeros;
        geometry as column ``geom`` with the CRS that the file states.

    Raises
    ------
    UsageError
        When the file does not exist or its kind is unknown.
    RejectedDataError
        When it cannot be read as what its ending says, or holds several tables.
    """
    tables = read_source(path)
    if len(tables) > 1:
        names = ", ".join(table.sheet or table.file for table in tables)
        raise RejectedDataError(
            f"File {path} holds several layers: {names}.",
            mend="Export the one that is meant into a file of its own.",
        )
    return tables[0].frame


def _map_columns(frame: pd.DataFrame, source: Source, path: Path) -> pd.DataFrame:
    melted = _melt(frame, source, path) if source.melt else frame
    wanted = [*source.columns.values(), *(source.point or [])]
    missing = [name for name in dict.fromkeys(wanted) if name not in melted.columns]
    if missing:
        raise RejectedDataError(
            f"File {path} lacks the column {', '.join(missing)};"
            f" it has {', '.join(str(c) for c in frame.columns if c != 'geom')}.",
            mend="Export it with that column, or change the mapping in the profile.",
        )
    mapped = pd.DataFrame(
        {ours: melted[theirs] for ours, theirs in source.columns.items()}, index=melted.index
    )
    for name, constant in source.constants.items():
        mapped[name] = constant
    if source.melt:
        for name in (source.melt.name, source.melt.value):
            mapped[name] = melted[name]
        return mapped
    if source.point:
        x, y = (pd.to_numeric(frame[name], errors="coerce") for name in source.point)
        return _attach_shapes(mapped, gpd.GeoSeries.from_xy(x, y), source.crs, path)
    if isinstance(frame, gpd.GeoDataFrame):
        return _attach_shapes(mapped, frame.geometry, source.crs, path)
    return mapped


def _attach_shapes(
    mapped: pd.DataFrame, shapes: gpd.GeoSeries, stated: str | None, path: Path
) -> gpd.GeoDataFrame:
    """Add column geom in EPSG:4490; what the profile states wins over what the file says."""
    if stated is None and shapes.crs is None:
        raise CrsError(
            f"File {path} states no coordinate system for its geometry.",
            mend="Name it as crs of that source in the profile.",
        )
    stored = gpd.GeoSeries(to_store(shapes, stated), index=mapped.index, crs=STORE_SRID)
    return gpd.GeoDataFrame(mapped.assign(geom=stored), geometry="geom")


def _melt(frame: pd.DataFrame, source: Source, path: Path) -> pd.DataFrame:
    melt = source.melt
    assert melt is not None
    names = [str(c) for c in frame.columns]
    chosen: list[str] = []
    for pattern in melt.columns:
        hits = [n for n in names if fnmatch.fnmatchcase(n, pattern) and n not in chosen]
        if not hits:
            raise RejectedDataError(
                f"File {path} has no column like {pattern}.",
                mend="Change melt.columns in the profile.",
            )
        chosen += hits
    return pd.DataFrame(frame).melt(
        id_vars=list(source.columns.values()),
        value_vars=chosen,
        var_name=melt.name,
        value_name=melt.value,
    )
