"""``onemap reconcile``: registers of children, households, dwellings, certificates compared."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from gis.access import Role
from gis.database import Database, open_database
from gis.errors import UsageError
from gis.exports.spreadsheets import check_table_path, write_table
from gis.identity import require_own_key
from gis.settings import Settings, load_settings
from layers.language import Language, load_language
from scenarios.access import log_reading
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    PlanOption,
    print_json,
    print_table,
)
from scenarios.district import District, Plan, check_choice, find_district, find_plan
from scenarios.enrolment_warning.admission.assign import find_own_rules
from scenarios.enrolment_warning.admission.reconcile import (
    Compared,
    choose_compared,
    read_states,
    reconcile_stage,
)
from scenarios.enrolment_warning.register_list import build_list
from scenarios.enrolment_warning.register_words import say_group, say_register
from scenarios.records import list_records


def reconcile(
    stage: Annotated[str, typer.Option("--stage", help="Stage that the children enter.")],
    year: Annotated[
        int | None, typer.Option("--year", help="Year in which the school year begins.")
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option(
            "--rules",
            help="Rule file that says who enters; default admission_YEAR.yaml of the district,"
            " else the age window of its profile.",
        ),
    ] = None,
    plan: PlanOption = None,
    rows: Annotated[
        Path | None,
        typer.Option("--rows", help="Also write one row a child, .csv or .xlsx; logged."),
    ] = None,
    public: Annotated[
        bool,
        typer.Option(
            "--public", help="Counts fit to pass on: small cells hidden, no personal row read."
        ),
    ] = False,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set the registers side by side for the children who enter: who agrees, who does not, why.

    Counts are for officers and hold small cells, unless --public.
    Example: onemap reconcile --stage primary --year 2026 --rows list.xlsx.
    """
    if public and (rows is not None or rules is not None):
        raise UsageError(
            "--public shows the counts that are stored, and no rows.",
            mend="Leave out --rows and --rules, or --public.",
        )
    if rows is not None:
        check_table_path(rows)
    settings = load_settings()
    with open_database(settings) as database:
        role = Role.PLANNER if public else Role.OFFICER
        with database.begin(role) as connection:
            found = find_district(connection, district or settings.district)
            chosen_year = check_choice(found, stage=stage, year=year)
            chosen = find_plan(connection, found, plan)
        if public:
            told = _tell_stored(database, found, chosen, stage, chosen_year)
        else:
            own = find_own_rules(settings, found, rules, stage, chosen_year)
            compared = choose_compared(found.profile, own, stage, chosen_year)
            told = _tell_fresh(database, settings, found, chosen, compared, rows)
    head = {
        "district": found.profile.code,
        "stage": stage,
        "year": chosen_year,
        "plan": chosen.code,
        "data_date": found.profile.data_date,
        "synthetic": found.profile.synthetic,
        "public": public,
    }
    _print({**head, **told}, load_language(settings.language), as_json=as_json)


def _tell_stored(
    database: Database, district: District, plan: Plan, stage: str, year: int
) -> dict[str, Any]:
    with database.begin(Role.PLANNER) as connection:
        counts = read_states(connection, district, plan, stage=stage, year=year)
    if counts.empty:
        raise UsageError(
            f"The registers were not compared yet for {stage} {year} under plan {plan.code}.",
            mend="Let an officer run the command without --public.",
        )
    shown = counts.assign(children=counts["shown"], hidden=counts["shown"].isna())
    return {"run": int(counts["run_id"].iloc[0]), "counts": shown}


def _tell_fresh(
    database: Database,
    settings: Settings,
    district: District,
    plan: Plan,
    compared: Compared,
    path: Path | None,
) -> dict[str, Any]:
    require_own_key(settings, synthetic=district.profile.synthetic)
    with database.begin(Role.OFFICER) as connection:
        answer = reconcile_stage(connection, district, plan, compared)
        if path is not None:
            # Before the file: what was written is on record even if the program ends here.
            what = f"run {answer.run_id}: list of {compared.stage} {compared.year} to {path.name}"
            log_reading(connection, district, what, rows=len(answer.children))
    told = {
        "run": answer.run_id,
        "rules": compared.rules[0] or None,
        "children": len(answer.children),
        "counts": answer.counts,
    }
    if path is None:
        return told
    language = load_language(settings.language)
    write_table(
        build_list(answer.children, language), path, title=f"{compared.stage} {compared.year}"
    )
    return {**told, "file": str(path)}


def _print(told: dict[str, Any], language: Language, *, as_json: bool) -> None:
    counts = told.pop("counts")
    kept = ["code", "children", *(["hidden"] if told["public"] else [])]
    parts = {sort: counts.loc[counts["sort"] == sort, kept] for sort in ("state", "fault")}
    if as_json:
        sorts = {f"{sort}s": list_records(part) for sort, part in parts.items()}
        print_json({**told, **sorts})
        return
    where = f"{told['district']} {told['stage']} {told['year']} {told['plan']}"
    _print_counts(parts["state"], where, language, grouped=True)
    _print_counts(parts["fault"], "Faults", language, grouped=False)
    last = f"Run {told['run']}."
    typer.echo(f"{last} Rows written to {told['file']}." if "file" in told else last)


def _print_counts(counts: pd.DataFrame, title: str, language: Language, *, grouped: bool) -> None:
    codes = counts["code"]
    table = counts.drop(columns="hidden", errors="ignore").assign(
        name=[say_register(code, language) for code in codes]
    )
    if grouped:
        table.insert(0, "group", [say_group(code, language) for code in codes])
    print_table(table, title=title)
