"""Small CSV files made by hand or by a spreadsheet: every fault is told with its line."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis.errors import RejectedDataError, UsageError
from gis.ingest.sources.text import decode_text

Numbers = NDArray[np.float64]
Positions = NDArray[np.int64]

_ROWS_NAMED = 10


# Years outside are no school years, but sums or typing errors.
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


def read_table(
    path: Path,
    columns: list[str],
    *,
    optional: Iterable[str] = (),
    may_be_empty: bool = False,
    may_have_gaps: bool = False,
) -> pd.DataFrame:
    """Read a CSV as text, so that an id such as 007 keeps its zeros.

    Blanks around values and rows without any value are left out. Text is UTF-8, with or without
    byte order mark, or GB18030.

    Parameters
    ----------
    columns
        Columns that the file must have, each filled in every row unless it may have gaps.
    optional
        Columns that it may have; one without any value counts as absent.

    Returns
    -------
    DataFrame
        Those columns as text, missing values as NA; the index holds the lines of the file.

    Raises
    ------
    UsageError
        When the file is missing.
    RejectedDataError
        When it is no CSV, a column is missing or stands twice, or a value is missing.
    """
    cells = _read_cells(path)
    names = [str(name).strip() for name in cells.iloc[0].fillna("")]
    wanted = list(dict.fromkeys([*columns, *(name for name in optional if name in names)]))
    _check_names(names, columns, wanted, path)
    table = cells.iloc[1:].set_axis(names, axis=1)[wanted]
    table = table.apply(lambda column: column.str.strip()).replace("", pd.NA)
    table = table[cells.iloc[1:].notna().any(axis=1)]
    if table.empty and not may_be_empty:
        raise RejectedDataError(f"File {path} has no rows.", mend="Export it again.")
    if not may_have_gaps:
        refuse_rows(
            table[columns].isna().any(axis=1),
            path,
            f"lacks {' or '.join(columns)}",
            "Fill it or leave the row out.",
        )
    return table[[name for name in wanted if name in columns or table[name].notna().any()]]


def parse_amounts(
    table: pd.DataFrame, column: str, path: Path, *, above_zero: bool = False
) -> Numbers:
    """Return a column as numbers of zero or more, missing values as zero.

    Raises
    ------
    RejectedDataError
        When a value is none, is infinite or is too small; the lines are named.
    """
    amounts = pd.to_numeric(table[column].fillna("0"), errors="coerce").astype(np.float64)
    fits = (amounts > 0) if above_zero else (amounts >= 0)
    least = "above zero" if above_zero else "of zero or more"
    refuse_rows(
        ~(fits & np.isfinite(amounts)),
        path,
        f"has a {column} that is no number {least}",
        "Correct it.",
        values=table[column],
    )
    return np.array(amounts, dtype=np.float64)


def parse_numbers(table: pd.DataFrame, column: str, path: Path) -> Numbers:
    """Return a column as numbers, missing values as NaN.

    Raises
    ------
    RejectedDataError
        When a value is none or is infinite; the lines are named.
    """
    numbers = pd.to_numeric(table[column], errors="coerce").astype(np.float64)
    refuse_rows(
        table[column].notna() & ~np.isfinite(numbers),
        path,
        f"has a {column} that is no number",
        "Correct it.",
        values=table[column],
    )
    return np.array(numbers, dtype=np.float64)


def parse_years(table: pd.DataFrame, column: str, path: Path) -> Positions:
    """Return a column of school years, each by the year in which it begins.

    Raises
    ------
    RejectedDataError
        When a cell is no whole number between 1900 and 2200; the lines are named.
    """
    year = pd.to_numeric(table[column], errors="coerce").astype(np.float64)
    refuse_rows(
        ~(year.between(_FIRST_YEAR, _LAST_YEAR) & (year % 1 == 0)),
        path,
        f"has a {column} that is no whole number from {_FIRST_YEAR} to {_LAST_YEAR}",
        "Write the year in which the school year begins, as in 2025.",
        values=table[column],
    )
    return np.asarray(year.to_numpy(np.int64))


def refuse_rows(
    wrong: pd.Series, path: Path, what: str, mend: str, *, values: pd.Series | None = None
) -> None:
    """Refuse rows by their line in the file, which is their index.

    Parameters
    ----------
    wrong
        Which rows.
    what
        What they do, as in "has a length that is no number".
    values
        What they hold there, to be told.
    """
    at = wrong.to_numpy(dtype=bool)
    lines = [str(line) for line in wrong.index[at].sort_values()]
    if not lines:
        return
    more = f" and {len(lines) - _ROWS_NAMED} more" if len(lines) > _ROWS_NAMED else ""
    told = ""
    if values is not None:
        found = values[at].sort_index().fillna("nothing").drop_duplicates()
        told = f": {', '.join(found.iloc[:_ROWS_NAMED])}"
    raise RejectedDataError(
        f"Line {', '.join(lines[:_ROWS_NAMED])}{more} of {path} {what}{told}.", mend=mend
    )


def refuse_repeats(table: pd.DataFrame, column: str, path: Path, mend: str) -> None:
    """Refuse rows whose value of a column stands in an earlier row."""
    again = table[column].duplicated()
    refuse_rows(again, path, f"names a {column} again", mend, values=table[column])


def find_ids(
    table: pd.DataFrame, column: str, among: Iterable[str], path: Path, *, source: object
) -> Positions:
    """Return the positions of a column's ids in a list.

    Parameters
    ----------
    source
        Where the list comes from, to be told.

    Raises
    ------
    RejectedDataError
        When an id is not in the list; the lines are named.
    """
    at = locate_ids(table[column], among)
    refuse_rows(
        pd.Series(at < 0, table.index),
        path,
        f"names a {column} that {source} lacks",
        "Add it there, or take it out here.",
        values=table[column],
    )
    return at


def locate_ids(ids: Iterable[str], among: Iterable[str]) -> Positions:
    """Return the positions of ids in a list, -1 where they are not in it.

    Examples
    --------
    >>> locate_ids(["b", "x"], ["a", "b"]).tolist()
    [1, -1]
    """
    listed = pd.Index(list(among), dtype=object)
    return listed.get_indexer(pd.Index(list(ids), dtype=object)).astype(np.int64)


def sort_ids(ids: Iterable[str]) -> list[str]:
    """Sort ids as numbers where they are such, so that the order of rows never matters.

    Examples
    --------
    >>> sort_ids({"10", "9", "b", "007"})
    ['007', '9', '10', 'b']
    """
    return sorted(ids, key=lambda name: (0, int(name), name) if name.isdecimal() else (1, 0, name))


def _read_cells(path: Path) -> pd.DataFrame:
    """Return all cells of a CSV as text; the index holds lines, the first one the names."""
    if not path.is_file():
        raise UsageError(f"There is no file {path}.", mend="Check the name and the folder.")
    text = decode_text(path.read_bytes(), str(path))
    try:
        cells = pd.read_csv(
            io.BytesIO(text.content),
            header=None,
            dtype=str,
            skipinitialspace=True,
            keep_default_na=False,  # NA may be a name
            na_values=[""],
            skip_blank_lines=False,  # so that positions tell lines
        )
    except (ValueError, OSError) as error:
        raise RejectedDataError(
            f"File {path} cannot be read as CSV: {str(error).strip().splitlines()[0]}.",
            mend="Save it as CSV in UTF-8 with one line of column names.",
        ) from error
    return cells.set_axis(range(1, len(cells) + 1))


def _check_names(names: list[str], columns: list[str], wanted: list[str], path: Path) -> None:
    missing = [name for name in columns if name not in names]
    if missing:
        raise RejectedDataError(
            f"File {path} lacks the column {', '.join(missing)}; it has {', '.join(names)}.",
            mend=f"Give it the columns {', '.join(columns)}.",
        )
    twice = [name for name in wanted if names.count(name) > 1]
    if twice:
        raise RejectedDataError(
            f"File {path} has the column {', '.join(twice)} twice.", mend="Leave one out."
        )
