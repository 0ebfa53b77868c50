"""CSV and TSV → text tables: every cell as it was written, every row with its line.

The quick way is pyarrow's reader. It takes a file only when the place of each record is beyond
doubt; any other goes the careful way, record by record, which also finds the line of a fault.
"""

from __future__ import annotations

import csv
import gc
import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from gis.errors import RejectedDataError
from gis.ingest.sources.header import ROWS_LOOKED_AT, Header, find_header
from gis.ingest.sources.table import (
    Limits,
    Lines,
    SourceTable,
    refuse_columns,
    refuse_empty,
    refuse_rows,
)
from gis.ingest.sources.text import decode_text

DELIMITED_SUFFIXES = {".csv", ".tsv", ".txt"}
_DELIMITERS = (",", "\t", ";")
_RECORDS_AT_ONCE = 20_000
_HEAD_BYTES = 1 << 20  # in which the names are looked for
_BLOCK = 8 << 20
_QUOTE, _LF, _CR = 34, 10, 13
_LINES_NAMED = 5


def read_delimited(
    path: Path, name: str, *, encoding: str | None = None, limits: Limits
) -> SourceTable:
    r"""Read a CSV or TSV; see :func:`gis.ingest.sources.read_source`.

    The delimiter is the one of comma, tab and semicolon that divides the first records into the
    most columns. Blank lines and records of empty cells are passed over. A quoted cell may hold
    line ends.

    Raises
    ------
    RejectedDataError
        No text of one encoding, no rows, a record with more or fewer cells than the header, a
        quote that never closes, or more than `limits` allow; the line is named.
    UsageError
        There is no such encoding.
    """
    text = decode_text(path.read_bytes(), name, encoding=encoding)
    table, lines, notes = read_cells(text.content, name, limits=limits)
    notes = [*text.notes, *notes]
    return SourceTable(table.to_pandas(), lines, path.name, encoding=text.encoding, notes=notes)


def read_cells(
    content: bytes, name: str, *, limits: Limits, keep_blank: bool = False
) -> tuple[pa.Table, Lines, list[str]]:
    """Read the cells of a CSV in valid UTF-8: a table of texts, lines, what was assumed.

    Parameters
    ----------
    keep_blank
        Keep records whose cells are all empty.

    Raises
    ------
    RejectedDataError
        As :func:`read_delimited`.
    """
    if not content.strip():
        refuse_empty(name)
    notes: list[str] = []
    delimiter = _find_delimiter(content, name, limits)
    if delimiter != ",":
        notes.append(f"The cells are divided by {'tabs' if delimiter == chr(9) else delimiter!r}.")
    header, after, start_line = _read_header(content, delimiter, name)
    refuse_columns(len(header.names), name, limits)
    notes += header.notes
    body = pa.py_buffer(content).slice(after)
    read = _read_quickly(body, delimiter, len(header.names), start_line)
    if read is None:
        read = _read_carefully(body, delimiter, header, start_line, name, limits)
    columns, lines = read
    refuse_rows(len(lines), name, limits)
    table = _name_columns(columns, header, notes)
    if not keep_blank:
        table, lines = _keep_filled(table, lines, notes)
    if not table.num_rows:
        refuse_empty(name, header_only=True)
    return table, lines, notes


def _find_delimiter(content: bytes, name: str, limits: Limits) -> str:
    if b"\n" not in content[:_HEAD_BYTES].lstrip(b"\r\n"):
        # A first line so long holds more columns than anyone has, or none.
        end = content.find(b"\n", _HEAD_BYTES)
        counts = [content.count(sign.encode(), 0, end % (len(content) + 1)) for sign in _DELIMITERS]
        refuse_columns(1 + max(counts), name, limits)
    shown = content[:_HEAD_BYTES].decode("utf-8", errors="ignore")
    best, best_score = _DELIMITERS[0], (0, 0)
    for sign in _DELIMITERS:
        widths = [len(record) for record in _parse_head(shown, sign) if len(record) > 1]
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
        score = (widths.count(usual) if usual else 0, usual)
        if score > best_score:
            best, best_score = sign, score
    return best


def _parse_head(shown: str, delimiter: str) -> list[list[str]]:
    """Parse the first records as far as they can be."""
    records: list[list[str]] = []
    reader = csv.reader(io.StringIO(shown, newline=""), delimiter=delimiter)
    with suppress(csv.Error):
        records.extend(islice(reader, ROWS_LOOKED_AT))
    return records


def _read_header(content: bytes, delimiter: str, name: str) -> tuple[Header, int, int]:
    """Read the names; return them, the byte after them, and the line that follows."""
    shown = io.TextIOWrapper(io.BytesIO(content), "utf-8", newline="")
    reader = csv.reader(shown, delimiter=delimiter, strict=True)
    records: list[list[str]] = []
    ends: list[int] = []
    try:
        for record in islice(reader, ROWS_LOOKED_AT):
            records.append(record)
            ends.append(reader.line_num)
    except csv.Error as error:
        if not records:
            raise _refuse_record(name, reader.line_num, error) from error
    header = find_header(records, name)
    if header is None:
        refuse_empty(name)
    lines = ends[header.last]
    return header, _find_byte_after(content, lines), lines + 1


def _find_byte_after(content: bytes, lines: int) -> int:
    """Find where the line after the first `lines` begins."""
    head = io.TextIOWrapper(io.BytesIO(content), "utf-8", newline="")
    return sum(len(line.encode("utf-8")) for line in islice(head, lines))


def _read_quickly(
    body: pa.Buffer, delimiter: str, width: int, start_line: int
) -> tuple[list[pa.ChunkedArray], Lines] | None:
    """Read with pyarrow; None when the place of a record is in doubt."""
    lines = _find_records(np.frombuffer(body, dtype=np.uint8), ord(delimiter))
    if lines is None or not len(lines):
        return None
    names = [f"c{at}" for at in range(width)]
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(body),
            read_options=pyarrow.csv.ReadOptions(column_names=names, block_size=_BLOCK),
            parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
    except (ValueError, OSError):  # those of pyarrow are both; the careful way says which line
        return None
    if table.num_rows != len(lines):
        return None
    return table.columns, lines + start_line


def _find_records(content: np.ndarray, delimiter: int) -> Lines | None:
    """Find the lines, from 0, on which records begin; None for quotes in unusual places.

    A quote that opens must follow a delimiter or a line end, one that closes must precede one;
    two in a row inside a quoted cell close and open. Then a line end divides records exactly
    when an even number of quotes stands before it.
    """
    if not len(content):
        return np.zeros(0, dtype=np.int64)
    ends = np.flatnonzero(content == _LF)
    returns = np.flatnonzero(content == _CR)
    if len(returns):
        after = np.minimum(returns + 1, len(content) - 1)
        if (content[after] != _LF).any() or returns[-1] == len(content) - 1:
            return None  # line ends of old Macintoshes
    quotes = np.flatnonzero(content == _QUOTE)
    if len(quotes):
        if len(quotes) % 2 or not _are_usual(content, quotes, delimiter):
            return None
        outside = np.searchsorted(quotes, ends) % 2 == 0
    else:
        outside = np.ones(len(ends), dtype=bool)
    starts = np.concatenate([[0], ends[outside] + 1])
    lines = np.concatenate([[0], np.flatnonzero(outside) + 1])
    within = starts < len(content)
    starts, lines = starts[within], lines[within]
    first = content[starts]
    is_blank = (first == _LF) | (first == _CR)  # every return stands before a line feed
    return lines[~is_blank].astype(np.int64)


def _are_usual(content: np.ndarray, quotes: np.ndarray, delimiter: int) -> bool:
    dividers = [delimiter, _LF, _CR, _QUOTE]  # a quote beside a quote is one inside the cell
    opening, closing = quotes[0::2], quotes[1::2]
    before = content[opening[opening > 0] - 1]
    after = content[closing[closing < len(content) - 1] + 1]
    return bool(np.isin(before, dividers).all() and np.isin(after, dividers).all())


@contextmanager
def _without_collection() -> Iterator[None]:
    """Keep the collector from walking over millions of short-lived lists."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read_carefully(
    body: pa.Buffer, delimiter: str, header: Header, start_line: int, name: str, limits: Limits
) -> tuple[list[pa.ChunkedArray], Lines]:
    """Read record by record; every fault is told with its line."""
    width = len(header.names)
    shown = io.TextIOWrapper(pa.BufferReader(body), "utf-8", newline="")
    reader = csv.reader(shown, delimiter=delimiter, strict=True)
    chunks: list[list[pa.Array]] = []
    lines: list[int] = []
    wrong: list[tuple[int, int]] = []
    with _without_collection():
        for records, begins in _take_records(reader, width, start_line, name):
            kept = [record for record in records if len(record) == width]
            wrong += [
                (line, len(record))
                for line, record in zip(begins, records, strict=True)
                if len(record) != width
            ]
            lines += begins
            refuse_rows(len(lines), name, limits)
            if len(wrong) > _LINES_NAMED:
                break
            texts = zip(*kept, strict=True) if kept else ([] for _ in range(width))
            chunks.append([pa.array(column, pa.string()) for column in texts])
    if wrong:
        raise _refuse_widths(wrong, width, name)
    columns = [
        pa.chunked_array([chunk[at] for chunk in chunks], pa.string()) for at in range(width)
    ]
    nulls = pa.scalar(None, pa.string())
    emptied = [pc.if_else(pc.equal(column, ""), nulls, column) for column in columns]
    return emptied, np.array(lines, dtype=np.int64)


def _take_records(
    reader: Iterator[list[str]], width: int, start_line: int, name: str
) -> Iterator[tuple[list[list[str]], list[int]]]:
    """Take records without the blank ones, some thousands at once, each with its first line."""
    records: list[list[str]] = []
    begins: list[int] = []
    done = 0
    while True:
        try:
            record = next(reader, None)
        except csv.Error as error:
            raise _refuse_record(name, start_line + done, error) from error
        if record is None:
            break
        if record and (len(record) == width or any(cell.strip() for cell in record)):
            records.append(record)
            begins.append(start_line + done)
        done = reader.line_num  # type: ignore[attr-defined]
        if len(records) == _RECORDS_AT_ONCE:
            yield records, begins
            records, begins = [], []
    if records:
        yield records, begins


def _refuse_record(name: str, line: int, error: csv.Error) -> RejectedDataError:
    return RejectedDataError(
        f"Line {line} of {name} begins a record that cannot be read: {error}.",
        mend="Check the quotes there: each that opens must close, one inside a text is doubled.",
    )


def _refuse_widths(wrong: list[tuple[int, int]], width: int, name: str) -> RejectedDataError:
    named = ", ".join(f"line {line} has {count}" for line, count in wrong[:_LINES_NAMED])
    more = " and more" if len(wrong) > _LINES_NAMED else ""
    return RejectedDataError(
        f"File {name} has {width} columns, but {named}{more}.",
        mend="Quote cells that hold the delimiter, and give every row all its cells.",
    )


def _name_columns(columns: list[pa.ChunkedArray], header: Header, notes: list[str]) -> pa.Table:
    """Name the columns, without those that have neither name nor value."""
    named, kept = [], []
    for at, (title, column) in enumerate(zip(header.names, columns, strict=True), 1):
        if title is None and column.null_count == len(column):
            continue
        if title is None:
            notes.append(f"Column {at} has no name; it is called column_{at}.")
        named.append(title or f"column_{at}")
        kept.append(column)
    return pa.table(kept, names=named)


def _keep_filled(table: pa.Table, lines: Lines, notes: list[str]) -> tuple[pa.Table, Lines]:
    """Leave out records of empty cells."""
    if not table.num_rows:
        return table, lines
    has_value = pc.is_valid(table.column(0))
    for column in table.columns[1:]:
        if pc.all(has_value).as_py():
            return table, lines
        has_value = pc.or_(has_value, pc.is_valid(column))
    kept = np.asarray(has_value)
    if not kept.all():
        notes.append(f"{int((~kept).sum()):,} rows without any value were passed over.")
    return table.filter(has_value), lines[kept]
