"""``onemap warn list``, ``log``, ``acknowledge``, ``measure``, ``expect``: the life of warnings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Annotated

import typer

from gis.access import Role
from gis.database import Database, open_database
from gis.settings import load_settings
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    PlanOption,
    StageOption,
    YearOption,
    print_json,
    print_table,
)
from scenarios.district import District, Plan, check_choice, find_district, find_plan
from scenarios.enrolment_warning.count import count_children, count_plan
from scenarios.enrolment_warning.life import (
    ACKNOWLEDGED,
    EXPECTED,
    MEASURE,
    Entry,
    enter_event,
    read_log,
    read_warnings,
)
from scenarios.records import list_records
from scenarios.school_network.draw import draw_catchments

app = typer.Typer()

SchoolArgument = Annotated[
    str, typer.Argument(help="Code of the school of the catchment.", show_default=False)
]
ByOption = Annotated[str, typer.Option("--by", help="Name of the officer.")]
EntryStage = Annotated[str, typer.Option("--stage", help="Stage of education.")]
EntryYear = Annotated[int, typer.Option("--year", help="Year of the warning.")]


@dataclass(frozen=True)
class Asked:
    """What a command asks for; what is None follows from the settings and the profile."""

    district: str | None
    plan: str | None
    stage: str | None
    year: int | None
    horizon: int | None = None
    as_json: bool = False


@dataclass(frozen=True)
class Counted:
    """A district whose children are counted under a plan, and the year asked for."""

    database: Database
    district: District
    plan: Plan
    year: int


@contextmanager
def open_counted(asked: Asked) -> Iterator[Counted]:
    """Open the database with the counts of the plan brought up to date.

    Raises
    ------
    UsageError
        When the district, plan, stage or year does not exist.
    """
    settings = load_settings()
    with open_database(settings) as database:
        with database.begin(Role.OFFICER) as connection:
            district = find_district(connection, asked.district or settings.district)
            year = check_choice(district, stage=asked.stage, year=asked.year)
            count_children(connection, district)
        with database.begin(Role.PLANNER) as connection:
            plan = find_plan(connection, district, asked.plan)
            draw_catchments(connection, district, plan)
            count_plan(connection, district, plan)
        yield Counted(database, district, plan, year)


@app.command("list")
def list_warnings(
    stage: StageOption = None,
    year: YearOption = None,
    open_only: Annotated[
        bool, typer.Option("--open", help="Leave out those that are cleared.")
    ] = False,
    plan: PlanOption = None,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the warnings that were raised, and how they stand.

    Example: onemap warn list --stage primary --open --json.
    """
    asked = Asked(district, plan, stage, year)
    with open_counted(asked) as counted, counted.database.begin(Role.PLANNER) as connection:
        found, chosen = counted.district, counted.plan
        known = read_warnings(connection, found, chosen, stage=stage, year=year)
    shown = known[known["level"] != "none"] if open_only else known
    if as_json:
        head = {"district": found.profile.code, "plan": chosen.code}
        print_json({**head, "warnings": list_records(shown)})
        return
    columns = ["stage", "year", "school_code", "school_name_zh", "level", "state"]
    columns += ["acknowledged_by", "measure", "expected_year"]
    table = shown[columns].astype({"year": str})
    print_table(table, title=f"Warnings of {found.profile.code} {chosen.code}")


@app.command()
def log(
    school: Annotated[str | None, typer.Argument(help="Code of a school; default all.")] = None,
    stage: StageOption = None,
    year: YearOption = None,
    plan: PlanOption = None,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what happened to warnings, in order. Example: onemap warn log 2133040005 --json."""
    asked = Asked(district, plan, stage, year)
    with open_counted(asked) as counted, counted.database.begin(Role.PLANNER) as connection:
        found, chosen = counted.district, counted.plan
        known = read_warnings(connection, found, chosen, stage=stage, year=year, school_code=school)
        events = read_log(connection, [int(one) for one in known["id"]])
    if as_json:
        head = {"district": found.profile.code, "plan": chosen.code}
        print_json({**head, "events": list_records(events)})
        return
    moments = [f"{moment:%Y-%m-%d %H:%M} UTC" for moment in events["at"]]
    table = events.assign(at=moments, year=events["year"].astype(str))
    print_table(table.drop(columns=["id", "warning_id", "run_id"]), title="What happened")


@app.command()
def acknowledge(
    school: SchoolArgument,
    by: ByOption,
    stage: EntryStage,
    year: EntryYear,
    text: Annotated[str, typer.Option("--text", help="A note.")] = "",
    plan: PlanOption = None,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Acknowledge a warning.

    Example: onemap warn acknowledge 2133040005 --stage primary --year 2027 --by 王老师.
    """
    _enter(
        Asked(district, plan, stage, year, as_json=as_json), school, Entry(ACKNOWLEDGED, by, text)
    )


@app.command()
def measure(
    school: SchoolArgument,
    by: ByOption,
    stage: EntryStage,
    year: EntryYear,
    text: Annotated[str, typer.Option("--text", help="What is done.")],
    expected: Annotated[
        int | None, typer.Option("--expected", help="Year from which it is expected to clear.")
    ] = None,
    plan: PlanOption = None,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enter what is done about a warning.

    Example: onemap warn measure 2133040005 --stage primary --year 2027 --by 王老师 --text 增设一班.
    """
    _enter(
        Asked(district, plan, stage, year, as_json=as_json),
        school,
        Entry(MEASURE, by, text, expected),
    )


@app.command()
def expect(
    school: SchoolArgument,
    by: ByOption,
    stage: EntryStage,
    year: EntryYear,
    expected: Annotated[int, typer.Option("--expected", help="Year from which it clears.")],
    text: Annotated[str, typer.Option("--text", help="Why.")] = "",
    plan: PlanOption = None,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enter from which year a warning is expected to be cleared."""
    _enter(
        Asked(district, plan, stage, year, as_json=as_json),
        school,
        Entry(EXPECTED, by, text, expected),
    )


def _enter(asked: Asked, school: str, entry: Entry) -> None:
    stage, year = str(asked.stage), int(asked.year or 0)
    with open_counted(asked) as counted, counted.database.begin(Role.PLANNER) as connection:
        found, chosen = counted.district, counted.plan
        event = enter_event(connection, found, chosen, (stage, school, year), entry)
    told = {"district": found.profile.code, "plan": chosen.code, "event": event, **asdict(entry)}
    if asked.as_json:
        print_json({**told, "school": school, "stage": stage, "year": year})
        return
    typer.echo(f"Warning {stage} {year} of school {school}: {entry.kind}, event {event}.")
