"""What a reader gives: a table as it was found, where each row stood, what was assumed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis.errors import RejectedDataError

Lines = NDArray[np.int64]


@dataclass(frozen=True)
class Limits:
    """What a file may cost at most, so that none can fill the memory or the disk.

    They guard this machine and are no rules of a district: the largest register of one, a
    million residents, keeps far below each of them.

    Parameters
    ----------
    file_bytes
        Size of the file on disk.
    unpacked_bytes
        All that one archive, workbook or Parquet file may grow to, counted while it grows:
        what it claims of itself is not trusted.
    ratio
        How many times larger than packed one file of an archive may be, above 10 MiB.
    members
        Files in one archive.
    columns, rows
        Of one table.
    cells
        Of the rectangle around all filled cells of a sheet.
    """

    file_bytes: int = 4 << 30
    unpacked_bytes: int = 4 << 30
    ratio: int = 200
    members: int = 2_000
    columns: int = 2_000
    rows: int = 50_000_000
    cells: int = 40_000_000


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, eq=False)
class SourceTable:
    """One table of a file: n rows as they were found.

    Parameters
    ----------
    frame
        n rows, index from 0. Columns are the header texts without blanks around them. CSV gives
        text alone (dtype ``str``); sheets and vector files give the types they hold, a sheet
        column of several types ``object``. Empty cells are missing. Geometry, where there is
        any, is column ``geom`` in two dimensions, with the CRS that the file states.
    lines
        For each row its line (CSV), row (sheet) or number of feature, the first being 1; a CSV
        record over several lines has the first of them.
    file
        Name of the file; in an archive ``archive.zip/folder/name.csv``.
    sheet
        Sheet of a workbook, or layer of a file with several.
    encoding
        Of text files and of the attributes of a Shapefile.
    crs
        What the file states of its geometry, ``EPSG:4490`` or a name; None if nothing.
    notes
        What was assumed or changed, one sentence each.
    """

    frame: pd.DataFrame | gpd.GeoDataFrame
    lines: Lines
    file: str
    sheet: str | None = None
    encoding: str | None = None
    crs: str | None = None
    notes: list[str] = field(default_factory=list)


def refuse_columns(count: int, name: str, limits: Limits) -> None:
    """Refuse a table with more columns than any register has.

    Raises
    ------
    RejectedDataError
        Above the limit.
    """
    if count > limits.columns:
        raise RejectedDataError(
            f"File {name} has {count:,} columns; no more than {limits.columns:,} are read.",
            mend="Check the export; deliver one column for each fact, one row for each thing.",
        )


def refuse_rows(count: int, name: str, limits: Limits) -> None:
    """Refuse a table with more rows than a district can have.

    Raises
    ------
    RejectedDataError
        Above the limit.
    """
    if count > limits.rows:
        raise RejectedDataError(
            f"File {name} has {count:,} rows; no more than {limits.rows:,} are read at once.",
            mend="Cut it to the district, or deliver it in several files.",
        )


def refuse_empty(name: str, *, header_only: bool = False) -> NoReturn:
    """Refuse a file without a row.

    Raises
    ------
    RejectedDataError
        Always.
    """
    what = "has column names but no rows" if header_only else "is empty"
    raise RejectedDataError(f"File {name} {what}.", mend="Export it again with its rows.")
