"""``onemap assign --replay``: what other rules would change for the children of a stored run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from catchments.admission.rule_files import load_rules
from gis.access import Role
from gis.database import open_database
from gis.errors import UsageError
from gis.settings import load_settings
from scenarios.commands.output import print_json, print_table, show_progress
from scenarios.district import find_district
from scenarios.enrolment_warning.admission.replay import Replayed, name_schools, replay_run
from scenarios.records import list_records

_TABLES = ("by_outcome", "by_batch", "by_school", "flows", "changed")


def tell_replay(
    run: int, rules: Path | None, *, seed: int | None, district: str | None, as_json: bool
) -> None:
    """Replay a run under a rule file and print who changes; nothing is stored.

    Raises
    ------
    UsageError
        When no rule file is named; see also :func:`replay_run`.
    """
    if rules is None:
        raise UsageError("A replay needs other rules.", mend="Name a rule file with --rules.")
    other = load_rules(rules)
    settings = load_settings()
    with open_database(settings) as database:
        with database.begin(Role.OFFICER) as connection:
            found = find_district(connection, district or settings.district)
        with show_progress(f"replay {run} {other.code}") as tell:
            replayed = replay_run(database, found, run, other, seed=seed, progress=tell)
    compared = replayed.comparison
    tables = {
        name: name_schools(getattr(compared, name), replayed.school_codes) for name in _TABLES
    }
    head = {
        **_tell_head(replayed),
        "rules": other.code,
        "rule_version": other.version,
        "children": compared.children,
        "changed_children": len(compared.changed),
    }
    if as_json:
        print_json({**head, **{name: list_records(table) for name, table in tables.items()}})
        return
    for name, title in (
        ("by_outcome", f"Run {run}, {head['replayed_rules']}, under {other.code}"),
        ("by_batch", "By batch"),
        ("by_school", "By school"),
        ("changed", "Children whose outcome or school changes"),
    ):
        print_table(tables[name].drop(columns="child_id", errors="ignore"), title=title)
    if replayed.program_changed:
        typer.echo("The run was made by another version of the program.", err=True)
    typer.echo(f"{len(compared.changed)} of {compared.children} children change. Nothing stored.")


def _tell_head(replayed: Replayed) -> dict[str, Any]:
    stored = replayed.stored
    return {
        "district": stored.origin.district,
        "stage": stored.stage,
        "year": stored.year,
        "plan": stored.origin.plan,
        "replayed_run": stored.id,
        "replayed_rules": stored.origin.rules,
        "seed": replayed.seed,
        "program_changed": replayed.program_changed,
        "synthetic": stored.origin.synthetic,
    }
