"""``onemap projects``: how building projects stand, and what officers report of their stages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from gis.access import Role
from gis.database import open_database, read_table
from gis.errors import UsageError
from gis.ingest.plain_csv import read_table as read_csv
from gis.runs import get_account
from gis.settings import load_settings
from scenarios.answers import answer_projects
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    PlanOption,
    print_json,
    print_table,
)
from scenarios.district import find_district, find_plan
from scenarios.project_monitoring.monitor import read_monitor
from scenarios.project_monitoring.record import Recorded, record_reports
from scenarios.project_monitoring.reports import COLUMNS, OPTIONAL, REPORTED
from scenarios.records import list_records

app = typer.Typer(help="Follow building projects and report on them.", no_args_is_help=True)

_SHOWN = [
    "project_code",
    "project_name_zh",
    "state",
    "progress_pct",
    "planned_pct",
    "delay_days",
    "expected_low_on",
    "expected_end_on",
    "expected_high_on",
    "paid_pct",
    "open_findings",
]


@app.command("list")
def list_all(
    plan: PlanOption = None,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the projects: stage, progress, delay, expected completion with its interval, money.

    Warnings that a slip turns red are those of the plan. Example: onemap projects list --json.
    """
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.PLANNER) as connection:
        found = find_district(connection, district or settings.district)
        monitor = read_monitor(connection, found, find_plan(connection, found, plan))
    if as_json:
        print_json(answer_projects(found, monitor))
        return
    table = monitor.projects[_SHOWN]
    print_table(table, title=f"Projects of {found.profile.code}")


@app.command()
def update(
    file: Annotated[Path, typer.Argument(help="CSV of reports.", show_default=False)],
    by: Annotated[
        str | None, typer.Option("--by", help="Name of the officer; default the account.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check and tell what would change; store nothing.")
    ] = False,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Store reports on stages of buildings: all of a file, or none.

    Columns project_building_code, construction_stage, actual_start_on, actual_end_on,
    progress_pct, recorded_on and, where work goes back, reason. A row says how the stage stands,
    whole. Example: onemap projects update reports.csv --dry-run --json.
    """
    reports = read_csv(file, COLUMNS, optional=OPTIONAL, may_have_gaps=True)
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.OFFICER) as connection:
        found = find_district(connection, district or settings.district)
        recorded = record_reports(
            connection,
            found,
            reports,
            who=by or get_account(),
            source=file.name,
            dry_run=dry_run,
        )
    told = _tell_recorded(recorded, dry_run=dry_run)
    if as_json:
        print_json({"district": found.profile.code, **told})
        return
    print_table(pd.DataFrame(told["projects"]), title="Projects before and after")
    done = "would change" if dry_run else "changed"
    typer.echo(f"{told['changed']} of {told['reports']} reports {done} a record.")


def _tell_recorded(recorded: Recorded, *, dry_run: bool) -> dict[str, Any]:
    changed = len(recorded.changes)
    return {
        "dry_run": dry_run,
        "reports": recorded.reports,
        "changed": changed,
        "unchanged": recorded.reports - changed,
        "run": recorded.run_id,
        "projects": list_records(recorded.projects),
    }


@app.command()
def history(
    code: Annotated[str, typer.Argument(help="Code of the project.", show_default=False)],
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """List every change of a project's stage records, the newest first.

    Example: onemap projects history P001 --json.
    """
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.PLANNER) as connection:
        found = find_district(connection, district or settings.district)
        openings = read_table(connection, "project_openings", district_id=found.id)
        if code not in set(openings["project_code"]):
            raise UsageError(
                f"District {found.profile.code} has no project '{code}'.",
                mend="See `onemap projects list`.",
            )
        changes = read_table(connection, "project_history", district_id=found.id, project_code=code)
    kept = changes.drop(columns=["project_id", "building_name_zh", "building_name_en"])
    if as_json:
        told = {"district": found.profile.code, "project": code}
        print_json({**told, "changes": list_records(kept)})
        return
    table = kept[["project_building_code", "construction_stage"]].assign(
        **{name: _pair(kept[f"old_{name}"], kept[f"new_{name}"]) for name in REPORTED},
        reason=kept["reason"],
        who=kept["who"],
        source=kept["source"],
        changed_at=[f"{moment:%Y-%m-%d %H:%M} UTC" for moment in kept["changed_at"]],
    )
    print_table(table.rename(columns=_SHORT), title=f"Changes of {code}")


_SHORT = {"project_building_code": "building", "construction_stage": "stage"}


def _pair(old: pd.Series, new: pd.Series) -> list[str]:
    """Write what was and what is; what stayed is written once."""
    pairs = zip(old.astype(object), new.astype(object), strict=True)
    words = [["–" if pd.isna(one) else str(one) for one in pair] for pair in pairs]
    return [was if was == now else f"{was} → {now}" for was, now in words]
