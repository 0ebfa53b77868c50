"""``onemap locate``: which area each of many points lies in, from files alone."""

from __future__ import annotations

import csv
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import shapely
import typer

from gis.errors import CrsError, OutputError, RejectedDataError, UsageError
from gis.exports.drafts import open_draft
from gis.exports.spreadsheets import neutralise_texts
from gis.ingest.areas import AREA_ID, read_area_file
from gis.ingest.points import PARQUET_SUFFIX, PointFile, read_point_file
from gis.locating import locate_points
from scenarios.commands.output import JsonOption, print_json

TIE_RULE = (
    "On a border or in an overlap the lowest id wins;"
    " numbers compare as numbers, text character by character."
)
_SAMPLE = 1000  # points that are tried the other way round when none is located


def locate(
    points: Annotated[
        Path, typer.Option("--points", help="CSV lon, lat; Parquet; or a vector file of points.")
    ],
    areas: Annotated[Path, typer.Option("--areas", help="Vector file or GeoParquet of polygons.")],
    out: Annotated[Path, typer.Option("--out", help="CSV or Parquet to write, by its suffix.")],
    id_column: Annotated[
        str | None,
        typer.Option(
            "--id",
            help="Column of the areas with their ids; default id, else the first column of text"
            " or whole numbers that never repeats, else the row number from 0.",
        ),
    ] = None,
    shared_ids: Annotated[
        bool, typer.Option("--shared-ids", help="Several areas may have one id.")
    ] = False,
    crs: Annotated[
        str | None,
        typer.Option("--crs", help="System of the points: EPSG code, gcj02, bd09; wins."),
    ] = None,
    areas_crs: Annotated[
        str | None, typer.Option("--areas-crs", help="System of the areas; wins over the file.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Label each point with the area it lies in; on a border the lowest id wins.

    The file that is written has every column of the points, in their order, and area_id, empty
    where a point lies in no area.

    Example: onemap locate --points doors.csv --areas catchments.gpkg --out labelled.csv --json.
    """
    _refuse_out(out, points, areas)
    start = perf_counter()
    area_file = read_area_file(areas, crs=areas_crs, id_column=id_column, shared_ids=shared_ids)
    point_file = read_point_file(points, crs=crs)
    if AREA_ID in point_file.table.column_names:
        raise UsageError(
            f"File {points} has a column {AREA_ID} already.", mend="Rename or remove it."
        )
    if out.suffix.lower() != PARQUET_SUFFIX:
        _refuse_nested(point_file.table, points)
    read = perf_counter()
    places = gpd.GeoDataFrame(geometry=point_file.places)
    labels = locate_points(places, area_file.areas, id_column=AREA_ID)
    located = int(labels.notna().sum())
    if not located:
        _refuse_swapped(places, area_file.areas, points)
    labelled = perf_counter()
    _write_labels(point_file, pa.array(labels, from_pandas=True), out)
    done = perf_counter()
    told = {
        "points": len(labels),
        "located": located,
        "outside": len(labels) - located,
        "without_place": int(point_file.places.isna().sum()),
        "areas": len(area_file.areas),
        "id_column": area_file.id_column,
        "tie_rule": TIE_RULE,
        "seconds": {
            "reading": round(read - start, 3),
            "labelling": round(labelled - read, 3),
            "writing": round(done - labelled, 3),
        },
        "out": str(out),
    }
    if as_json:
        print_json(told)
    else:
        typer.echo(_describe(told))


def _describe(told: dict[str, Any]) -> str:
    spent = ", ".join(f"{step} {seconds:g} s" for step, seconds in told["seconds"].items())
    return "\n".join(f"{name}  {value}" for name, value in {**told, "seconds": spent}.items())


def _refuse_out(out: Path, points: Path, areas: Path) -> None:
    """Refuse before the work what could not be written after it."""
    if out.suffix.lower() not in (".csv", PARQUET_SUFFIX):
        raise UsageError(
            f"{out} is of an unknown kind.", mend="Give --out the suffix .csv or .parquet."
        )
    if out.resolve() in (points.resolve(), areas.resolve()):
        raise UsageError(f"{out} is a file that is read.", mend="Name another file with --out.")
    if out.is_dir() or not out.parent.is_dir():
        raise OutputError(
            f"File {out} cannot be written: "
            f"{'it is a folder' if out.is_dir() else 'there is no such folder'}.",
            mend="Name a file in a folder that exists with --out.",
        )


def _refuse_nested(table: pa.Table, points: Path) -> None:
    """Refuse columns of which one cell holds many values; CSV has no place for them."""
    nested = [field.name for field in table.schema if pa.types.is_nested(field.type)]
    if nested:
        raise RejectedDataError(
            f"File {points} has lists or records in {', '.join(nested)}, which CSV cannot hold.",
            mend="Name a file .parquet with --out, or remove these columns.",
        )


def _refuse_swapped(places: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, points: Path) -> None:
    """Refuse points of which none is in an area but most are with x and y swapped."""
    sample = places.geometry.dropna().iloc[:_SAMPLE]
    x, y = sample.x.to_numpy(), sample.y.to_numpy()
    is_place = np.abs(x) <= 90.0 if places.crs.is_geographic else np.ones(x.size, dtype=bool)
    if not is_place.any():
        return
    swapped = gpd.GeoDataFrame(geometry=shapely.points(y[is_place], x[is_place]), crs=places.crs)
    with suppress(CrsError):  # a swapped place may be none in the system of the areas
        if locate_points(swapped, areas, id_column=AREA_ID).notna().sum() * 2 > x.size:
            raise RejectedDataError(
                f"No point of {points} lies in an area, but most would with x and y swapped.",
                mend="Swap the names of the two columns, so that lon or x counts to the east.",
            )


def _write_labels(point_file: PointFile, labels: pa.Array, out: Path) -> None:
    """Write points with their labels."""
    with open_draft(out) as draft:
        try:
            if out.suffix.lower() == PARQUET_SUFFIX:
                pq.write_table(point_file.numeric_table.append_column(AREA_ID, labels), draft)
            else:
                _write_csv(point_file.table.append_column(AREA_ID, labels), draft)
        except pa.ArrowException as error:  # a full disk is an OSError instead
            raise RejectedDataError(
                f"A column of the points cannot be written to {out}: {str(error).splitlines()[0]}.",
                mend="Remove the column from the file, or write the other of .csv and .parquet.",
            ) from error


def _write_csv(table: pa.Table, path: Path) -> None:
    """Write a table as CSV, quoted only where a cell needs it, without formulas in texts."""
    table = table.cast(pa.schema([_unfold_texts(field) for field in table.schema]))
    columns = [neutralise_texts(column) for column in table.columns]
    table = pa.table(columns, names=table.column_names)
    is_plain = all(_is_plain(column) for column in table.columns)
    style = pyarrow.csv.WriteOptions(
        include_header=False, quoting_style="none" if is_plain else "needed"
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(table.column_names)
    with path.open("ab") as file:
        pyarrow.csv.write_csv(table, file, style)


def _unfold_texts(field: pa.Field) -> pa.Field:
    """Give categories the kind of what they stand for, and texts one that CSV can write."""
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    return field.with_type(pa.large_string() if pa.types.is_string_view(kind) else kind)


def _is_plain(column: pa.ChunkedArray) -> bool:
    """Tell whether no cell of a column needs quotes in CSV."""
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return not pc.any(pc.match_substring_regex(column, '[",\r\n]')).as_py()
    return bool(pa.types.is_primitive(column.type) or pa.types.is_null(column.type))
