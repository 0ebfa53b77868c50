"""What the pages of data management order: choose, check, load, drop, compute, find."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from gis.errors import UsageError
from gis.ingest.dictionary import find_dataset, list_columns
from gis.ingest.mapping import ColumnMapping, Taken
from scenarios.jobs import JobDesk
from scenarios.stewardship.deliveries import (
    MODES,
    ComputeOrder,
    DeliveryOrder,
    suggest_headers,
)
from scenarios.stewardship.page import CLOSED, FILES, OVERVIEW
from scenarios.stewardship.uploads import Choice, Upload, UploadShelf

LONGEST_OFFICE = 60
PREFIX = "data-"  # of the orders that are meant here
_COLUMN = "column-"  # of the fields that say which column a header is

Asked = Mapping[str, Any]
Answer = dict[str, Any]


def take_data_order(desk: JobDesk, shelf: UploadShelf, district: str, asked: Asked) -> Answer:
    """Do what a page of data management orders; return what changes in the state of the page.

    Parameters
    ----------
    asked
        ``do``: data-compute, data-find, or with ``upload`` data-open, data-choose, data-check,
        data-edit, data-load or data-drop.

    Raises
    ------
    UsageError
        When a word is missing or wrong, the files are gone, or the desk is busy.
    """
    what = str(asked.get("do")).removeprefix(PREFIX)
    if what == "compute":
        desk.start(ComputeOrder(district))
        return {}
    if what == "find":
        return {"row": str(asked.get("key") or "").strip() or None}
    upload = shelf.find(district, asked.get("upload"))
    if what == "drop":
        _drop(desk, shelf, upload)
        return {**CLOSED, "data": OVERVIEW}
    if what not in _STEPS:
        raise UsageError(f"There is no order '{what}'.", mend="Reload the page.")
    return _STEPS[what](desk, shelf, upload, asked)


def _open(desk: JobDesk, shelf: UploadShelf, upload: Upload, asked: Asked) -> Answer:
    """Read the headers of files that have just come, or once more by another encoding."""
    text = {name: str(asked.get(name) or "").strip() or None for name in ("encoding", "sheet")}
    if upload.choice is not None or any(text.values()):
        upload.choice = replace(
            upload.choice or Choice(""), encoding=text["encoding"], sheet=text["sheet"]
        )
    desk.start(DeliveryOrder(upload.district, "read", upload, shelf.settings))
    return {**CLOSED, "data": FILES, "upload": upload.token, "selection": None, "layers": None}


def _choose(_desk: JobDesk, _shelf: UploadShelf, upload: Upload, asked: Asked) -> Answer:
    """Choose the dataset of the files."""
    name = find_dataset(str(asked.get("dataset"))).name
    upload.choice = replace(upload.choice or Choice(""), dataset=name, mapping=None)
    upload.report = upload.fault = None
    return {"upload": upload.token, "at": None}


def _check(desk: JobDesk, shelf: UploadShelf, upload: Upload, asked: Asked) -> Answer:
    """Check the files by what a person has confirmed in the form."""
    upload.choice = read_choice(upload, asked)
    upload.report = None
    desk.start(DeliveryOrder(upload.district, "check", upload, shelf.settings))
    return {"at": None, "upload": upload.token}


def _edit(_desk: JobDesk, _shelf: UploadShelf, upload: Upload, _asked: Asked) -> Answer:
    """Go back from the report to the form."""
    upload.report = upload.fault = None
    return {"at": None, "upload": upload.token}


def _load(desk: JobDesk, shelf: UploadShelf, upload: Upload, _asked: Asked) -> Answer:
    """Load files that were checked."""
    desk.start(DeliveryOrder(upload.district, "load", upload, shelf.settings))
    return {}


_STEPS: dict[str, Callable[[JobDesk, UploadShelf, Upload, Asked], Answer]] = {
    "open": _open,
    "choose": _choose,
    "check": _check,
    "edit": _edit,
    "load": _load,
}


def _drop(desk: JobDesk, shelf: UploadShelf, upload: Upload) -> None:
    """Remove the files and the job that worked on them."""
    status = desk.find(upload.district)
    if status is not None and isinstance(status.order, DeliveryOrder):
        if status.order.upload is upload and status.state == "running":
            raise UsageError("These files are being worked on.", mend="Stop the job first.")
        if status.order.upload is upload:
            desk.forget(upload.district)
    shelf.drop(upload)


def read_choice(upload: Upload, asked: Asked) -> Choice:
    """Read the form of a delivery: office, day, mode, system, and the column of each header.

    Raises
    ------
    UsageError
        When a day, a mode or a column is unknown, or two headers claim one column.
    """
    if upload.choice is None or not upload.choice.dataset:
        raise UsageError("No dataset is chosen.", mend="Choose the dataset of the files.")
    words = {name: str(asked.get(name) or "").strip() for name in ("office", "as_of", "crs")}
    if len(words["office"]) > LONGEST_OFFICE:
        raise UsageError(
            "The name of the office is too long.", mend=f"Use at most {LONGEST_OFFICE} letters."
        )
    mode = str(asked.get("mode") or MODES[0])
    if mode not in MODES:
        raise UsageError(f"There is no mode '{mode}'.", mend=f"Use one of {', '.join(MODES)}.")
    return replace(
        upload.choice,
        office=words["office"] or None,
        as_of=_read_day(words["as_of"]),
        mode=mode,
        crs=words["crs"] or None,
        mapping=_read_mapping(upload, upload.choice, asked),
    )


def _read_day(text: str) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"'{text}' is no day.", mend="Write it as 2026-03-31.") from error


def _read_mapping(upload: Upload, choice: Choice, asked: Asked) -> ColumnMapping:
    """Build the mapping from the form; factors of units stay as they were suggested."""
    suggested = suggest_headers(upload, choice).mapping
    known, columns = list_columns(find_dataset(choice.dataset)), {}
    unused = []
    for at, header in enumerate(list_headers(upload)):
        ours = str(asked.get(f"{_COLUMN}{at}") or "")
        if not ours:
            unused.append(header)
            continue
        if ours not in known:
            raise UsageError(f"There is no column '{ours}'.", mend="Choose one of the list.")
        if ours in columns:
            raise UsageError(f"Two headers are given as {ours}.", mend="Leave one of them out.")
        was = suggested.columns.get(ours)
        keeps = isinstance(was, Taken) and was.header == header
        columns[ours] = was if keeps else header
    point = suggested.point
    return suggested.model_copy(
        update={
            "columns": columns,
            "point": point,
            "unused": [header for header in unused if header not in (point or ())],
        }
    )


def list_headers(upload: Upload) -> list[str]:
    """Return the headers of all tables of the files, each once, in their order."""
    names = (str(name) for one in upload.sources for name in one.frame.columns)
    return [name for name in dict.fromkeys(names) if name != "geom"]
