"""Store what officers report: records changed, history kept, progress computed anew."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, bindparam, insert, select, update

from gis import tables
from gis.database import read_table
from gis.errors import UsageError
from gis.runs import digest_text, take_turn
from scenarios.district import District
from scenarios.project_monitoring.reports import REPORTED, check_reports
from scenarios.project_monitoring.track import track_projects


@dataclass(frozen=True, eq=False)
class Recorded:
    """What reports did.

    Parameters
    ----------
    reports
        Reports that were read.
    changes
        Those that changed their record, as :func:`check_reports` returns them.
    projects
        project_code, and state, progress_pct, delay_days, expected_end_on and opens_year of each
        project that was touched, before (``old_``) and after (``new_``).
    run_id
        Progress run after the change; nothing for a dry run.
    """

    reports: int
    changes: pd.DataFrame
    projects: pd.DataFrame
    run_id: int | None


def find_today(district: District) -> dt.date:
    """Return the day up to which something can have happened: by the clock or the data date."""
    return max(district.profile.data_date, dt.date.today())


def record_reports(
    connection: Connection,
    district: District,
    reports: pd.DataFrame,
    *,
    who: str,
    source: str,
    today: dt.date | None = None,
    dry_run: bool = False,
) -> Recorded:
    """Check reports and store them all, or none; progress is computed anew with them.

    Officers take turns: a second one checks against what the first has stored. The digest of the
    dataset goes on with each change, so runs, sheets and tiles that rest on it are made anew.

    Parameters
    ----------
    reports
        As :func:`scenarios.project_monitoring.reports.check_reports` takes them.
    who
        Name of the officer.
    source
        Where they were entered: cockpit, or the name of a file.
    today
        Last day that is not in the future; by default see :func:`find_today`.
    dry_run
        Check and compute; leave everything as it was.

    Raises
    ------
    RejectedReportsError
        With every fault of every line.
    UsageError
        Without the name of an officer, or in a district without stage records.
    """
    who = " ".join(who.split())
    if not who:
        raise UsageError("A report needs the name of the officer.", mend="Give it.")
    take_turn(connection, f"stages {district.id}")
    records = read_table(connection, "stage_records", district_id=district.id)
    if records.empty:
        raise UsageError(
            f"District {district.profile.code} has no stage records.",
            mend="Load projects with their buildings and planned days first.",
        )
    changes = check_reports(
        reports,
        records,
        district.profile.construction,
        today=today or find_today(district),
        origin=source,
    )
    with connection.begin_nested() as savepoint:
        before = _read_projects(connection, district, changes)
        if len(changes):
            _store_changes(connection, changes, who=who, source=source)
            _continue_digest(connection, district, changes)
        run_id = track_projects(connection, district)
        after = _read_projects(connection, district, changes)
        if dry_run:
            savepoint.rollback()
    projects = before.add_prefix("old_").join(after.add_prefix("new_")).reset_index()
    return Recorded(len(reports), changes, projects, None if dry_run else run_id)


def _read_projects(
    connection: Connection, district: District, changes: pd.DataFrame
) -> pd.DataFrame:
    names = ["state", "progress_pct", "delay_days", "expected_end_on", "opens_year"]
    openings = read_table(connection, "project_openings", district_id=district.id)
    touched = openings[openings["project_id"].isin(changes["project_id"])]
    return touched.drop_duplicates("project_id").set_index("project_code")[names]


def _store_changes(connection: Connection, changes: pd.DataFrame, *, who: str, source: str) -> None:
    plain = changes.astype(object).where(changes.notna(), None).to_dict("records")
    rows = [{str(name): _to_plain(value) for name, value in row.items()} for row in plain]
    record = tables.stage_record
    connection.execute(
        update(record)
        .where(
            record.c.project_building_id == bindparam("at_building"),
            record.c.construction_stage == bindparam("at_stage"),
        )
        .values({name: bindparam(f"new_{name}") for name in REPORTED}),
        [
            {
                "at_building": row["project_building_id"],
                "at_stage": row["construction_stage"],
                **{f"new_{name}": row[f"new_{name}"] for name in REPORTED},
            }
            for row in rows
        ],
    )
    kept = {column.name for column in tables.stage_change.columns}
    connection.execute(
        insert(tables.stage_change),
        [
            {name: value for name, value in row.items() if name in kept}
            | {"who": who, "source": source}
            for row in rows
        ],
    )


def _to_plain(value: Any) -> Any:
    return value.date() if isinstance(value, dt.datetime) else value


def _continue_digest(connection: Connection, district: District, changes: pd.DataFrame) -> None:
    """Carry the digest of the records on: the same changes on the same records, the same digest."""
    dataset = tables.dataset
    mine = (dataset.c.district_id == district.id) & (dataset.c.name == tables.stage_record.name)
    known = connection.execute(select(dataset.c.digest).where(mine)).scalar_one()
    columns = ["project_building_code", "construction_stage", *(f"new_{n}" for n in REPORTED)]
    lines = sorted("/".join(map(str, row)) for row in changes[columns].itertuples(index=False))
    connection.execute(update(dataset).where(mine).values(digest=digest_text(known, *lines)))
