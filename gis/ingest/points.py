"""Read files of many points: tables with coordinates, or geometry of any kind of file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gis.crs import DRAW_SRID, STORE_SRID, Datum, resolve_crs, to_store
from gis.errors import CrsError, RejectedDataError, UsageError
from gis.ingest.files import read_file
from gis.ingest.sources.delimited import read_cells
from gis.ingest.sources.parquet import has_geometry, read_batches
from gis.ingest.sources.table import DEFAULT_LIMITS
from gis.ingest.sources.text import decode_text
from gis.ingest.sources.vectors import VECTOR_SUFFIXES

PARQUET_SUFFIX = ".parquet"
# What tables call longitude and latitude; x and y count once a system is stated.
_LON_LAT = (("lon", "lat"), ("lng", "lat"), ("longitude", "latitude"))
_X_Y = (("x", "y"),)
_ROWS_NAMED = 5

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class PointFile:
    """n points as a file gave them, and where they are.

    Parameters
    ----------
    table
        n rows with every column of the file; a geometry is replaced by its coordinates.
    x_column, y_column
        Names of the coordinates in `table`.
    places
        n points with a CRS, missing where the file gives no coordinates. Shifted systems
        (GCJ-02, BD-09) are brought to EPSG:4490; WGS 84 is stated as EPSG:4490, see `gis.crs`.
    """

    table: pa.Table
    x_column: str
    y_column: str
    places: gpd.GeoSeries

    @property
    def numeric_table(self) -> pa.Table:
        """The table with coordinates as numbers, where a CSV gave text."""
        table = self.table
        for name in (self.x_column, self.y_column):
            if not pa.types.is_floating(table.schema.field(name).type):
                numbers = pa.array(_read_numbers(table[name], name, "The table"), from_pandas=True)
                table = table.set_column(table.schema.get_field_index(name), name, numbers)
        return table


def read_point_file(path: Path, *, crs: object = None) -> PointFile:
    r"""Read points from CSV, Parquet, GeoParquet or a vector file.

    A table gives lon, lat (or lng, lat; longitude, latitude; any case) in EPSG:4326. With `crs`
    it may give x, y; in a projected system it must. Cells of a CSV stay text, so that a code
    keeps its zeros. A row without both coordinates is a point without a place.

    Parameters
    ----------
    path
        The file; its suffix tells its kind.
    crs
        System of the coordinates, as `gis.crs.resolve_crs` takes it. It wins over what the
        file states of itself.

    Raises
    ------
    UsageError
        The file is missing or of an unknown kind.
    RejectedDataError
        It is damaged or empty, lacks coordinates, or one is no number or out of range.
    CrsError
        A file with geometry states no system, or one that cannot be resolved.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "doors.csv"
    ...     _ = path.write_text("door,lon,lat\n007,120.5,28\n")
    ...     doors = read_point_file(path)
    >>> doors.table["door"].to_pylist(), doors.places.tolist()
    (['007'], [<POINT (120.5 28)>])
    """
    suffix = path.suffix.lower()
    if suffix not in {".csv", PARQUET_SUFFIX, *VECTOR_SUFFIXES}:
        raise UsageError(
            f"File {path} is of an unknown kind.",
            mend=f"Give .csv, .parquet or one of {', '.join(sorted(VECTOR_SUFFIXES))}.",
        )
    if suffix == ".csv":
        return _place_table(_read_csv(path), path, crs)
    if suffix == PARQUET_SUFFIX:
        _require_file(path)
        table = read_batches(path, str(path), limits=DEFAULT_LIMITS)
        if not has_geometry(table.schema):
            return _place_table(table.replace_schema_metadata(), path, crs)
    return _place_frame(read_geometry(path), path, crs)


def read_geometry(path: Path) -> gpd.GeoDataFrame:
    """Read a vector file or GeoParquet, rows as in the file.

    Raises
    ------
    UsageError
        The file is missing or of an unknown kind.
    RejectedDataError
        It is damaged, or holds no geometry, several layers with geometry, or no rows.
    """
    frame = read_file(path)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise RejectedDataError(f"File {path} holds no geometry.", mend="Export it with geometry.")
    if frame.empty:
        raise RejectedDataError(f"File {path} has no rows.", mend="Export it again.")
    return frame.reset_index(drop=True)


def state_crs(crs: CRS) -> CRS:
    """Return EPSG:4490 for WGS 84 lon/lat, and any other system as it is.

    The two count as one datum (see `gis.crs`); under one name nothing is computed between them.
    """
    is_wgs84 = crs.equals(CRS.from_epsg(DRAW_SRID), ignore_axis_order=True)
    return CRS.from_epsg(STORE_SRID) if is_wgs84 else crs


def name_rows(wrong: Flags) -> str:
    """Name rows by their number, the first below the header being row 1.

    Examples
    --------
    >>> name_rows(np.array([False, True, True]))
    'row 2, 3'
    """
    rows = np.flatnonzero(wrong)
    more = f" and {rows.size - _ROWS_NAMED:,} more" if rows.size > _ROWS_NAMED else ""
    return f"row {', '.join(str(row + 1) for row in rows[:_ROWS_NAMED])}{more}"


def resolve_file_crs(stated: object, of_file: object, path: Path) -> Datum:
    """Resolve the system of a file's geometry; what is stated beside it wins.

    Raises
    ------
    CrsError
        Neither states one, or it cannot be resolved.
    """
    if stated is None and of_file is None:
        raise CrsError(
            f"File {path} states no coordinate system.",
            mend="State it: an EPSG code such as 4490, or gcj02 or bd09 for shifted maps.",
        )
    return resolve_crs(of_file if stated is None else stated)


def _read_csv(path: Path) -> pa.Table:
    """Read every cell as text; an empty cell is missing, NA may be a name."""
    _require_file(path)
    text = decode_text(path.read_bytes(), str(path))
    table, _, _ = read_cells(text.content, str(path), limits=DEFAULT_LIMITS, keep_blank=True)
    return table


def _require_file(path: Path) -> None:
    if not path.is_file():
        raise UsageError(f"There is no file {path}.", mend="Check the name and the folder.")


def _place_table(table: pa.Table, path: Path, crs: object) -> PointFile:
    datum = resolve_crs(DRAW_SRID if crs is None else crs)
    if len(set(table.column_names)) < table.num_columns:
        raise RejectedDataError(
            f"File {path} names a column twice: {', '.join(table.column_names)}.",
            mend="Give each column a name of its own.",
        )
    x_column, y_column = _find_coordinates(table.column_names, path, datum, stated=crs is not None)
    if not table.num_rows:
        raise RejectedDataError(f"File {path} has no rows.", mend="Export it again.")
    x = _read_numbers(table[x_column], x_column, f"File {path}")
    y = _read_numbers(table[y_column], y_column, f"File {path}")
    half = np.isnan(x) != np.isnan(y)
    if half.any():
        raise RejectedDataError(
            f"File {path} gives one coordinate without the other in {name_rows(half)}.",
            mend="Fill both or leave both empty.",
        )
    places = np.array(shapely.points(x, y), dtype=object)
    places[np.isnan(x)] = None
    return PointFile(table, x_column, y_column, _state_places(places, x, y, datum, path))


def _find_coordinates(
    names: list[str], path: Path, datum: Datum, *, stated: bool
) -> tuple[str, str]:
    """Find the columns of the coordinates among those of a table."""
    wanted = _LON_LAT if not stated else (*_LON_LAT, *_X_Y) if datum.crs.is_geographic else _X_Y
    by_name = {name.lower(): name for name in reversed(names)}
    for x_name, y_name in wanted:
        if x_name in by_name and y_name in by_name:
            return by_name[x_name], by_name[y_name]
    is_planar = not stated and all(name in by_name for name in _X_Y[0])
    raise RejectedDataError(
        f"File {path} lacks the columns {wanted[0][0]} and {wanted[0][1]}; it has"
        f" {', '.join(names)}.",
        mend="State the system of x and y." if is_planar else "Export it with coordinates.",
    )


def _read_numbers(column: pa.ChunkedArray, name: str, where: str) -> Floats:
    """Read n coordinates; a missing or blank cell is NaN, and nothing else may be."""
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = pc.utf8_trim_whitespace(column)
        column = pc.if_else(pc.equal(column, ""), pa.scalar(None, column.type), column)
    try:
        numbers = pc.cast(column, pa.float64()).to_numpy()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        numbers = pd.to_numeric(column.to_pandas(), errors="coerce").to_numpy(np.float64)
    wrong = ~np.isfinite(numbers) & pc.is_valid(column).to_numpy()
    if wrong.any():
        raise RejectedDataError(
            f"{where} has a {name} that is no number in {name_rows(wrong)}:"
            f" {str(column[int(wrong.argmax())])[:40]!r}.",
            mend="Correct it, or leave both coordinates empty.",
        )
    return np.asarray(numbers, dtype=np.float64)


def _place_frame(frame: gpd.GeoDataFrame, path: Path, crs: object) -> PointFile:
    datum = resolve_file_crs(crs, frame.crs, path)
    shapes = np.array(frame.geometry, dtype=object)
    # Many programs store points as sets of one point each.
    is_single = shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOINT
    is_single &= shapely.get_num_geometries(shapes) == 1
    shapes[is_single] = shapely.get_geometry(shapes[is_single], 0)
    shapes[shapely.is_empty(shapes)] = None
    wrong = ~np.isin(shapely.get_type_id(shapes), (-1, int(shapely.GeometryType.POINT)))
    if wrong.any():
        raise RejectedDataError(
            f"File {path} has a geometry that is no point in {name_rows(wrong)}:"
            f" {shapes[wrong.argmax()].geom_type}.",
            mend="Give one point in each row.",
        )
    x, y = shapely.get_x(shapes), shapely.get_y(shapes)
    columns = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    names = ("lon", "lat") if datum.crs.is_geographic else ("x", "y")
    if not columns.columns.intersection(list(names)).empty:
        names = (f"point_{names[0]}", f"point_{names[1]}")
    columns = columns.assign(**dict(zip(names, (x, y), strict=True)))
    table = pa.Table.from_pandas(columns, preserve_index=False).replace_schema_metadata()
    return PointFile(table, *names, _state_places(shapes, x, y, datum, path))


def _state_places(
    places: NDArray[np.object_], x: Floats, y: Floats, datum: Datum, path: Path
) -> gpd.GeoSeries:
    """Give points their system, after a look at their range."""
    if datum.crs.is_geographic:
        wrong = (np.abs(x) > 180.0) | (np.abs(y) > 90.0)
        if wrong.any():
            first = int(wrong.argmax())
            is_swapped = bool(np.all((np.abs(y) <= 180.0) & (np.abs(x) <= 90.0) | ~wrong))
            raise RejectedDataError(
                f"File {path} has no longitude and latitude in {name_rows(wrong)}:"
                f" ({x[first]:g}, {y[first]:g})"
                f"{'; they seem swapped' if is_swapped else ''}.",
                mend="Name the longitude lon and the latitude lat."
                if is_swapped
                else "State the system that the coordinates are in, or correct them.",
            )
    if datum.shift is not None:
        return gpd.GeoSeries(to_store(places, datum), crs=STORE_SRID)
    return gpd.GeoSeries(places, crs=state_crs(datum.crs))
