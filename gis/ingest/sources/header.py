"""Where the names of the columns stand in a table made by hand, and what they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from gis.errors import RejectedDataError

Cell = object  # text, number, date, truth or None
# Top, left, bottom, right of merged cells, from 0, all inclusive.
Merge = tuple[int, int, int, int]

ROWS_LOOKED_AT = 30
_BETWEEN_NAMES = "/"
_MOST_NAME_ROWS = 5  # merged cells that reach lower are no names
_WIDE = r"[\u2e80-\u9fff\uff00-\uffef]"


@dataclass(frozen=True)
class Header:
    """The names of a table and where they stand.

    Parameters
    ----------
    names
        One for each column, unique; None for a column without a name.
    first, last
        Rows of the names, from 0.
    notes
        What was assumed.
    """

    names: list[str | None]
    first: int
    last: int
    notes: list[str] = field(default_factory=list)


def find_header(
    rows: Sequence[Sequence[Cell]], name: str, merges: Sequence[Merge] = ()
) -> Header | None:
    """Find the names of the columns at the top of a table.

    Blank rows and titles, rows with one filled cell above a wider table, stand before them. Merged
    cells tell a header of several lines: a name over several columns is put before the names
    below it, with a slash between.

    Parameters
    ----------
    rows
        The first rows, each with its cells; None or blank text is empty.
    name
        What messages call the table.
    merges
        Merged cells.

    Returns
    -------
    Header or None
        None when all rows are blank.

    Raises
    ------
    RejectedDataError
        Two columns have the same name.

    Examples
    --------
    >>> rows = [["学校", "学位", None], [None, "小学", "初中"], ["瓯海一小", 45, None]]
    >>> find_header(rows, "a.xlsx", [(0, 0, 1, 0), (0, 1, 0, 2)]).names
    ['学校', '学位/小学', '学位/初中']
    """
    filled = [[at for at, cell in enumerate(row) if show_name(cell)] for row in rows]
    first = next((at for at, cells in enumerate(filled) if cells), None)
    if first is None:
        return None
    notes: list[str] = []
    while len(filled[first]) == 1:
        below = next((at for at in range(first + 1, len(rows)) if filled[at]), None)
        widest = max((len(cells) for cells in filled[first + 1 :]), default=0)
        if below is None or widest < 2:
            break
        notes.append(f"Row {first + 1} is a title and was passed over.")
        first = below
    last = _find_last(first, len(rows), merges)
    names = _join_names(rows[first : last + 1], first, merges)
    if last > first:
        notes.append(f"Rows {first + 1} to {last + 1} were joined to the names of the columns.")
    _refuse_twins(names, name)
    return Header(names, first, last, notes)


def show_name(cell: Cell) -> str:
    r"""Show a cell as a name: line ends inside are taken out, blanks around as well.

    Examples
    --------
    >>> show_name(" 学校\n名称 "), show_name("entry\nseats"), show_name(2026.0)
    ('学校名称', 'entry seats', '2026')
    """
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = re.sub(rf"({_WIDE})\s*[\r\n]+\s*(?={_WIDE})", r"\1", str(cell).strip())
    return re.sub(r"\s*[\r\n]+\s*", " ", text).strip("\ufeff \t\u3000")


def _find_last(first: int, count: int, merges: Sequence[Merge]) -> int:
    """Find the last row of names: as far as merged cells of the first row reach."""
    last = first
    for top, left, bottom, right in merges:
        if top == first and bottom - top < _MOST_NAME_ROWS:
            # A name over several columns wants names of its own below.
            last = max(last, bottom + 1 if right > left else bottom)
    return min(last, count - 1)


def _join_names(
    rows: Sequence[Sequence[Cell]], first: int, merges: Sequence[Merge]
) -> list[str | None]:
    width = max(len(row) for row in rows)
    shown = [[show_name(cell) for cell in row] + [""] * (width - len(row)) for row in rows]
    for top, left, bottom, right in merges:
        if first <= top < first + len(rows) and left < width:
            for below in range(top, min(bottom, first + len(rows) - 1) + 1):
                for column in range(left, min(right, width - 1) + 1):
                    shown[below - first][column] = shown[top - first][left]
    names: list[str | None] = []
    for column in range(width):
        parts = dict.fromkeys(row[column] for row in shown if row[column])
        names.append(_BETWEEN_NAMES.join(parts) or None)
    return names


def _refuse_twins(names: list[str | None], name: str) -> None:
    places: dict[str, list[int]] = {}
    for at, one in enumerate(names, 1):
        if one is not None:
            places.setdefault(one, []).append(at)
    for one, numbers in places.items():
        if len(numbers) == 1:
            continue
        raise RejectedDataError(
            f"File {name} names the column {one[:40]!r} {len(numbers)} times (columns"
            f" {', '.join(map(str, numbers[:5]))}).",
            mend="Give each column a name of its own.",
        )
