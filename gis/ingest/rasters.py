"""Read a raster that somebody delivers: checked whole, cut to the district, in its own CRS."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import rasterio
from rasterio.errors import RasterioError
from rasterio.windows import Window

from gis.crs import resolve_crs, transform_frame
from gis.errors import CrsError, RejectedDataError, UsageError
from gis.rasters import MOST_CELLS, CellGrid, Surface

_BLOCK = 1 << 20
# What a cell may hold: residents, and metres above the sea. SOURCE: no ground of the Earth lies
# lower than the shore of the Dead Sea (-430 m) or higher than 8849 m.
_LIMITS = {"population": (0.0, np.inf), "elevation": (-450.0, 8900.0)}
_MENDS = {
    "population": "Deliver residents by cell, none below 0, and state which value means none.",
    "elevation": "Deliver metres above the sea, and state which value means none (nodata).",
}
_TURN = "Warp it first: gdalwarp -t_srs EPSG:4549 IN.tif OUT.tif."


@dataclass(frozen=True, eq=False)
class Delivered:
    """A raster as it was delivered, cut to the district.

    Parameters
    ----------
    surface
        In the CRS of the file.
    digest
        SHA-256 of the whole file.
    """

    surface: Surface
    digest: str


def read_raster(path: Path, areas: gpd.GeoSeries, *, kind: str, margin_m: float) -> Delivered:
    """Read the part of a raster that lies over areas and a margin around them.

    Parameters
    ----------
    areas
        Of the district, EPSG:4490.
    kind
        ``population``, residents by cell, or ``elevation``, metres above the sea.

    Raises
    ------
    UsageError
        There is no such file, or no such kind.
    RejectedDataError
        It is no raster, has several bands, no or a turned grid, lies elsewhere, holds nothing or
        what cannot be, or is too large over the district. Nothing was stored.
    CrsError
        Its CRS is not stated or unknown, or has no exact way to CGCS2000.
    """
    if kind not in _LIMITS:
        raise UsageError(f"There is no raster '{kind}'.", mend=f"Use {' or '.join(_LIMITS)}.")
    if not path.is_file():
        raise UsageError(f"There is no file {path}.", mend="Name a GeoTIFF.")
    try:
        with rasterio.Env(GDAL_PAM_ENABLED="NO"), rasterio.open(path) as file:
            grid = _read_grid(file, path)
            window = _find_window(grid, areas, margin_m, path)
            values = file.read(1, window=window, masked=True)
            values = values.astype(np.float64).filled(np.nan) * file.scales[0] + file.offsets[0]
    except RasterioError as error:
        raise RejectedDataError(
            f"{path} is no raster that can be read: {error}.",
            mend="Deliver a GeoTIFF of one band.",
        ) from error
    surface = Surface(_cut(grid, window), np.where(np.isfinite(values), values, np.nan))
    _check_values(surface, kind, path)
    return Delivered(surface, _digest(path))


def _read_grid(file: Any, path: Path) -> CellGrid:
    """Return the grid of a raster whose cells lie square to its CRS."""
    if file.count != 1:
        raise RejectedDataError(
            f"{path} has {file.count} bands, one is needed.",
            mend="Take one out: gdal_translate -b 1 IN.tif OUT.tif.",
        )
    if np.issubdtype(np.dtype(file.dtypes[0]), np.complexfloating):
        raise RejectedDataError(
            f"{path} holds complex numbers.", mend="Deliver whole or real numbers."
        )
    step = file.transform
    if step.is_identity or step.determinant == 0 or not np.isfinite(list(step)[:6]).all():
        raise RejectedDataError(
            f"{path} does not say where its cells lie.",
            mend="Deliver a GeoTIFF with an origin and a size of its cells.",
        )
    if step.b or step.d or step.a < 0 or step.e > 0:
        raise RejectedDataError(f"The cells of {path} are turned or upside down.", mend=_TURN)
    if file.crs is None:
        raise CrsError(
            f"{path} states no coordinate system.",
            mend="State it: gdal_edit.py -a_srs EPSG:4490 FILE, or whatever it is in.",
        )
    srid = file.crs.to_epsg()
    if srid is None:
        raise CrsError(f"The coordinate system of {path} has no EPSG code.", mend=_TURN)
    resolve_crs(srid)
    return CellGrid(srid, step.c, step.f, step.a, -step.e, file.width, file.height)


def _find_window(grid: CellGrid, areas: gpd.GeoSeries, margin_m: float, path: Path) -> Window:
    """Find the columns and rows over the areas and a margin."""
    moved = transform_frame(areas.to_frame("geom").set_geometry("geom"), grid.srid)
    west, south, east, north = moved.total_bounds
    grow_y, grow_x = margin_m / grid.measure_sides_m() * (grid.height, grid.width)
    first = np.floor((np.array([west - grow_x, grid.north]) - [grid.west, north + grow_y])
                     / [grid.width, grid.height])  # fmt: skip
    last = np.ceil((np.array([east + grow_x, grid.north]) - [grid.west, south - grow_y])
                   / [grid.width, grid.height])  # fmt: skip
    left, top = np.maximum(first, 0).astype(int)
    right, low = np.minimum(last, [grid.columns, grid.rows]).astype(int)
    lies_over = (
        west < grid.west + grid.width * grid.columns
        and east > grid.west
        and south < grid.north
        and north > grid.north - grid.height * grid.rows
    )
    if not lies_over or right <= left or low <= top:
        raise RejectedDataError(
            f"{path} lies elsewhere: x from {grid.west:g} to"
            f" {grid.west + grid.width * grid.columns:g}, y from"
            f" {grid.north - grid.height * grid.rows:g} to {grid.north:g} in EPSG:{grid.srid}; the"
            f" district from {west:g} to {east:g} and {south:g} to {north:g}.",
            mend="Deliver the part over the district, and check its coordinate system.",
        )
    cells = (right - left) * (low - top)
    if cells > MOST_CELLS:
        raise RejectedDataError(
            f"{path} has {cells:,} cells over the district, more than {MOST_CELLS:,}.",
            mend="Make it coarser: gdalwarp -tr 25 25 IN.tif OUT.tif, in metres.",
        )
    return Window(left, top, right - left, low - top)


def _cut(grid: CellGrid, window: Window) -> CellGrid:
    return CellGrid(
        grid.srid,
        grid.west + grid.width * window.col_off,
        grid.north - grid.height * window.row_off,
        grid.width,
        grid.height,
        int(window.width),
        int(window.height),
    )


def _check_values(surface: Surface, kind: str, path: Path) -> None:
    values = surface.values
    if np.isnan(values).all():
        raise RejectedDataError(
            f"{path} holds no value over the district.", mend="Deliver cells with values there."
        )
    least, most = _LIMITS[kind]
    wrong = np.argwhere((values < least) | (values > most))
    if len(wrong):
        row, column = wrong[0]
        raise RejectedDataError(
            f"{len(wrong)} cells of {path} cannot be {kind}, first"
            f" {values[row, column]:g} in row {row}, column {column} of the district's part.",
            mend=_MENDS[kind],
        )


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
