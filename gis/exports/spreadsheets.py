"""Tables for spreadsheet programs: XLSX, and CSV that they read as it is meant."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from gis.errors import UsageError
from gis.exports.drafts import open_draft

# SOURCE: OWASP, CSV Injection; East Asian spreadsheet programs take the wide signs as well.
_INJECTION = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_FORMULA = f"^[{re.escape(''.join(_INJECTION))}]"
_NUMBER = r"^[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?$"
_WIDTHS = (8, 44)  # characters
_ROWS_MEASURED = 500
_SUFFIXES = (".xlsx", ".csv")
MOST_ROWS = 1_048_575  # of a sheet, below its head
ABOUT_SHEET = "说明"
_CORE = "docProps/core.xml"


def write_table(frame: pd.DataFrame, path: Path, *, title: str) -> None:
    """Write a table to a file whose suffix says how, beside its final name, then rename it.

    Parameters
    ----------
    frame
        Text, numbers and dates; None is an empty cell. Texts stay texts, codes with leading
        zeros as well, and none of them runs as a formula.
    path
        ``.xlsx`` or ``.csv``.
    title
        Name of the sheet.

    Raises
    ------
    UsageError
        When the suffix is another one, or a sheet cannot hold so many rows.
    OutputError
        When the file cannot be written; nothing is left of it.
    """
    suffix = check_table_path(path)
    if suffix == ".xlsx":
        _refuse_too_many(frame)
    with open_draft(path, suffix=suffix) as draft:
        if suffix == ".xlsx":
            _write_workbook(frame, draft, title)
        else:
            write_plain_csv(frame, draft)


def check_table_path(path: Path) -> str:
    """Check the suffix of a table's file, before any work for it; return it in small letters.

    Raises
    ------
    UsageError
        When it is neither .xlsx nor .csv.
    """
    suffix = path.suffix.lower()
    if suffix not in _SUFFIXES:
        raise UsageError(
            f"File {path} has the suffix '{path.suffix}'.",
            mend=f"Use one of {', '.join(_SUFFIXES)}.",
        )
    return suffix


def _refuse_too_many(frame: pd.DataFrame) -> None:
    if len(frame) > MOST_ROWS:
        raise UsageError(
            f"{len(frame)} rows are more than a sheet holds.", mend="Write a .csv file."
        )


def write_plain_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a CSV that spreadsheet programs read as UTF-8, without formulas in texts."""
    safe = frame.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]):
            safe[name] = safe[name].map(neutralise_formula)
    # The byte order mark lets spreadsheet programs read Chinese as UTF-8; line ends of RFC 4180
    # make pandas quote both characters of them inside a cell.
    safe.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")


def neutralise_formula(cell: Any) -> Any:
    """Keep a spreadsheet program from running a text cell as a formula.

    Examples
    --------
    >>> neutralise_formula("=cmd|' /C calc'!A0")
    "'=cmd|' /C calc'!A0"
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_INJECTION) else cell


def neutralise_texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Neutralise the formulas of a column of a file for programs; numbers stay what they are.

    The files that commands hand to each other hold ids and coordinates of other offices as text,
    and people open them as well. A negative coordinate is none of the dangers.

    Examples
    --------
    >>> cells = pa.chunked_array([["=1+1", "-120.5", "+86", "a", None]])
    >>> neutralise_texts(cells).to_pylist()
    ["'=1+1", '-120.5', '+86', 'a', None]
    """
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return column
    texts = column.cast(pa.large_string())
    is_evil = pc.match_substring_regex(texts, _FORMULA)
    if not pc.any(is_evil).as_py():
        return column
    is_evil = pc.and_(is_evil, pc.invert(pc.match_substring_regex(texts, _NUMBER)))
    sign, nothing = (pa.scalar(one, pa.large_string()) for one in ("'", ""))
    return pc.if_else(is_evil, pc.binary_join_element_wise(sign, texts, nothing), texts)


def neutralise_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Neutralise the formulas of every text column, as :func:`neutralise_texts` does."""
    safe = frame.copy()
    for name in safe.columns:
        if pd.api.types.is_string_dtype(safe[name]):
            texts = pa.chunked_array([pa.array(safe[name], pa.large_string(), from_pandas=True)])
            safe[name] = neutralise_texts(texts).to_pandas().set_axis(safe.index)
    return safe


def _write_workbook(frame: pd.DataFrame, path: Path, title: str) -> None:
    book = openpyxl.Workbook(write_only=True)
    add_sheet(book, frame, title)
    book.save(path)


def write_plain_workbook(
    frame: pd.DataFrame,
    path: Path,
    *,
    title: str,
    known: Mapping[str, str],
    moment: dt.datetime,
) -> None:
    """Write a workbook: the rows on the first sheet, on the second what is known of them.

    Parameters
    ----------
    moment
        Time that the file gives itself, from 1980 on; with it the same rows make the same bytes.

    Raises
    ------
    UsageError
        When a sheet cannot hold so many rows.
    """
    _refuse_too_many(frame)
    book = openpyxl.Workbook(write_only=True)
    add_sheet(book, frame, title)
    facts = pd.DataFrame({"name": list(known), "value": list(known.values())}, dtype=object)
    add_sheet(book, facts, ABOUT_SHEET)
    book.save(path)
    _set_clock(path, moment)


def _set_clock(path: Path, moment: dt.datetime) -> None:
    """Pack a workbook again with one time in all places where a clock was read."""
    stamp = f"{moment:%Y-%m-%dT%H:%M:%SZ}".encode()
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    parts[_CORE] = re.sub(rb"(W3CDTF\">)[^<]*", rb"\g<1>" + stamp, parts[_CORE])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(
                zipfile.ZipInfo(name, moment.timetuple()[:6]), content, zipfile.ZIP_DEFLATED
            )


def add_sheet(book: openpyxl.Workbook, frame: pd.DataFrame, title: str) -> None:
    """Add a sheet with a table to a workbook that is being written."""
    sheet: Any = book.create_sheet(title[:31])
    columns = [[plain_cell(value) for value in frame[name]] for name in frame.columns]
    for at, name in enumerate(frame.columns, 1):
        cells = [name, *columns[at - 1][:_ROWS_MEASURED]]
        width = max(measure_width(_show(cell)) for cell in cells) + 2
        sheet.column_dimensions[get_column_letter(at)].width = float(np.clip(width, *_WIDTHS))
    sheet.freeze_panes = "B2"
    last = get_column_letter(len(frame.columns))
    sheet.auto_filter.ref = f"A1:{last}{len(frame) + 1}"
    sheet.append([write_head(sheet, str(name)) for name in frame.columns])
    for row in zip(*columns, strict=True):
        sheet.append([write_cell(sheet, value) for value in row])


def plain_cell(value: Any) -> Any:
    """Return a value as a sheet holds it: no type of ours, no formula, no control signs."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and value != value:  # noqa: PLR0124
        return None
    if isinstance(value, str):
        return neutralise_formula(ILLEGAL_CHARACTERS_RE.sub(" ", value))
    return value


def _show(value: Any) -> str:
    return "" if value is None else str(value)


def measure_width(text: str) -> int:
    """Measure a text in half-width characters; Chinese ones take two.

    Examples
    --------
    >>> measure_width("瓯海A")
    5
    """
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def write_head(sheet: Any, name: str) -> Any:
    """Return the cell of a column's name."""
    cell = WriteOnlyCell(sheet, value=neutralise_formula(name))
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="F3F6F9")
    cell.alignment = Alignment(vertical="center")
    return cell


def write_cell(sheet: Any, value: Any) -> Any:
    """Return a cell of a value that `plain_cell` has made plain; a text stays a text."""
    if isinstance(value, str | dt.date):
        cell: Any = WriteOnlyCell(sheet)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"  # nor an error, such as #N/A
        cell.number_format = "@" if isinstance(value, str) else "yyyy-mm-dd"
        return cell
    return value
