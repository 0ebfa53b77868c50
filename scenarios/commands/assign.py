"""``onemap assign``: the yearly batch assignment of a stage, and its replay under other rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from gis.access import Role
from gis.database import open_database
from gis.errors import UsageError
from gis.settings import load_settings
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    PlanOption,
    check_seed,
    print_json,
    print_table,
    show_progress,
)
from scenarios.commands.replay import tell_replay
from scenarios.district import check_choice, find_district
from scenarios.enrolment_warning.admission.assign import (
    Asked,
    assign_children,
    find_rules,
)
from scenarios.enrolment_warning.admission.summary import read_summary, summarise
from scenarios.records import list_records


def assign(
    stage: Annotated[
        str | None, typer.Option("--stage", help="Stage that the children enter.")
    ] = None,
    year: Annotated[
        int | None, typer.Option("--year", help="Year in which the school year begins.")
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option("--rules", help="Rule file; default admission_YEAR.yaml of the district."),
    ] = None,
    plan: PlanOption = None,
    seed: Annotated[
        int | None,
        typer.Option("--seed", help="Published seed of the lots; default 1, or that of --replay."),
    ] = None,
    replay: Annotated[
        int | None,
        typer.Option("--replay", help="Stored run to compute under --rules; stores nothing."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Compute and tell, store nothing.")
    ] = False,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Assign the children of a stage to schools by the rules, and store the result as one run.

    Every child ends seated, placed at another school, or in the queue of a person.
    Example: onemap assign --stage primary --year 2026 --seed 20260601 --json.
    Under other rules: onemap assign --replay 12 --rules FILE tells who would change.
    """
    if seed is not None:
        check_seed(seed)
    if replay is not None:
        if (stage, year, plan) != (None, None, None):
            raise UsageError(
                "A replay takes stage, year and plan from its run.", mend="Leave them out."
            )
        tell_replay(replay, rules, seed=seed, district=district, as_json=as_json)
        return
    if stage is None:
        raise UsageError("No stage is named.", mend="Name one with --stage.")
    seed = 1 if seed is None else seed
    settings = load_settings()
    with open_database(settings) as database:
        with database.begin(Role.OFFICER) as connection:
            found = find_district(connection, district or settings.district)
            chosen_year = check_choice(found, stage=stage, year=year)
        chosen = find_rules(settings, found, rules, chosen_year)
        with show_progress(f"{found.profile.name_zh} {stage} {chosen_year}") as tell:
            answered = assign_children(
                database,
                found,
                Asked(stage, chosen, plan, seed),
                dry_run=dry_run,
                progress=tell,
            )
        if answered.admission is not None:
            told = summarise(answered.admission)
        else:
            with database.begin(Role.OFFICER) as connection:
                told = read_summary(connection, answered.run_id or 0)
    head = {
        "district": found.profile.code,
        "stage": stage,
        "year": chosen_year,
        "plan": answered.plan.code,
        "rules": chosen.code,
        "rule_version": chosen.version,
        "seed": seed,
        "run": answered.run_id,
        "dry_run": dry_run,
        "was_stored": answered.admission is None,
        "synthetic": found.profile.synthetic,
    }
    _tell({**head, **told}, as_json=as_json)


def _tell(told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        plain = {
            name: list_records(value) if isinstance(value, pd.DataFrame) else value
            for name, value in told.items()
        }
        print_json(plain)
        return
    where = f"{told['district']} {told['stage']} {told['year']} {told['plan']} {told['rules']}"
    print_table(told["batches"], title=where)
    print_table(told["exceptions"], title="For a person to decide")
    words = [f"{name} {told[name]}" for name in ("children", "seated", "placed", "exception")]
    typer.echo("  ".join(words))
    typer.echo("Nothing was stored." if told["dry_run"] else f"Run {told['run']}.")
