"""Which page of data management is open, as the state of the cockpit says it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from gis.errors import UsageError
from gis.ingest.district import LOAD_ORDER

OVERVIEW, CONFLICTS, FILES = "overview", "conflicts", "files"
# Closes every page of data management.
CLOSED: dict[str, None] = {"data": None, "upload": None, "at": None, "row": None}
DATASETS = frozenset(table.name for table in LOAD_ORDER)
_TOKEN = re.compile(r"[\w-]{1,60}")
_LONGEST_KEY = 300


@dataclass(frozen=True)
class DataPage:
    """A page of data management.

    Parameters
    ----------
    kind
        ``overview``, ``conflicts``, ``files`` (an upload) or the name of a dataset.
    upload
        Token of the files that are being brought in.
    at
        Rows of the table that come before the page that is shown.
    row
        Key of the row whose provenance is asked for.
    """

    kind: str
    upload: str | None = None
    at: int = 0
    row: str | None = None


def parse_data_page(data: Any) -> DataPage | None:
    """Read the page from the state of the browser; nothing while it is closed.

    Raises
    ------
    UsageError
        When a word of it is unknown.

    Examples
    --------
    >>> parse_data_page({"data": "school", "at": "50"})
    DataPage(kind='school', upload=None, at=50, row=None)
    """
    kind = str(data.get("data") or "")
    if not kind:
        return None
    if kind not in DATASETS | {OVERVIEW, CONFLICTS, FILES}:
        raise UsageError(f"There is no data page '{kind}'.", mend="Open the data page anew.")
    at, upload = str(data.get("at") or "0"), str(data.get("upload") or "")
    if not re.fullmatch(r"[0-9]{1,9}", at):
        raise UsageError(f"'{at}' is no row.", mend="Use a whole number.")
    if upload and not _TOKEN.fullmatch(upload):
        raise UsageError("This is no upload.", mend="Drag the files in once more.")
    row = str(data.get("row") or "")[:_LONGEST_KEY]
    return DataPage(kind, upload or None, int(at), row or None)
