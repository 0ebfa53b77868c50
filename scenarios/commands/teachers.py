"""``onemap teachers``: who teaches, what is short, what years bring, who could change school."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from catchments.profile import Profile
from catchments.teacher_rules import Rotation
from gis.access import Role
from gis.database import open_database
from gis.errors import UsageError
from gis.exports.drafts import open_draft
from gis.settings import load_settings
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    StageOption,
    YearOption,
    check_out,
    print_json,
    print_table,
)
from scenarios.district import District, find_district
from scenarios.teacher_analysis.answer import (
    GROUPS,
    answer_outlook,
    answer_shortage,
    answer_teachers,
)
from scenarios.teacher_analysis.rotate import Rotated, rotate_teachers

app = typer.Typer(help="Teachers: heads, subjects, years ahead, exchange between schools.")

SubjectOption = Annotated[
    str | None, typer.Option("--subject", help="Subject of the lesson plan; default all.")
]


@app.callback(invoke_without_command=True)
def tell(
    context: typer.Context,
    by: Annotated[str, typer.Option("--by", help=", ".join(GROUPS))] = "subject",
    year: YearOption = None,
    district: DistrictOption = None,
    stage: StageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell who teaches and how far the lesson plan is covered, by subject, school or subdistrict.

    Posts may be asked for a year ahead; heads are those of today.
    Example: onemap teachers --by subdistrict --stage primary --json.
    """
    if context.invoked_subcommand is not None:
        return
    if by not in GROUPS:
        raise UsageError(f"Teachers are not told by '{by}'.", mend=f"Use {', '.join(GROUPS)}.")
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.PLANNER) as connection:
        found = _find(connection, district or settings.district, stage)
        answer = answer_teachers(connection, found, stage=stage, by=by, year=year)  # type: ignore[arg-type]
    if as_json:
        print_json(answer)
        return
    _print_table(answer, "groups")


@app.command()
def shortage(
    district: DistrictOption = None,
    stage: StageOption = None,
    subject: SubjectOption = None,
    year: YearOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell which subjects are short at which schools.

    Example: onemap teachers shortage --stage primary --subject science --json.
    """
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.PLANNER) as connection:
        found = _find(connection, district or settings.district, stage, subject)
        answer = answer_shortage(connection, found, stage=stage, subject=subject, year=year)
    if as_json:
        print_json(answer)
        return
    _print_table(answer, "subjects")
    _print_table(answer, "schools")


@app.command()
def forecast(
    district: DistrictOption = None,
    stage: StageOption = None,
    subject: SubjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell the posts that the forecast of pupils needs, and those still filled after retirement.

    Example: onemap teachers forecast --stage junior --json.
    """
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.PLANNER) as connection:
        found = _find(connection, district or settings.district, stage, subject)
        answer = answer_outlook(connection, found, stage=stage, subject=subject)
    if as_json:
        print_json(answer)
        return
    _print_table(answer, "years")


@app.command()
def rotate(
    limit_m: Annotated[
        float | None,
        typer.Option("--limit-m", help="Longest way between two schools; default the profile's."),
    ] = None,
    way: Annotated[str | None, typer.Option("--way", help="driving or walking")] = None,
    least_years: Annotated[
        float | None, typer.Option("--least-years", help="Years at the school before a move.")
    ] = None,
    rows: Annotated[
        Path | None,
        typer.Option("--rows", help="CSV of those who may be asked, by pseudonym; for officers."),
    ] = None,
    district: DistrictOption = None,
    stage: StageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Propose the fewest moves between schools that clear what is missing; proven to be the best.

    Example: onemap teachers rotate --limit-m 5000 --stage primary --json.
    """
    check_out(rows)
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.OFFICER) as connection:
        found = _find(connection, district or settings.district, stage)
        rule = _choose_rule(found.profile, limit_m, way, least_years)
        told = rotate_teachers(connection, found, rule, stage=stage)
    if rows is not None:
        with open_draft(rows) as draft:
            told.candidates.to_csv(draft, index=False, encoding="utf-8-sig")
    answer = _describe(found, told, rule, stage)
    if as_json:
        print_json(answer)
        return
    _print_table(answer, "subjects")
    _print_table(answer, "moves")


def _find(connection: Any, code: str, stage: str | None, subject: str | None = None) -> District:
    """Find the district and refuse a stage or a subject that it does not know."""
    found = find_district(connection, code)
    if stage is not None:
        found.profile.get_stage(stage)
    known = [one.code for one in found.profile.teachers.subjects]
    if subject is not None and subject not in known:
        raise UsageError(
            f"District {found.profile.code} has no subject '{subject}'.",
            mend=f"Use one of {', '.join(known) or 'none: the profile names no subjects'}.",
        )
    return found


def _choose_rule(
    profile: Profile, limit_m: float | None, way: str | None, least_years: float | None
) -> Rotation:
    asked = {"limit_m": limit_m, "way": way, "least_years_at_school": least_years}
    changes = {name: value for name, value in asked.items() if value is not None}
    wrong = [name for name in ("limit_m", "least_years_at_school") if changes.get(name, 1) < 0]  # type: ignore[operator]
    if wrong or way not in (None, "driving", "walking"):
        raise UsageError(
            "The rules of the exchange are wrong.",
            mend="Give a limit and years above zero, and driving or walking as the way.",
        )
    return profile.teachers.rotation.model_copy(update=changes)


def _describe(
    district: District, told: Rotated, rule: Rotation, stage: str | None
) -> dict[str, Any]:
    profile = district.profile
    return {
        "district": profile.code,
        "stage": stage,
        "year": told.year,
        "data_date": profile.data_date,
        "synthetic": profile.synthetic,
        "rules": rule.model_dump(),
        "missing_posts": int(told.subjects["missing_posts"].sum()),
        "cleared_posts": int(told.subjects["cleared_posts"].sum()),
        "is_optimal": bool(told.subjects["is_optimal"].all()),
        "subjects": told.subjects,
        "moves": told.moves,
    }


def _print_table(answer: dict[str, Any], name: str) -> None:
    print_table(answer[name], title=f"{answer['district']} {answer['year']}: {name}")
