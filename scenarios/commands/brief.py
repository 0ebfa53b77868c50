"""``onemap brief``: briefing maps on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from gis.access import Role
from gis.database import open_database
from gis.errors import UsageError
from gis.exports.drafts import open_draft
from gis.settings import load_settings
from layers.language import load_language
from scenarios.briefings.order import (
    KINDS,
    PLACES,
    Order,
    check_kind,
    print_briefing,
)
from scenarios.cockpit.state import choose_stage
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    PlanOption,
    StageOption,
    YearOption,
    check_out,
    print_json,
)
from scenarios.district import District, check_choice, find_district, find_place_id, find_plan
from scenarios.enrolment_warning.count import count_plan
from scenarios.school_network.draw import draw_catchments
from scenarios.view import View


def brief(
    kind: Annotated[str, typer.Option("--kind", help=", ".join(KINDS))],
    out: Annotated[Path, typer.Option("--out", help="PDF file to write.")],
    paper: Annotated[str, typer.Option("--paper", help="A3 or A4")] = "A3",
    lang: Annotated[str | None, typer.Option("--lang", help="zh or en")] = None,
    district: DistrictOption = None,
    plan: PlanOption = None,
    stage: StageOption = None,
    year: YearOption = None,
    school: Annotated[str | None, typer.Option("--school", help="School, by code or name.")] = None,
    subdistrict: Annotated[
        str | None, typer.Option("--subdistrict", help="Subdistrict, by code or name.")
    ] = None,
    by: Annotated[str, typer.Option("--by", help="Pages of an atlas: catchment or school")] = (
        "catchment"
    ),
    as_json: JsonOption = False,
) -> None:
    """Print a briefing map as PDF: the finding, the map, what it rests on.

    Example: onemap brief --kind warning --stage primary --year 2027 --out warning.pdf.
    """
    check_kind(kind)
    check_out(out)
    settings = load_settings()
    language = load_language(lang or settings.language)
    with open_database(settings) as database, database.begin(Role.PLANNER) as connection:
        found = find_district(connection, district or settings.district)
        asked = Order(kind, paper, _find_place(connection, found, kind, school, subdistrict), by)
        shown = stage or choose_stage(found.profile)
        chosen = find_plan(connection, found, plan)
        view = View(
            connection, found, chosen, shown, check_choice(found, stage=shown, year=year), language
        )
        draw_catchments(connection, found, chosen)
        count_plan(connection, found, chosen)
        printed = print_briefing(view, asked)
    with open_draft(out) as draft:
        draft.write_bytes(printed.pdf)
    if as_json:
        told = {"kind": kind, "title": printed.title, "findings": printed.findings}
        print_json({"file": str(out), **told, "sheets": printed.sheets, "run": printed.run_id})
    else:
        typer.echo(f"{printed.title}\nSheets written to {out}: {printed.sheets}.")


def _find_place(
    connection: Connection, district: District, kind: str, school: str | None, place: str | None
) -> int | None:
    """Return the id of what a briefing is about, if it is about one thing."""
    if kind not in PLACES:
        return None
    thing = PLACES[kind]
    code = school if thing == "school" else place
    if code is None:
        raise UsageError(
            f"A briefing about a {kind} needs to know which.", mend=f"Add --{thing} with its code."
        )
    return find_place_id(connection, district.id, thing, code)
