"""Which encoding the texts of a Shapefile are in: what it states, else what its bytes allow."""

from __future__ import annotations

from pathlib import Path

from gis.errors import RejectedDataError
from gis.ingest.sources.text import check_encoding

_MOST_BYTES = 64 << 20  # of attributes that are looked at
# SOURCE: dBASE language driver codes, as GDAL and ArcGIS read them.
_DRIVERS = {0x4D: "gb18030", 0x4F: "cp950", 0x7A: "gb18030", 0x78: "cp950"}


def find_dbase_encoding(
    path: Path, name: str, *, stated: str | None = None
) -> tuple[str, list[str]]:
    """Find the encoding of the .dbf beside a .shp, and say how it was found.

    What the steward states wins; then the .cpg beside it; then the language code in the .dbf;
    then the bytes: UTF-8 if they are, else GB18030.

    Raises
    ------
    UsageError
        The steward states an encoding that there is not.
    RejectedDataError
        There is no .dbf, or it is damaged.
    """
    if stated is not None:
        return check_encoding(stated), []
    page = _find_beside(path, ".cpg")
    if page is not None:
        word = page.read_bytes()[:64].decode("ascii", errors="replace").strip()
        for told in (word, f"cp{word}", word.removeprefix("ANSI ")):
            try:
                return check_encoding(told), [f"The encoding {word} is stated by the .cpg file."]
            except ValueError:
                continue
    table = _find_beside(path, ".dbf")
    if table is None:
        raise RejectedDataError(f"File {name} lacks its .dbf.", mend="Deliver it beside the .shp.")
    with table.open("rb") as file:
        content = file.read(_MOST_BYTES)
    if len(content) < 33:
        raise RejectedDataError(f"File {name} has a .dbf that was cut off.", mend="Send it again.")
    driver = _DRIVERS.get(content[29])
    if driver is not None:
        return driver, [f"The encoding {driver.upper()} is stated by the .dbf file."]
    texts = content[int.from_bytes(content[8:10], "little") :]
    if texts.isascii():
        return "utf-8", []
    lost = {one: _count_lost(texts, one) for one in ("utf-8", "gb18030")}
    found = min(lost, key=lambda one: lost[one])
    return found, [
        f"No file states the encoding of the attributes; their bytes fit {found.upper()}, which"
        " was assumed."
    ]


def _count_lost(texts: bytes, encoding: str) -> int:
    """Count characters that an encoding cannot read."""
    return texts.decode(encoding, errors="replace").count("\ufffd")


def _find_beside(path: Path, suffix: str) -> Path | None:
    """Find the companion of a file, whatever the case of its suffix."""
    for ending in (suffix, suffix.upper()):
        beside = path.with_suffix(ending)
        if beside.is_file():
            return beside
    return None
