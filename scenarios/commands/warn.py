"""``onemap warn``: warnings years ahead, of a selected area, what clears them, and their life."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from gis.access import Role
from gis.errors import UsageError
from gis.selected_areas import PICKS, Part, find_parts, parse_circle, read_file_parts
from scenarios.answers import Subject, answer_area, answer_warnings
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    PlanOption,
    StageOption,
    YearOption,
    print_json,
    print_table,
)
from scenarios.commands.warn_life import Asked, open_counted
from scenarios.commands.warn_life import app as life
from scenarios.enrolment_warning.area import (
    HORIZON,
    AreaAsked,
    locate_parts,
)
from scenarios.enrolment_warning.clear import read_clearing
from scenarios.records import list_records

app = typer.Typer(
    help="Warn of missing seats: by catchment, of an area, years ahead; and keep the log.",
    invoke_without_command=True,
)

HorizonOption = Annotated[
    int | None,
    typer.Option("--horizon", min=1, max=30, help="Years in all; beyond the registers forecast."),
]
_LONGEST_TABLE = 40
app.add_typer(life)


@app.callback()
def warn(
    context: typer.Context,
    area: Annotated[
        list[Path] | None, typer.Option("--area", help="File of polygons that states its CRS.")
    ] = None,
    subdistrict: Annotated[
        list[str] | None, typer.Option("--subdistrict", help="Name or code; may be repeated.")
    ] = None,
    community: Annotated[
        list[str] | None, typer.Option("--community", help="Name or code; may be repeated.")
    ] = None,
    catchment: Annotated[
        list[str] | None,
        typer.Option("--catchment", help="Name or code of a school; may be repeated."),
    ] = None,
    circle: Annotated[
        list[str] | None, typer.Option("--circle", help="LON,LAT,RADIUS_M; may be repeated.")
    ] = None,
    clear: Annotated[
        bool, typer.Option("--clear", help="What clears the red of one --catchment, and its cost.")
    ] = False,
    stage: StageOption = None,
    year: YearOption = None,
    horizon: HorizonOption = None,
    plan: PlanOption = None,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Warn of missing seats: every catchment; or one selected area, united of all that is named.

    Example: onemap warn --subdistrict 梧田街道 --stage primary --year 2027 --horizon 10 --json.
    """
    if context.invoked_subcommand is not None:
        return
    asked = Asked(district, plan, stage, year, horizon, as_json)
    named = {"subdistrict": subdistrict, "community": community, "catchment": catchment}
    drawn = _read_parts(area, circle)
    if clear:
        if drawn or len(catchment or []) != 1 or subdistrict or community:
            raise UsageError(
                "What clears a red is told of one catchment.", mend="Give one --catchment."
            )
        _tell_clearing(asked, (catchment or [""])[0])
    elif drawn or any(named.values()):
        _tell_area(asked, drawn, named)
    else:
        _tell_all(asked)


def _read_parts(area: list[Path] | None, circle: list[str] | None) -> list[Part]:
    parts = [part for path in area or [] for part in read_file_parts(path)]
    return parts + [parse_circle(text) for text in circle or []]


def _tell_all(asked: Asked) -> None:
    with open_counted(asked) as counted, counted.database.begin(Role.PLANNER) as connection:
        subject = Subject(counted.district, counted.plan, counted.year, asked.stage)
        told = answer_warnings(
            connection, subject, horizon=asked.horizon, only_year=asked.year is not None
        )
    if asked.as_json:
        print_json(told)
        return
    print_table(told["years"].astype({"year": str}), title=_title(told))
    columns = ["stage", "year", "school_code", "school_name_zh", "counted_children", "seats"]
    columns += ["shortfall_seats", "ratio_pct", "warning", "red_chance", "basis"]
    shown = told["warnings"][columns].astype({"year": str})
    print_table(shown.head(_LONGEST_TABLE), title="Warnings")
    if len(shown) > _LONGEST_TABLE:
        typer.echo(f"{len(shown) - _LONGEST_TABLE} more: narrow by --stage and --year, or --json.")
    for code, states in told["states"].items():
        sums = ((name, number) for name, number in states.items() if name != "schools")
        typer.echo(f"{code}: " + "  ".join(f"{name} {number}" for name, number in sums))


def _title(head: dict[str, Any]) -> str:
    return " ".join(str(head[name]) for name in ("district", "plan", "stage", "year") if head[name])


def _tell_area(asked: Asked, drawn: list[Part], named: dict[str, list[str] | None]) -> None:
    with open_counted(asked) as counted, counted.database.begin(Role.PLANNER) as connection:
        found, chosen, told = counted.district, counted.plan, counted.year
        code = asked.stage or found.profile.list_catchment_stages()[0].code
        where, parts = locate_parts(found, chosen, code), list(drawn)
        for kind in PICKS:
            parts += find_parts(connection, where, kind, named[kind] or [])
        area = AreaAsked(tuple(parts), code, told, asked.horizon or HORIZON)
        subject = Subject(found, chosen, told, code)
        answer = answer_area(connection, subject, area)
    if asked.as_json:
        print_json(answer)
        return
    print_table(answer["years"].astype({"year": str}), title=f"{_title(answer)}: missing seats")
    print_table(answer["schools_by_type"], title="Schools inside")
    print_table(answer["children_by_age"], title="Children by age")
    if answer["batch_run"] is None:
        typer.echo(f"No assignment of {code} {told} is stored: nothing tells the batches.")
    else:
        batches = answer["children_by_batch"]
        print_table(batches, title=f"Children by batch, run {answer['batch_run']}")
    crossing = answer["crossing"].drop(columns=["school_id", "school_name_en"])
    print_table(crossing, title=f"Who crosses the edge in {told}")


def _tell_clearing(asked: Asked, name: str) -> None:
    with open_counted(asked) as counted:
        found, chosen = counted.district, counted.plan
        code = asked.stage or found.profile.list_catchment_stages()[0].code
        with counted.database.begin(Role.PLANNER) as connection:
            part = find_parts(connection, locate_parts(found, chosen, code), "catchment", [name])[0]
        clearing = read_clearing(
            counted.database,
            found,
            chosen,
            code,
            counted.year,
            int(part.id or 0),
            horizon=asked.horizon,
        )
    head = Subject(found, chosen, counted.year, code).build_head()
    if asked.as_json:
        print_json(
            {
                **head,
                "school": part.name,
                "is_red": clearing.is_red,
                "needed_seats": clearing.needed_seats,
                "first_red_year": clearing.first_red_year,
                "cleared_by_projects_in": clearing.cleared_year,
                "years": list_records(clearing.years),
                "projects": list_records(clearing.projects),
                "measures": [asdict(one) for one in clearing.measures],
            }
        )
        return
    print_table(clearing.years.astype({"year": str}), title=f"{_title(head)} {part.name}")
    print_table(clearing.projects.astype({"opens_year": str}), title="Projects")
    measures = pd.DataFrame(
        [
            {"measure": one.kind, "cost_yuan": one.cost_yuan, "obstacle": one.obstacle,
             "seats": one.seats, "children": one.children}
            for one in clearing.measures
        ]
    )  # fmt: skip
    print_table(measures, title=f"What clears it: {clearing.needed_seats} seats are needed")
