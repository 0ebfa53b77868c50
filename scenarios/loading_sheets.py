"""The tables of files that are loaded: which count, what is told of them, where a row stands."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gis.ingest.mapping import ColumnMapping
from gis.ingest.sources import SourceTable


def take_sheets(
    sources: list[SourceTable], mapping: ColumnMapping
) -> tuple[list[SourceTable], list[str]]:
    """Take the sheets that have every header of the mapping; say which were left out.

    A file of one table is never left out: it is refused with the headers that it lacks.
    """
    taken = [one for one in sources if one.sheet is None or fits(one, mapping)]
    if not taken:
        return sources, []
    left = [one for one in sources if one not in taken]
    told = "left out, it lacks columns of the mapping"
    return taken, [f"{one.file}, sheet {one.sheet}: {told}." for one in left]


def fits(source: SourceTable, mapping: ColumnMapping) -> bool:
    """Say whether a table has every header of a mapping."""
    wanted = {*mapping.list_headers().values(), *(mapping.point or ())}
    return wanted <= set(map(str, source.frame.columns))


def list_headers(mapping: ColumnMapping) -> dict[str, str]:
    """Return header by column, that of x for points."""
    headers = mapping.list_headers()
    if mapping.point:
        headers["geom"] = mapping.point[0]
    return headers


def find_tables(sources: list[SourceTable], rows: pd.Series) -> np.ndarray:
    """Return the position of the table that each row, numbered through all, stands in."""
    ends = np.cumsum([len(one.frame) for one in sources])
    return np.searchsorted(ends, rows.to_numpy(dtype=np.int64), side="right")


def describe_files(paths: tuple[Path, ...], sources: list[SourceTable]) -> list[dict[str, Any]]:
    """Describe each table: file, sheet, encoding, crs, rows and SHA-256 of its file."""
    digests = {}
    for path in paths:
        with path.open("rb") as file:
            digests[path.name] = hashlib.file_digest(file, "sha256").hexdigest()
    return [
        {
            "file": one.file,
            "sheet": one.sheet,
            "encoding": one.encoding,
            "crs": one.crs,
            "rows": len(one.frame),
            "sha256": digests.get(one.file.split("/")[0], ""),
        }
        for one in sources
    ]
