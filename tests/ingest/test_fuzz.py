"""No bytes make a reader crash: it reads them, or refuses them in our words."""

from __future__ import annotations

import warnings
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from gis.errors import RejectedDataError
from gis.ingest.sources import Limits, SourceTable, read_source
from gis.ingest.sources.reading import SOURCE_SUFFIXES
from tests.ingest.files import WRITERS

SMALL = Limits(file_bytes=1 << 20, unpacked_bytes=8 << 20, columns=100, rows=10_000, cells=100_000)
BEGINS = (b"", b"PK\3\4", b"{", b"fgb\3fgb\1", b"SQLite format 3\0", b"PAR1", b"\0\0\x27\x0a", b'"')


@cache
def build_file(name: str) -> bytes:
    with TemporaryDirectory() as folder:
        return WRITERS[name](Path(folder) / name).read_bytes()


def read(name: str, content: bytes) -> list[SourceTable]:
    """Read bytes as a file; an empty list when they are refused."""
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            tables = read_source(path, limits=SMALL)
        except RejectedDataError as error:
            assert error.mend
            return []
    for table in tables:
        assert len(table.frame) == len(table.lines) > 0
    return tables


@st.composite
def damage(draw: st.DrawFn, whole: bytes) -> bytes:
    """Change a few bytes, leave some out, put some in, or cut the file."""
    content = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        change = draw(st.sampled_from(["put", "drop", "insert", "cut", "repeat"]))
        if change == "put":
            content[at : at + 1] = draw(st.sampled_from([b"\0", b"\xff", b"\x7f", b'"', b"<"]))
        elif change == "drop":
            del content[at : at + draw(st.integers(1, 16))]
        elif change == "insert":
            content[at:at] = draw(st.binary(min_size=1, max_size=8))
        elif change == "cut":
            del content[at:]
        else:
            content[at:at] = content[at : at + draw(st.integers(1, 64))]
    return bytes(content)


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(sorted(WRITERS)))
def test_damaged_files_of_every_kind_are_read_or_refused(data, name):
    read(name, data.draw(damage(build_file(name))))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(SOURCE_SUFFIXES)),
    st.sampled_from(BEGINS),
    st.binary(max_size=400),
)
def test_random_bytes_are_read_or_refused(suffix, begins, rest):
    read(f"a{suffix}", begins + rest)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet='a1,;"\t\r\n中\x85', max_size=60), st.sampled_from(["utf-8", "gb18030"]))
def test_texts_of_csv_signs_are_read_or_refused(text, encoding):
    read("a.csv", text.encode(encoding, errors="ignore"))
