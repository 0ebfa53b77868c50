"""``onemap admission``: stored assignments read, explained, decided upon and handed over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from sqlalchemy import Connection

from gis.access import Role
from gis.database import open_database, read_table
from gis.exports.drafts import open_draft
from gis.settings import load_settings
from layers.language import load_language
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    StageOption,
    YearOption,
    list_records,
    print_json,
    print_table,
)
from scenarios.commands.pages import print_sections
from scenarios.district import District, find_district
from scenarios.enrolment_warning.admission.cut_lines import read_cut_lines
from scenarios.enrolment_warning.admission.explain import read_page
from scenarios.enrolment_warning.admission.page_pdf import print_page
from scenarios.enrolment_warning.admission.page_words import word_page
from scenarios.enrolment_warning.admission.records import StoredRun, find_stored_run

app = typer.Typer(help="Read, explain and decide stored assignments.", no_args_is_help=True)

RunOption = Annotated[
    int | None,
    typer.Option("--run", min=1, help="Stored run; default the newest of --stage and --year."),
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
    lang: Annotated[
        Literal["zh", "en"] | None, typer.Option("--lang", help="Default that of the settings.")
    ] = None,
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
        table.rename(columns={"school_name_zh": "school", "seated_with_more": f"with_{more}_more"}),
        title=f"Cut lines of {tell_title(stored)}",
    )


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
