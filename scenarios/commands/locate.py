"""``onemap locate``: which area each of many points lies in, from files alone."""

from __future__ import annotations

import csv
import tempfile
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
    """Write points with their labels beside the final name, then rename into place."""
    try:
        with tempfile.TemporaryDirectory(prefix=".onemap-", dir=out.parent) as folder:
            draft = Path(folder) / out.name
            if out.suffix.lower() == PARQUET_SUFFIX:
                pq.write_table(point_file.numeric_table.append_column(AREA_ID, labels), draft)
            else:
                _write_csv(point_file.table.append_column(AREA_ID, labels), draft)
            draft.replace(out)
    except OSError as error:
        raise OutputError(
            f"File {out} cannot be written: {error.strerror or error}.",
            mend="Name a folder that may be written and has space with --out.",
        ) from error


def _write_csv(table: pa.Table, path: Path) -> None:
    """Write a table as CSV, quoted only where a cell needs it."""
    texts = [column for column in table.columns if pa.types.is_string(column.type)]
    texts += [column for column in table.columns if pa.types.is_large_string(column.type)]
    is_plain = not any(
        pc.any(pc.match_substring_regex(column, '[",\r\n]')).as_py() for column in texts
    )
    style = pyarrow.csv.WriteOptions(
        include_header=False, quoting_style="none" if is_plain else "needed"
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(table.column_names)
    with path.open("ab") as file:
        pyarrow.csv.write_csv(table, file, style)
