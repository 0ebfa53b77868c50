"""What a load of files did or would do, as commands and pages tell it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from gis.errors import RejectedDataError
from gis.exports.marked_copy import write_marked_copy
from gis.ingest.cells import is_identity
from gis.ingest.findings import REFUSED
from gis.ingest.mapping import ColumnMapping
from gis.ingest.sources import SourceTable
from scenarios.records import list_records

Outcome = Literal["loaded", "loaded_with_warnings", "already_loaded", "checked", "rejected"]
FINDINGS_TOLD = 10_000  # in one JSON answer; the XLSX report and the database hold all
_HIDDEN = "******"


@dataclass(frozen=True, eq=False)
class FileReport:
    """A load of files, or its check.

    Parameters
    ----------
    counts
        Rows: read, new, changed, same, refused, noted, vanished, removed. Those read are new,
        changed, same or refused.
    findings
        `gis.ingest.findings.COLUMNS` and ``row``: every refused, changed or doubtful value.
    conflicts
        Values on which offices differ, and which is kept.
    vanished
        Keys of stored rows that the files lack.
    outdated
        run_id, kind, plan_code of results that rest on what has changed.
    mapping_from
        file, remembered or suggested.
    refusal
        Why nothing is stored; None when it is, or would be.
    """

    dataset: str
    district: str
    outcome: Outcome
    office: str
    as_of: dt.date
    mode: str
    counts: dict[str, int]
    findings: pd.DataFrame
    conflicts: pd.DataFrame
    vanished: list[str]
    mapping: ColumnMapping
    mapping_from: str
    notes: list[str]
    files: list[dict[str, Any]]
    sources: list[SourceTable] = field(default_factory=list)
    outdated: pd.DataFrame = field(default_factory=pd.DataFrame)
    load_id: int | None = None
    refusal: RejectedDataError | None = None

    def tell(self) -> dict[str, Any]:
        """Return the report for programs."""
        told: dict[str, Any] = {
            "district": self.district,
            "dataset": self.dataset,
            "outcome": self.outcome,
            "office": self.office,
            "as_of": self.as_of,
            "mode": self.mode,
            "load": self.load_id,
            "files": self.files,
            "mapping_from": self.mapping_from,
            "mapping": self.mapping.model_dump(mode="json", by_alias=True, exclude_defaults=True),
            "rows": self.counts,
            "findings_count": len(self.findings),
            "findings": list_records(
                self.findings.drop(columns=["row", "table"], errors="ignore").head(FINDINGS_TOLD)
            ),
            "conflicts": list_records(self.conflicts),
            "vanished": self.vanished[:FINDINGS_TOLD],
            "outdated_runs": list_records(self.outdated),
            "notes": self.notes,
        }
        if self.refusal is not None:
            told |= {"found": self.refusal.found, "mend": self.refusal.mend}
        return told

    def group_findings(self) -> pd.DataFrame:
        """Return one row a rule, for people: outcome, column, rule, rows, where, mend."""
        if self.findings.empty:
            return pd.DataFrame(columns=["outcome", "column", "rule", "rows", "lines", "mend"])
        order = {REFUSED: 0, "warned": 1, "changed": 2}
        groups = self.findings.groupby(["outcome", "column_name", "rule", "mend"], sort=False)
        found: Any = groups["line"].agg(
            rows="size", lines=lambda lines: ", ".join(map(str, lines.head(8)))
        )
        table: pd.DataFrame = found.reset_index().rename(columns={"column_name": "column"})
        table = table.sort_values("outcome", key=lambda one: one.map(order), kind="stable")
        return table[["outcome", "column", "rule", "rows", "lines", "mend"]]

    def write_workbook(self, path: Path) -> None:
        """Write a copy of the files with the cells that have findings marked; see
        :func:`gis.exports.marked_copy.write_marked_copy`. Identity numbers are hidden.
        """  # noqa: D205
        headers = self.mapping.list_headers()
        masked = {header: _HIDDEN for ours, header in headers.items() if is_identity(ours)}
        tables = [(one.sheet or one.file, one.frame, one.lines) for one in self.sources]
        write_marked_copy(tables, self.findings, path, masked=masked)


class RejectedDeliveryError(RejectedDataError):
    """Files are refused as a whole; nothing of them is stored. Holds the report of their check."""

    def __init__(self, report: FileReport) -> None:
        assert report.refusal is not None
        self.report = report
        super().__init__(report.refusal.found, mend=report.refusal.mend)

    def list_faults(self) -> list[dict[str, Any]]:
        """Return the refused values with file, line, column, rule and how to mend them."""
        table = self.report.findings
        refused = table[table["outcome"] == REFUSED].drop(columns=["row", "table"], errors="ignore")
        return list_records(refused.head(FINDINGS_TOLD))
