"""A sheet: the finding, its sentences and figures, a map with its legend, tables. Words and ink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from gis.exports.glyphs import measure_width_em
from layers.language import MISSING, Language, is_missing
from layers.print_map.ink import Drawing
from scenarios.elements import Figure
from scenarios.naming import list_rows

_WIDEST_EM = 13.0  # a longer cell goes on in a second line
_PADDING_EM = 1.3


@dataclass(frozen=True)
class LegendItem:
    """One line of a legend and how it is drawn."""

    swatch: Drawing
    label: str


@dataclass(frozen=True)
class SheetTable:
    """A table on paper; every cell is text already.

    Parameters
    ----------
    numeric
        Which columns stand to the right.
    widths
        Share of the width that each column takes, in em.
    extra
        Columns that a narrow sheet leaves to the table on the next page.
    empty
        Sentence in place of no rows.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    widths: tuple[float, ...]
    extra: tuple[bool, ...]
    empty: str = ""


@dataclass(frozen=True)
class Sheet:
    """One sheet of a briefing, which may go on over further pages with its tables.

    Parameters
    ----------
    bookmark
        Name in the list of contents of the file.
    findings
        Sentences, most important first.
    is_single
        Whether it is one page: rows of tables that find no room are left out.
    """

    title: str
    subtitle: str
    bookmark: str
    map: Drawing
    findings: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    legend_title: str = ""
    legend: tuple[LegendItem, ...] = ()
    inset_title: str = ""
    inset: Drawing | None = None
    tables: tuple[SheetTable, ...] = ()
    notes: tuple[str, ...] = ()
    is_single: bool = False


@dataclass(frozen=True)
class ContentsEntry:
    """One line of the contents: a name, a few words, and the sheet it leads to."""

    name: str
    words: str
    sheet: int
    tone: str = ""


@dataclass(frozen=True)
class Contents:
    """The first page of an atlas."""

    title: str
    subtitle: str
    entries: tuple[ContentsEntry, ...]


@dataclass(frozen=True)
class PaperColumn:
    """One column of a table: where its value stands, its heading, how it is written."""

    name: str
    head: str
    is_numeric: bool = True
    is_extra: bool = False


def set_table(
    title: str,
    frame: pd.DataFrame,
    columns: Sequence[PaperColumn],
    language: Language,
    *,
    empty: str = "",
) -> SheetTable:
    """Write a frame as a table on paper: numbers with separators, text as it is, a dash for none.

    Examples
    --------
    >>> from layers.language import load_language
    >>> frame = pd.DataFrame({"name": ["A"], "seats": [1234]})
    >>> set_table("", frame, [PaperColumn("name", "School", False), PaperColumn("seats", "Seats")],
    ...     load_language("en")).rows
    (('A', '1,234'),)
    """

    def write(value: Any) -> str:
        if isinstance(value, str):
            return value
        return MISSING if is_missing(value) else language.number(value)

    head = tuple(column.head for column in columns)
    rows = tuple(tuple(write(row[column.name]) for column in columns) for row in list_rows(frame))
    widths = tuple(
        _measure_column(head[at], [row[at] for row in rows]) for at in range(len(columns))
    )
    numeric = tuple(column.is_numeric for column in columns)
    extra = tuple(column.is_extra for column in columns)
    return SheetTable(title, head, rows, numeric, widths, extra, empty)


def _measure_column(head: str, cells: list[str]) -> float:
    """Measure the width that a column needs, in em: long cells break, a heading between words."""
    longest = max((measure_width_em(cell) for cell in cells), default=0.0)
    word = max((measure_width_em(word) for word in head.split()), default=0.0)
    return max(min(longest, _WIDEST_EM), word) + _PADDING_EM


def draw_to_data(drawing: Drawing) -> dict[str, Any]:
    """Return a drawing as the template reads it."""
    return {
        "svg": drawing.write_svg(),
        "width_mm": drawing.width_mm,
        "height_mm": drawing.height_mm,
        "letterings": [asdict(one) for one in drawing.letterings],
    }


def write_sheet(sheet: Sheet) -> dict[str, Any]:
    """Return a sheet as the template reads it."""
    return {
        "title": sheet.title,
        "subtitle": sheet.subtitle,
        "bookmark": sheet.bookmark,
        "map": draw_to_data(sheet.map),
        "findings": sheet.findings,
        "figures": [
            {"label": one.label, "value": one.value, "unit": one.unit or "", "tone": one.tone or ""}
            for one in sheet.figures
        ],
        "legend_title": sheet.legend_title,
        "legend": [
            {"label": one.label, "swatch": draw_to_data(one.swatch)} for one in sheet.legend
        ],
        "inset_title": sheet.inset_title,
        "inset": None if sheet.inset is None else draw_to_data(sheet.inset),
        "tables": [asdict(table) for table in sheet.tables],
        "notes": sheet.notes,
        "is_single": sheet.is_single,
    }
