"""``onemap admission``: stored assignments read, explained, decided upon and handed over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
import typer
from sqlalchemy import Connection

from catchments.admission.admitting import EXCEPTION
from gis.access import Role
from gis.database import open_database, read_table
from gis.errors import UsageError
from gis.exports.drafts import open_draft
from gis.exports.spreadsheets import check_table_path, write_table
from gis.settings import load_settings
from layers.language import load_language
from scenarios.access import log_reading
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    StageOption,
    YearOption,
    print_json,
    print_table,
)
from scenarios.commands.pages import print_sections
from scenarios.district import District, find_district
from scenarios.enrolment_warning.admission.cut_lines import read_cut_lines
from scenarios.enrolment_warning.admission.decide import decide as enter_decision
from scenarios.enrolment_warning.admission.explain import read_page
from scenarios.enrolment_warning.admission.officer_list import read_officer_list, word_list
from scenarios.enrolment_warning.admission.page_pdf import print_page
from scenarios.enrolment_warning.admission.page_words import word_page
from scenarios.enrolment_warning.admission.records import (
    StoredRun,
    find_stored_run,
    read_decisions,
)
from scenarios.records import list_records

app = typer.Typer(help="Read, explain and decide stored assignments.", no_args_is_help=True)

RunOption = Annotated[
    int | None,
    typer.Option("--run", min=1, help="Stored run; default the newest of --stage and --year."),
]
LangOption = Annotated[
    Literal["zh", "en"] | None, typer.Option("--lang", help="Default that of the settings.")
]
ChildArgument = Annotated[str, typer.Argument(help="Code of the child.", show_default=False)]


@dataclass(frozen=True)
class Desk:
    """Where an officer works: a session with the officer's rights, and the district."""

    connection: Connection
    district: District


@contextmanager
def open_desk(code: str | None, stage: str | None = None) -> Iterator[Desk]:
    """Open one transaction of an officer in a district.

    Raises
    ------
    UsageError
        When the district is not loaded, or has no such stage.
    """
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.OFFICER) as connection:
        district = find_district(connection, code or settings.district)
        if stage is not None:
            district.profile.get_stage(stage)
        yield Desk(connection, district)


@app.command()
def runs(
    district: DistrictOption = None,
    stage: StageOption = None,
    year: YearOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the stored assignments, the newest first.

    Example: onemap admission runs --stage primary.
    """
    with open_desk(district, stage) as desk:
        found = read_table(
            desk.connection,
            "admission_runs",
            district_id=desk.district.id,
            stage=stage,
            year=year,
        )
    if as_json:
        print_json({"district": desk.district.profile.code, "runs": list_records(found)})
    else:
        print_table(
            found.assign(
                year=found["year"].astype(str),
                started_at=[f"{moment:%Y-%m-%d %H:%M} UTC" for moment in found["started_at"]],
            ),
            title=f"Assignments of {desk.district.profile.code}",
        )


@app.command()
def explain(
    child: ChildArgument,
    run: RunOption = None,
    stage: StageOption = None,
    year: YearOption = None,
    pdf: Annotated[Path | None, typer.Option("--pdf", help="Write the page to this file.")] = None,
    lang: LangOption = None,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Explain what was decided for a child, from the run as it is stored.

    Without --run, --stage and --year the newest assignment that holds the child. Every reading is
    logged. Example: onemap admission explain C10000064 --pdf C10000064.pdf --lang zh.
    """
    with open_desk(district, stage) as desk:
        stored = find_stored_run(
            desk.connection, desk.district, run, stage=stage, year=year, child_code=child
        )
        page = read_page(desk.connection, desk.district, stored, child)
    worded = word_page(page, load_language(lang or load_settings().language))
    if pdf is not None:
        with open_draft(pdf) as draft:
            draft.write_bytes(print_page(worded))
    if as_json:
        told: dict[str, Any] = {"page": asdict(page), "words": asdict(worded)}
        print_json({**told, "file": None if pdf is None else str(pdf)})
    elif pdf is not None:
        typer.echo(f"The page of {child} from run {stored.id} is written to {pdf}.")
    else:
        print_sections(worded)


@app.command()
def cuts(
    run: RunOption = None,
    stage: StageOption = None,
    year: YearOption = None,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell how far each batch got at each school, and what one more class would change.

    Example: onemap admission cuts --stage primary --year 2026 --json.
    """
    with open_desk(district, stage) as desk:
        stored = find_stored_run(desk.connection, desk.district, run, stage=stage, year=year)
        found = read_cut_lines(desk.connection, desk.district, stored)
        more = desk.district.profile.get_stage(stored.stage).design_class
    if as_json:
        rows = list_records(found)
        print_json({**tell_run(stored), "more_seats": more, "cuts": rows})
        return
    shown = found[found["children"] + found["exceptions"] + found["placed_here"] > 0]
    table = shown.drop(columns=["school_id", "school_name_en", "place"])
    print_table(
        table.assign(**{name: table[name].map(_write_score) for name in _SCORES}).rename(
            columns={"school_name_zh": "school", "seated_with_more": f"with_{more}_more"}
        ),
        title=f"Cut lines of {tell_title(stored)}",
    )


_SCORES = ("last_score", "first_unseated_score")


def _write_score(score: float) -> str | None:
    return None if pd.isna(score) else f"{score:.2f}"


def tell_run(stored: StoredRun) -> dict[str, Any]:
    """Return what is to know about a run, for programs."""
    origin = stored.origin
    return {
        "district": origin.district,
        "stage": stored.stage,
        "year": stored.year,
        "run": stored.id,
        "plan": origin.plan,
        "rules": origin.rules,
        "rule_version": origin.rule_version,
        "seed": stored.seed,
        "data_date": origin.data_date,
        "synthetic": origin.synthetic,
    }


def tell_title(stored: StoredRun) -> str:
    """Return what a run is called above a table."""
    origin = stored.origin
    return (
        f"{origin.district} {stored.stage} {stored.year} {origin.plan} {origin.rules},"
        f" run {stored.id}"
    )


@app.command()
def exceptions(
    run: RunOption = None,
    stage: StageOption = None,
    year: YearOption = None,
    undecided: Annotated[
        bool, typer.Option("--undecided", help="Only those that nobody decided yet.")
    ] = False,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the children that a person must decide about, with the reason.

    Example: onemap admission exceptions --stage primary --undecided.
    """
    with open_desk(district, stage) as desk:
        stored = find_stored_run(desk.connection, desk.district, run, stage=stage, year=year)
        found = read_officer_list(
            desk.connection, desk.district, stored, purpose="exceptions", outcome=EXCEPTION
        )
    if undecided:
        found = found[found["decided_school_code"].isna()]
    table = found[list(_EXCEPTION)].rename(columns=_EXCEPTION)
    if as_json:
        print_json({**tell_run(stored), "exceptions": list_records(table)})
    else:
        print_table(table, title=f"For a person to decide in {tell_title(stored)}")


_EXCEPTION = {
    "child_code": "child",
    "reason": "reason",
    "detail": "detail",
    "batch": "batch",
    "zone_school_code": "catchment",
    "decided_school_code": "decided_school",
    "decision_who": "decided_by",
}


@app.command()
def decide(
    child: ChildArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why, in the officer's words.")],
    by: Annotated[str, typer.Option("--by", help="Name of the officer.")],
    school: Annotated[
        str | None, typer.Option("--school", help="Code of the school that admits the child.")
    ] = None,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Withdraw the decision that stands.")
    ] = False,
    run: RunOption = None,
    stage: StageOption = None,
    year: YearOption = None,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decide which school admits a child, or withdraw a decision; it survives every rerun.

    Example: onemap admission decide C10000147 --school 2133040005 --reason 已核实 --by 王老师.
    """
    if (school is None) != withdraw:
        raise UsageError("A decision is a school or a withdrawal.", mend="Give one of the two.")
    with open_desk(district, stage) as desk:
        stored = find_stored_run(
            desk.connection, desk.district, run, stage=stage, year=year, child_code=child
        )
        decided = enter_decision(
            desk.connection,
            desk.district,
            stored,
            child,
            school_code=school,
            reason=reason,
            who=by,
        )
    if as_json:
        told = {**asdict(decided), "is_beyond_seats": decided.is_beyond_seats}
        print_json({**tell_run(stored), **told})
        return
    what = "no longer decided" if school is None else f"decided for {school}"
    typer.echo(f"Child {child} is {what} in {stored.stage} {stored.year}: decision {decided.id}.")
    if decided.is_beyond_seats:
        typer.echo(
            f"School {school} now admits {decided.children} children on {decided.seats} seats.",
            err=True,
        )


@app.command()
def decisions(
    stage: StageOption = None,
    year: YearOption = None,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """List all decisions of officers in their order; the last over a child counts.

    Example: onemap admission decisions --stage primary --year 2026.
    """
    with open_desk(district, stage) as desk:
        found = read_decisions(desk.connection, desk.district, stage=stage, year=year)
        log_reading(desk.connection, desk.district, "decisions of officers", rows=len(found))
    moments = [f"{moment:%Y-%m-%d %H:%M} UTC" for moment in found["decided_at"]]
    is_last = ~found.duplicated(["stage", "year", "child_code"], keep="last")
    table = found.assign(counts=is_last, decided_at=moments).drop(
        columns=["school_id", "school_name_zh", "school_name_en"]
    )
    if as_json:
        code = desk.district.profile.code
        print_json({"district": code, "decisions": list_records(table)})
    else:
        print_table(table.assign(year=table["year"].astype(str)), title="Decisions of officers")


@app.command()
def export(
    out: Annotated[Path, typer.Option("--out", help="File to write, .xlsx or .csv.")],
    run: RunOption = None,
    stage: StageOption = None,
    year: YearOption = None,
    lang: LangOption = None,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the officer's list: every child, what was decided, and from which facts.

    Children bear pseudonyms. Example: onemap admission export --stage primary --out list.xlsx.
    """
    check_table_path(out)
    with open_desk(district, stage) as desk:
        stored = find_stored_run(desk.connection, desk.district, run, stage=stage, year=year)
        found = read_officer_list(
            desk.connection, desk.district, stored, purpose=f"export to {out.name}"
        )
        # Inside the transaction: what is not written was not handed out, and is not logged.
        language = load_language(lang or load_settings().language)
        table = word_list(found, stored, language)
        write_table(table, out, title=f"{stored.stage} {stored.year} run {stored.id}")
    if as_json:
        print_json({**tell_run(stored), "file": str(out), "children": len(table)})
    else:
        typer.echo(f"{len(table)} children of run {stored.id} written to {out}.")
