"""A sheet: the finding, its sentences and figures, a map with its legend, tables. Words and ink."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from gis.exports.glyphs import measure_width_em
from layers.language import MISSING, Language, is_missing
from layers.print_map.ink import Drawing
from scenarios.elements import Figure
from scenarios.naming import list_rows

_LONG_EM = 13.0  # the least that a column of long cells takes where width is scarce


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
        Width in em at which each column shows its heading and its cells in one line.
    close
        The same where long cells go on in further lines.
    least
        The same where headings break between words as well.
    long
        Which columns hold long cells.
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
    close: tuple[float, ...]
    least: tuple[float, ...]
    long: tuple[bool, ...]
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
        Whether it is one page: it says how many rows of its tables find no room.
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
    """One column of a table: where its value stands, its heading, how it is written.

    Parameters
    ----------
    is_extra
        Whether a narrow sheet leaves it to the table on the next page.
    is_long
        Whether its cells may go on in further lines; names of schools do not.
    """

    name: str
    head: str
    is_numeric: bool = True
    is_extra: bool = False
    is_long: bool = False


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
    numeric = tuple(column.is_numeric for column in columns)
    extra = tuple(column.is_extra for column in columns)
    long = tuple(column.is_long for column in columns)
    wide = [_measure_widest(row[at] for row in rows) for at in range(len(columns))]
    folded = [min(em, _LONG_EM) if may else em for em, may in zip(wide, long, strict=True)]
    heads = [measure_width_em(name) for name in head]
    words = [_measure_widest(name.split()) for name in head]
    return SheetTable(
        title,
        head,
        rows,
        numeric,
        widths=tuple(map(max, wide, heads)),
        close=tuple(map(max, folded, heads)),
        least=tuple(map(max, folded, words)),
        long=long,
        extra=extra,
        empty=empty,
    )


def _measure_widest(texts: Iterable[str]) -> float:
    return max((measure_width_em(text) for text in texts), default=0.0)


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
