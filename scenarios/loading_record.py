"""What a load of files leaves on record: the load, its findings, its mapping, changed reports."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Table, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from gis import tables
from gis.database import write_rows
from gis.ingest.delivery import Checked
from gis.ingest.findings import COLUMNS
from gis.ingest.mapping import ColumnMapping
from gis.runs import get_account
from scenarios.district import District
from scenarios.loading_report import FileReport
from scenarios.project_monitoring.record import record_reports
from scenarios.project_monitoring.reports import COLUMNS as REPORT_COLUMNS
from scenarios.project_monitoring.reports import REPORTED


def store_reports(
    connection: Connection,
    district: District,
    checked: Checked,
    report: FileReport,
    names: frozenset[str],
) -> None:
    """Store changed stage records as reports of officers, so that their history is kept."""
    settled = checked.settled.applied
    flags = [settled[name] for name in names if name in settled]
    if not flags or not np.logical_or.reduce(flags).any():
        return
    hit = np.logical_or.reduce(flags)
    matched = checked.position >= 0
    given = checked.given[matched][hit]
    held = checked.stored.iloc[checked.position[matched][hit]]
    keys = checked.keys[matched][hit].str.split(" / ", expand=True)
    lines = checked.places.loc[given.index, "line"].to_numpy()
    reports = pd.DataFrame(index=lines)
    reports["project_building_code"] = keys[0].to_numpy()
    reports["construction_stage"] = keys[1].to_numpy()
    for name in REPORTED:
        values = given[name] if name in given else held.get(name)
        if values is not None:
            reports[name] = values.to_numpy()
    reports["reason"] = f"load of {report.office}"
    record_reports(
        connection,
        district,
        reports[[*REPORT_COLUMNS, "reason"]],
        who=get_account(),
        source=report.files[0]["file"],
        today=max(report.as_of, district.profile.data_date),
    )


def record_load(
    connection: Connection,
    district: District,
    report: FileReport,
    counts: dict[str, int],
    digest: str,
) -> int:
    """Enter a load; return its id."""
    load = tables.source_load
    return int(
        connection.execute(
            insert(load)
            .values(
                district_id=district.id,
                dataset=report.dataset,
                office=report.office,
                files=report.files,
                mapping=report.mapping.model_dump(mode="json", by_alias=True),
                mode=report.mode,
                digest=digest,
                as_of=report.as_of,
                loaded_by=get_account(),
                # By the clock: a run that began while a long load went on has not read it.
                loaded_at=func.clock_timestamp(),
                **{f"rows_{name}": count for name, count in counts.items()},
            )
            .returning(load.c.id)
        ).scalar_one()
    )


def write_findings(connection: Connection, load_id: int, findings: pd.DataFrame) -> None:
    """Enter what a load has found."""
    if len(findings):
        write_rows(connection, tables.load_finding, findings[COLUMNS].assign(load_id=load_id))


def find_mapping(
    connection: Connection, district: District, table: Table, office: str
) -> ColumnMapping | None:
    """Return the mapping last used for an office; None without one."""
    known = tables.source_mapping
    content = connection.execute(
        select(known.c.mapping).where(
            known.c.district_id == district.id,
            known.c.dataset == table.name,
            known.c.office == office,
        )
    ).scalar_one_or_none()
    return None if content is None else ColumnMapping.model_validate(content)


def remember_mapping(connection: Connection, district: District, report: FileReport) -> None:
    """Keep the mapping of a load for the next files of its office."""
    known = tables.source_mapping
    values = {
        "mapping": report.mapping.model_dump(mode="json", by_alias=True),
        "saved_by": get_account(),
        "saved_at": dt.datetime.now(dt.UTC),
    }
    key = {"district_id": district.id, "dataset": report.dataset, "office": report.office}
    connection.execute(
        upsert(known)
        .values(**key, **values)
        .on_conflict_do_update(index_elements=list(key), set_=values)
    )
