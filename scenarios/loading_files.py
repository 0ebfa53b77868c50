"""Load the files of an office into one dataset: suggest a mapping, check, store, tell."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Table, select

from catchments.profile import Profile
from gis import tables
from gis.access import Role
from gis.database import Database, run_query
from gis.errors import UsageError
from gis.identity import require_own_key
from gis.ingest.acceptance import store_delivery
from gis.ingest.comparison import Origin
from gis.ingest.delivery import (
    Checked,
    Mode,
    Terms,
    check_delivery,
    explain_hanging,
    refuse_too_many,
)
from gis.ingest.dictionary import find_dataset
from gis.ingest.findings import COLUMNS
from gis.ingest.mapping import ColumnMapping, Suggestion, read_mapping
from gis.ingest.mapping import suggest_mapping as suggest_columns
from gis.ingest.sources import SourceTable, read_source
from gis.runs import digest_text, get_account, take_turn
from gis.settings import Settings
from scenarios.access import log_reading
from scenarios.data_sources import list_outdated
from scenarios.district import District
from scenarios.loading_record import (
    find_mapping,
    record_load,
    remember_mapping,
    store_reports,
    write_findings,
)
from scenarios.loading_report import FileReport, RejectedDeliveryError
from scenarios.loading_sheets import describe_files, find_tables, fits, list_headers, take_sheets
from scenarios.project_monitoring.reports import REPORTED
from scenarios.stewardship.quality import measure_datasets

Progress = Callable[[str, float], None]
_VANISHED_TOLD = 10_000
# Datasets whose shapes bound the district where it came without a boundary of its own.
_BOUNDING = "planning_unit"


@dataclass(frozen=True)
class Order:
    """What a steward asks: the files of one office for one dataset, and how to take them.

    Parameters
    ----------
    dataset
        Name of the dataset: English, plural or Chinese.
    office
        Who delivers; without it the name of the first file. Authority and freshness go by it.
    as_of
        Day on which the files were drawn; without it today.
    mapping
        Mapping file; without it the one last used for the office, else what the names suggest.
    mode
        See :class:`gis.ingest.delivery.Terms`.
    """

    dataset: str
    files: tuple[Path, ...]
    office: str | None = None
    as_of: dt.date | None = None
    mapping: Path | None = None
    mode: Mode = "update"
    crs: str | None = None
    sheet: str | None = None
    encoding: str | None = None

    @property
    def source(self) -> str:
        """Office, or the name of the first file."""
        return " ".join((self.office or "").split()) or self.files[0].name


def read_files(order: Order) -> list[SourceTable]:
    """Read all tables of the files that are asked for.

    Raises
    ------
    UsageError
        When no file is named or one does not exist.
    RejectedDataError
        When one cannot be read.
    """
    if not order.files:
        raise UsageError("No file is named.", mend="Name one or several.")
    return [
        table
        for path in order.files
        for table in read_source(path, sheet=order.sheet, encoding=order.encoding, crs=order.crs)
    ]


def suggest_mapping(order: Order, sources: list[SourceTable] | None = None) -> Suggestion:
    """Suggest which column of the files is which of ours; nothing is stored.

    Sheets that name nothing of the dataset, such as explanations, do not count.
    """
    table = find_dataset(order.dataset)
    read = read_files(order) if sources is None else sources
    found = [_suggest(table, source) for source in read]
    return max(found, key=lambda one: len(one.mapping.columns))


def _suggest(table: Table, source: SourceTable) -> Suggestion:
    shapes = "geom" in source.frame.columns
    return suggest_columns(table, map(str, source.frame.columns), has_shapes=shapes)


def check_files(
    database: Database,
    district: District,
    order: Order,
    *,
    settings: Settings,
    progress: Progress | None = None,
) -> FileReport:
    """Check files and tell what loading them would do; nothing is stored."""
    work = _Work(database, district, order, settings, progress)
    with work.open() as connection:
        return work.check(connection)[0]


def load_files(
    database: Database,
    district: District,
    order: Order,
    *,
    settings: Settings,
    progress: Progress | None = None,
) -> FileReport:
    """Check files and store them, all that keeps the rules, in one transaction.

    The same files of the same office under the same mapping change nothing the second time.

    Raises
    ------
    RejectedDeliveryError
        When too many rows are refused, or rows vanish on which others hang; with the report.
    RejectedReportsError
        When changed stage records break a rule of reports.
    UsageError
        When the dataset or a file does not exist, or the mapping leaves a doubt to a person.
    RejectedDataError, CrsError
        When a file cannot be read, lacks a column, or its geometry a coordinate system.
    """
    work = _Work(database, district, order, settings, progress)
    with work.open() as connection:
        report, checked = work.check(connection)
        if report.outcome == "already_loaded":
            return report
        if report.refusal is not None:
            raise RejectedDeliveryError(replace(report, outcome="rejected"))
        assert checked is not None
        stored = work.store(connection, report, checked)
    database.analyze(work.table)
    work.tell("done", 1.0)
    return stored


class _Work:
    """One load: what is asked, what was read, and the steps of it."""

    def __init__(
        self,
        database: Database,
        district: District,
        order: Order,
        settings: Settings,
        progress: Progress | None,
    ) -> None:
        self.database, self.district, self.order = database, district, order
        self.tell = progress or (lambda _step, _share: None)
        self.table = find_dataset(order.dataset)
        profile = district.profile
        self.is_personal = self.table.schema == tables.PERSONAL
        if self.is_personal:
            require_own_key(settings, synthetic=profile.synthetic)
        self.tell("read", 0.0)
        self.sources = read_files(order)
        name = self.table.name
        self.terms = Terms(
            origin=Origin(order.source, order.as_of or dt.date.today()),
            mode=order.mode,
            id_key=settings.id_key,
            code_lists=list_stages(profile),
            find_authority=lambda column: profile.stewardship.find_authority(name, column),
            crs=order.crs,
        )

    @contextmanager
    def open(self) -> Any:
        """Open the one transaction of the load; loads of a district take turns."""
        with self.database.begin(Role.STEWARD) as connection:
            take_turn(connection, f"load {self.district.profile.code}")
            yield connection

    def check(self, connection: Connection) -> tuple[FileReport, Checked | None]:
        """Check the files against rules and stored rows."""
        mapping, origin, notes = self._choose_mapping(connection)
        self.sources, skipped = take_sheets(self.sources, mapping)
        files = describe_files(self.order.files, self.sources)
        notes += [note for source in self.sources for note in source.notes] + skipped
        digest = self._digest(mapping, files)
        known = self._find_same(connection, digest)
        if known is not None:
            return self._tell_known(known, mapping, origin, files), None
        checked = check_delivery(
            connection, self.district.id, self.table, self.sources, mapping, self.terms,
            progress=lambda step, share: self.tell(step, 0.2 + 0.5 * share),
        )  # fmt: skip
        report = self._build_report(connection, checked, mapping, origin, notes, files)
        self._log(connection, checked)
        return report, checked

    def store(self, connection: Connection, report: FileReport, checked: Checked) -> FileReport:
        """Store a checked load with its record, findings and mapping."""
        self.tell("store", 0.7)
        digest = self._digest(report.mapping, report.files)
        counts = {**report.counts, "removed": len(checked.gone) * (self.order.mode == "replace")}
        load_id = record_load(connection, self.district, report, counts, digest)
        kept_back = frozenset(REPORTED if self.table is tables.stage_record else ())
        store_reports(connection, self.district, checked, report, kept_back)
        store_delivery(
            connection, self.district.id, checked, self.terms,
            load_id=load_id, who=get_account(), kept_back=kept_back,
        )  # fmt: skip
        write_findings(connection, load_id, report.findings)
        remember_mapping(connection, self.district, report)
        if self.table.name == _BOUNDING and (counts["new"] or counts["changed"]):
            run_query(connection, "set_district_boundary", district_id=self.district.id)
        measure_datasets(connection, self.district, [self.table.name], load_id=load_id)
        doubtful = counts["refused"] or counts["noted"] or len(report.conflicts)
        return replace(
            report,
            outcome="loaded_with_warnings" if doubtful else "loaded",
            counts=counts,
            load_id=load_id,
            outdated=list_outdated(connection, self.district),
        )

    def _choose_mapping(self, connection: Connection) -> tuple[ColumnMapping, str, list[str]]:
        if self.order.mapping is not None:
            return read_mapping(self.order.mapping, self.table), "file", []
        remembered = find_mapping(connection, self.district, self.table, self.order.source)
        if remembered is not None and any(fits(one, remembered) for one in self.sources):
            return remembered, "remembered", []
        found = suggest_mapping(self.order, self.sources)
        if found.confirm:
            raise UsageError(
                f"The columns leave a doubt: {' '.join(found.doubts)}",
                mend="Write the mapping with --suggest, look at it, and name it with --map.",
            )
        return found.mapping, "suggested", list(found.doubts)

    def _digest(self, mapping: ColumnMapping, files: list[dict[str, Any]]) -> str:
        """Digest what makes a load the same load: the day counts where it is told."""
        return digest_text(
            self.table.name,
            self.order.source,
            self.order.mode,
            str(self.order.as_of),
            str(self.order.crs),
            json.dumps(mapping.model_dump(mode="json"), sort_keys=True),
            *(f"{one['sha256']} {one['sheet']}" for one in files),
        )

    def _find_same(self, connection: Connection, digest: str) -> Any:
        """Return the newest load of the dataset if it is this very one."""
        load = tables.source_load
        newest = connection.execute(
            select(load)
            .where(load.c.district_id == self.district.id, load.c.dataset == self.table.name)
            .order_by(load.c.id.desc())
            .limit(1)
        ).one_or_none()
        return newest if newest is not None and newest.digest == digest else None

    def _tell_known(
        self, known: Any, mapping: ColumnMapping, origin: str, files: list[dict[str, Any]]
    ) -> FileReport:
        names = ("read", "new", "changed", "same", "refused", "noted", "vanished", "removed")
        return FileReport(
            self.table.name, self.district.profile.code, "already_loaded", known.office,
            known.as_of, known.mode, {name: getattr(known, f"rows_{name}") for name in names},
            pd.DataFrame(columns=["row", *COLUMNS]), pd.DataFrame(), [], mapping, origin,
            [f"These files were loaded on {known.loaded_at:%Y-%m-%d} already; nothing changed."],
            files, self.sources, load_id=known.id,
        )  # fmt: skip

    def _build_report(
        self,
        connection: Connection,
        checked: Checked,
        mapping: ColumnMapping,
        origin: str,
        notes: list[str],
        files: list[dict[str, Any]],
    ) -> FileReport:
        findings = checked.findings.place(checked.places, list_headers(mapping))
        findings["table"] = find_tables(self.sources, findings["row"])
        refusal = refuse_too_many(checked, self.district.profile.stewardship.refuse_above_pct)
        if refusal is None and self.order.mode == "replace":
            refusal = explain_hanging(connection, checked)
        if checked.settled.older:
            told = f"{checked.settled.older} values are older than those of the same office"
            notes = [*notes, f"{told}; they were left."]
        return FileReport(
            self.table.name, self.district.profile.code, "checked", self.terms.origin.office,
            self.terms.origin.as_of, self.order.mode, {**checked.count_rows(), "removed": 0},
            findings, checked.settled.conflicts,
            checked.stored_keys.iloc[checked.gone[:_VANISHED_TOLD]].tolist(),
            mapping, origin, notes, files, self.sources, refusal=refusal,
        )  # fmt: skip

    def _log(self, connection: Connection, checked: Checked) -> None:
        if self.is_personal:
            rows = max(len(checked.places), len(checked.stored))
            what = f"load {self.table.name} of {self.terms.origin.office}"
            log_reading(connection, self.district, what, rows=rows, role=Role.STEWARD)


def list_stages(profile: Profile) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return what people call the stages of education and of construction, by column and code."""
    return {
        "stage": {one.code: (one.name_zh, one.name_en) for one in profile.stages},
        **(
            {
                "construction_stage": {
                    one.code: (one.name_zh, one.name_en) for one in profile.construction.stages
                }
            }
            if profile.construction.stages
            else {}
        ),
    }
