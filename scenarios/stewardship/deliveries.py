"""Jobs of data management: read files, check them, load them, compute what they outdate."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, func, select

from gis import tables
from gis.access import Role
from gis.database import Database
from gis.errors import OneMapError, UsageError
from gis.ingest.dictionary import find_dataset
from gis.ingest.mapping import ColumnMapping, Suggestion, write_mapping
from gis.ingest.recognition import rank_datasets
from gis.settings import Settings
from scenarios.compute import compute_district
from scenarios.district import District
from scenarios.jobs import ShouldStop, StoppedError, Tell
from scenarios.loading_files import Order as LoadOrder
from scenarios.loading_files import (
    check_files,
    load_files,
    read_files,
    suggest_mapping,
)
from scenarios.loading_record import find_mapping
from scenarios.loading_report import RejectedDeliveryError
from scenarios.stewardship.uploads import Choice, Upload

SAMPLE_ROWS = 3  # of each column, to choose the mapping by
MODES = ("update", "append", "replace")


@dataclass(frozen=True, eq=False)
class DeliveryOrder:
    """Work on the files of an upload: read their headers, check them, or load them."""

    district: str
    step: Literal["read", "check", "load"]
    upload: Upload
    settings: Settings

    def check(self, district: District) -> None:  # noqa: ARG002
        """Refuse what cannot be done yet, with a UsageError."""
        if self.upload.is_loaded:
            raise UsageError("These files are loaded already.", mend="Bring others in.")
        if self.step != "read" and self.upload.choice is None:
            raise UsageError("No dataset is chosen.", mend="Choose the dataset of the files.")
        if self.step == "load" and self.upload.report is None:
            raise UsageError("The files are not checked yet.", mend="Check them first.")


@dataclass(frozen=True)
class ComputeOrder:
    """Bring every result of a district up to date with what is loaded."""

    district: str

    def check(self, district: District) -> None:
        """Take any district."""


def work_on_delivery(
    database: Database,
    district: District,
    order: DeliveryOrder,
    tell: Tell,
    should_stop: ShouldStop,
) -> str:
    """Do a step of a delivery; what comes out stands in the upload. Returns its token.

    A load is stored in one transaction; asked to stop before it is, it leaves nothing behind.
    """
    upload = order.upload

    def report_step(step: str, share: float) -> None:
        if should_stop() and step != "done":
            raise StoppedError
        tell(step, share)

    upload.fault = None
    try:
        if order.step == "read":
            _read_headers(upload, report_step)
        elif order.step == "check":
            _check(database, district, order, report_step)
        else:
            _load(database, district, order, report_step)
    except OneMapError as error:
        upload.fault = hide_folder(error, str(upload.folder))
        raise
    return upload.token


def compute_outdated(
    database: Database, district: District, order: ComputeOrder, tell: Tell, should_stop: ShouldStop
) -> str:
    """Bring the results of a district up to date. Returns its code."""

    def report_step(step: str, share: float) -> None:
        if should_stop():
            raise StoppedError
        tell(step, share)

    compute_district(database, district, progress=report_step)
    return order.district


def hide_folder(error: OneMapError, folder: str) -> OneMapError:
    """Leave the private folder of the server out of what an error tells."""
    error.found = error.found.replace(f"{folder}/", "")
    error.mend = error.mend.replace(f"{folder}/", "")
    error.args = (f"{error.found} {error.mend}".strip(),)
    return error


def _read_headers(upload: Upload, tell: Tell) -> None:
    """Read the files once for their headers and first rows, and guess the dataset."""
    tell("read", 0.1)
    order = _order(upload, upload.choice or Choice(""))
    read = read_files(order)
    upload.sources = [
        replace(one, frame=one.frame.head(SAMPLE_ROWS), lines=one.lines[:SAMPLE_ROWS])
        for one in read
    ]
    tell("guess", 0.8)
    ranked = [
        rank_datasets(map(str, one.frame.columns), has_shapes="geom" in one.frame.columns)
        for one in upload.sources
    ]
    upload.guesses = max(ranked, key=lambda found: found[0].score if found else -1.0)
    if upload.choice is None or not upload.choice.dataset:
        name = upload.guesses[0].dataset if upload.guesses else ""
        upload.choice = replace(upload.choice or Choice(""), dataset=name)
    upload.report = None


def suggest_headers(upload: Upload, choice: Choice) -> Suggestion:
    """Return the mapping that the names of the headers suggest."""
    return suggest_mapping(_order(upload, choice), upload.sources)


def choose_mapping(
    connection: Connection, district: District, upload: Upload, choice: Choice
) -> tuple[ColumnMapping, Suggestion, bool]:
    """Return the mapping that a form starts from, what names suggest, and whether it is remembered.

    What a person has chosen comes first, then what was last loaded from the office, then the names.
    """
    found = suggest_headers(upload, choice)
    if choice.mapping is not None:
        return choice.mapping, found, False
    table = find_dataset(choice.dataset)
    known = find_mapping(connection, district, table, choice.office) if choice.office else None
    headers = {str(name) for one in upload.sources for name in one.frame.columns}
    if known is not None and set(known.list_headers().values()) <= headers:
        return known, found, True
    return found.mapping, found, False


def _check(database: Database, district: District, order: DeliveryOrder, tell: Tell) -> None:
    upload = order.upload
    assert upload.choice is not None
    with tempfile.TemporaryDirectory() as folder:
        asked = _order(upload, upload.choice, Path(folder))
        newest = find_newest_load(database, district)
        upload.report = check_files(
            database, district, asked, settings=order.settings, progress=tell
        )
    upload.newest_load = newest


def _load(database: Database, district: District, order: DeliveryOrder, tell: Tell) -> None:
    upload = order.upload
    assert upload.choice is not None
    if find_newest_load(database, district) != upload.newest_load:
        upload.report = None
        raise UsageError(
            "Other files were loaded since these were checked.",
            mend="Check them again and look at the new report.",
        )
    try:
        with tempfile.TemporaryDirectory() as folder:
            asked = _order(upload, upload.choice, Path(folder))
            report = load_files(database, district, asked, settings=order.settings, progress=tell)
    except RejectedDeliveryError as error:
        upload.report = error.report
        raise
    upload.report = replace(report, sources=[])
    upload.remove_files()


def find_newest_load(database: Database, district: District) -> int | None:
    """Return the number of the newest load of a district."""
    load = tables.source_load
    with database.begin(Role.STEWARD) as connection:
        return connection.execute(
            select(func.max(load.c.id)).where(load.c.district_id == district.id)
        ).scalar_one()


def _order(upload: Upload, choice: Choice, folder: Path | None = None) -> LoadOrder:
    """Say what is asked as the command says it; a mapping that was chosen travels as a file."""
    path = None
    if folder is not None and choice.mapping is not None:
        path = folder / "mapping.yaml"
        write_mapping(choice.mapping, path)
    return LoadOrder(
        choice.dataset,
        upload.list_files(),
        office=choice.office,
        as_of=choice.as_of or dt.date.today(),
        mapping=path,
        mode=choice.mode,  # type: ignore[arg-type]
        crs=choice.crs,
        sheet=choice.sheet,
        encoding=choice.encoding,
    )
