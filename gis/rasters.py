"""Grids of cells and the values on them: laid over a district, stored, written as GeoTIFF.

A file for others is a cloud-optimised GeoTIFF: tiles and overviews inside, nodata and CRS stated,
the same bytes for the same values and tags. Missing values are NaN here and `NODATA` in files.

UNITS: x east and y north in the units of the grid's CRS, lon/lat where that is geographic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from rasterio.errors import RasterioError
from rasterio.io import MemoryFile
from rasterio.transform import Affine
from rasterio.warp import Resampling, reproject

from gis.crs import require_metres, resolve_crs, to_metric, to_store, transform_frame
from gis.errors import UsageError
from gis.exports.drafts import open_draft

Numbers = NDArray[np.float64]
Positions = NDArray[np.int64]

NODATA = -9999.0
MOST_CELLS = 25_000_000  # a grid as large takes some 200 MB
_TILE_PX = 256
_DEGREE = np.pi / 180.0


@dataclass(frozen=True)
class CellGrid:
    """Cells of one size, columns from the west, rows from the north."""

    srid: int
    west: float
    north: float
    width: float  # of a cell
    height: float
    columns: int
    rows: int

    @property
    def transform(self) -> Affine:
        """From column and row to x and y of a cell's north-west corner."""
        return Affine(self.width, 0.0, self.west, 0.0, -self.height, self.north)

    def list_centres(self) -> tuple[Numbers, Numbers]:
        """Return x and y of the middle of every cell, row by row."""
        x = self.west + self.width * (np.arange(self.columns) + 0.5)
        y = self.north - self.height * (np.arange(self.rows) + 0.5)
        return np.tile(x, self.rows), np.repeat(y, self.columns)

    def find_cells(self, x: Numbers, y: Numbers) -> Positions:
        """Return the cell of each point, row by row; -1 beyond the grid.

        Examples
        --------
        >>> CellGrid(4549, 0.0, 20.0, 10.0, 10.0, 3, 2).find_cells(
        ...     np.array([5.0, 25.0, 30.0]), np.array([15.0, 5.0, 5.0])).tolist()
        [0, 5, -1]
        """
        column = np.floor((x - self.west) / self.width)
        row = np.floor((self.north - y) / self.height)
        is_in = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        return np.where(is_in, row * self.columns + column, -1).astype(np.int64)

    def measure_cells_m2(self) -> Numbers:
        """Measure the cells of each row, shape (rows, 1): in degrees on the ellipsoid.

        SOURCE: authalic area between two parallels; Snyder (1987), Map Projections, eq. 3-12.
        """
        crs = CRS.from_epsg(self.srid)
        if not crs.is_geographic:
            return np.full((self.rows, 1), self.width * self.height)
        ellipsoid = crs.ellipsoid
        assert ellipsoid is not None  # every geographic CRS of the registry has one
        edge = self.north - self.height * np.arange(self.rows + 1)
        e = np.sqrt(1 - (ellipsoid.semi_minor_metre / ellipsoid.semi_major_metre) ** 2)
        sine = np.sin(edge * _DEGREE)
        zone = sine / (1 - (e * sine) ** 2) + np.arctanh(e * sine) / e
        half_b2 = ellipsoid.semi_minor_metre**2 / 2
        return (half_b2 * self.width * _DEGREE * -np.diff(zone))[:, None]

    def measure_sides_m(self) -> Numbers:
        """Measure height and width of a cell, in degrees in the middle of the grid."""
        crs = CRS.from_epsg(self.srid)
        if not crs.is_geographic:
            return np.array([self.height, self.width])
        along_m, across_m = _measure_degree(crs, self.north - self.height * self.rows / 2)
        return np.array([self.height * along_m, self.width * across_m])

    def place_centres(self, metric_srid: int) -> tuple[Numbers, Numbers]:
        """Return the middle of every cell in another CRS, in metres, row by row."""
        x, y = self.list_centres()
        if self.srid == metric_srid:
            return x, y
        moved = to_metric(to_store(shapely.points(x, y), self.srid), metric_srid)
        return shapely.get_x(moved), shapely.get_y(moved)


@dataclass(frozen=True, eq=False)
class Surface:
    """A value for every cell, NaN where there is none: shape (rows, columns)."""

    grid: CellGrid
    values: Numbers


def lay_cells(areas: Any, *, cell_m: float, srid: int, margin_m: float = 0.0) -> CellGrid:
    """Lay a grid over areas; its edges are multiples of a cell, so that grids of a size fit.

    Parameters
    ----------
    areas
        GeoSeries or GeoDataFrame in EPSG:4490.
    cell_m
        Side of a cell. In a geographic CRS cells are as many metres wide and high in the middle
        of the areas.
    srid
        CRS of the grid: geographic, or one that measures in metres.

    Raises
    ------
    UsageError
        There are no areas, the side is not a finite number above zero, or the cells are too many.
    CrsError
        The CRS is unknown, or neither geographic nor in metres.

    Examples
    --------
    >>> import geopandas as gpd
    >>> area = gpd.GeoSeries([shapely.box(120.6, 28.0, 120.602, 28.001)], crs=4490)
    >>> grid = lay_cells(area, cell_m=100, srid=4549)
    >>> grid.west % 100, grid.columns, grid.rows
    (0.0, 3, 2)
    """
    if not (0 < cell_m < np.inf):
        raise UsageError(f"Cells cannot be {cell_m:g} m wide.", mend="Give metres above zero.")
    crs = resolve_crs(srid).crs
    if not crs.is_geographic:
        require_metres(srid)
    moved = transform_frame(areas.geometry.to_frame("geom").set_geometry("geom"), srid)
    west, south, east, north = moved.total_bounds
    if not np.isfinite(west):
        raise UsageError(
            "There is no ground to lay cells over.", mend="Load the planning units of the district."
        )
    width, height = _size_cells(crs, cell_m, (south + north) / 2)
    grow_x, grow_y = margin_m / cell_m * width, margin_m / cell_m * height
    first, last = np.floor((west - grow_x) / width), np.ceil((east + grow_x) / width)
    low, high = np.floor((south - grow_y) / height), np.ceil((north + grow_y) / height)
    columns, rows = int(last - first) or 1, int(high - low) or 1
    if columns * rows > MOST_CELLS:
        raise UsageError(
            f"{columns} × {rows} cells of {cell_m:g} m are more than {MOST_CELLS:,}.",
            mend="Take larger cells with --cell-m.",
        )
    return CellGrid(srid, float(first * width), float(high * height), width, height, columns, rows)


def _size_cells(crs: CRS, cell_m: float, latitude: float) -> tuple[float, float]:
    """Return width and height of a cell in the units of a CRS."""
    if not crs.is_geographic:
        return cell_m, cell_m
    along_m, across_m = _measure_degree(crs, latitude)
    return float(round(cell_m / across_m, 9)), float(round(cell_m / along_m, 9))


def _measure_degree(crs: CRS, latitude: float) -> tuple[float, float]:
    """Measure a degree north and a degree east at a latitude, in metres."""
    ellipsoid = crs.ellipsoid
    assert ellipsoid is not None
    e2 = 1 - (ellipsoid.semi_minor_metre / ellipsoid.semi_major_metre) ** 2
    squash = 1 - e2 * np.sin(latitude * _DEGREE) ** 2
    along_m = ellipsoid.semi_major_metre * (1 - e2) / squash**1.5 * _DEGREE
    across_m = ellipsoid.semi_major_metre / np.sqrt(squash) * np.cos(latitude * _DEGREE) * _DEGREE
    return along_m, across_m


def write_surface(
    surface: Surface,
    path: Path,
    *,
    title: str,
    unit: str,
    tags: Mapping[str, str],
    averaged: bool = True,
) -> None:
    """Write a cloud-optimised GeoTIFF beside its final name, then rename it into place.

    Parameters
    ----------
    title, unit
        What the band holds and in which unit, in the file itself.
    tags
        What is to know about it: run, plan, data date.
    averaged
        Whether overviews hold means; else the value of one of the cells, as for steps.

    Raises
    ------
    OutputError
        When the folder cannot be written or is full.
    """
    with open_draft(path, suffix=".tif") as draft:
        try:
            with _open_new(
                draft,
                surface,
                driver="COG",
                blocksize=_TILE_PX,
                compress="DEFLATE",
                predictor="YES",
                overview_resampling="AVERAGE" if averaged else "NEAREST",
                num_threads=1,  # the order of tiles, and so the bytes, stay the same
            ) as file:
                file.set_band_description(1, title)
                file.units = (unit,)
                file.update_tags(AREA_OR_POINT="Area", **tags)
        except RasterioError as error:  # how GDAL tells a fault of the disk
            raise OSError(str(error)) from error


def encode_surface(surface: Surface) -> bytes:
    """Write a surface as the bytes of a GeoTIFF, to be stored."""
    with MemoryFile() as memory:
        with _open_new(memory, surface, driver="GTiff", compress="DEFLATE", predictor=3):
            pass
        return bytes(memory.read())


def decode_surface(content: bytes) -> Surface:
    """Read what `encode_surface` wrote."""
    with MemoryFile(content) as memory, memory.open() as file:
        values = file.read(1).astype(np.float64)
        values[values == file.nodata] = np.nan
        step = file.transform
        grid = CellGrid(
            file.crs.to_epsg(), step.c, step.f, step.a, -step.e, file.width, file.height
        )
        return Surface(grid, values)


@contextmanager
def _open_new(target: Path | MemoryFile, surface: Surface, **options: Any) -> Iterator[Any]:
    """Open a raster of one band and write the values into it."""
    grid = surface.grid
    shape = {
        "width": grid.columns,
        "height": grid.rows,
        "count": 1,
        "dtype": "float32",
        "nodata": NODATA,
        "crs": rasterio.crs.CRS.from_epsg(grid.srid),
        "transform": grid.transform,
    }
    opened = (
        target.open(**shape, **options)
        if isinstance(target, MemoryFile)
        else rasterio.open(target, "w", **shape, **options)
    )
    with opened as file:
        file.write(np.where(np.isnan(surface.values), NODATA, surface.values).astype("f4"), 1)
        yield file


def warp_surface(surface: Surface, grid: CellGrid, *, smooth: bool = False) -> Surface:
    """Bring values to another grid, perhaps of another CRS.

    Parameters
    ----------
    smooth
        Whether to read between cells, as for heights; else the nearest cell holds.
    """
    values = np.full((grid.rows, grid.columns), np.nan)
    reproject(
        surface.values,
        values,
        src_transform=surface.grid.transform,
        src_crs=rasterio.crs.CRS.from_epsg(surface.grid.srid),
        src_nodata=np.nan,
        dst_transform=grid.transform,
        dst_crs=rasterio.crs.CRS.from_epsg(grid.srid),
        dst_nodata=np.nan,
        resampling=Resampling.bilinear if smooth else Resampling.nearest,
    )
    return Surface(grid, values)


def sample_surface(surface: Surface, x: Numbers, y: Numbers) -> Numbers:
    """Return the value at each point, between the middles of the four cells around it.

    Beyond the outermost middles the nearest holds; NaN where a cell that counts has no value.

    Parameters
    ----------
    x, y
        In the CRS of the surface.

    Examples
    --------
    >>> plane = Surface(CellGrid(4549, 0.0, 20.0, 10.0, 10.0, 2, 2), np.array([[0, 10], [0, 10]]))
    >>> sample_surface(plane, np.array([5.0, 10.0, 99.0]), np.array([10.0, 10.0, 10.0])).tolist()
    [0.0, 5.0, 10.0]
    """
    grid, values = surface.grid, surface.values
    column = np.clip((x - grid.west) / grid.width - 0.5, 0, grid.columns - 1)
    row = np.clip((grid.north - y) / grid.height - 0.5, 0, grid.rows - 1)
    left, top = np.floor(column).astype(np.int64), np.floor(row).astype(np.int64)
    right, low = np.minimum(left + 1, grid.columns - 1), np.minimum(top + 1, grid.rows - 1)
    over, down = column - left, row - top
    upper = _mix(values[top, left], values[top, right], over)
    lower = _mix(values[low, left], values[low, right], over)
    return _mix(upper, lower, down)


def _mix(one: Numbers, other: Numbers, share: Numbers) -> Numbers:
    """Mix two values; one without weight may be missing."""
    mixed = np.where(share > 0, one * (1 - share) + other * share, one)
    return np.where(share == 1, other, mixed)
