"""``onemap growth``: levels of growth by district, school and class, and how they changed."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from catchments.growth.levels import name_levels, rate_pupils, select_records
from catchments.growth.rule_files import load_growth_rules
from catchments.growth.rules import OVERALL
from gis.access import Role
from gis.database import open_database, read_bulk, read_table
from gis.errors import UsageError
from gis.settings import load_settings
from scenarios.access import log_reading
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    StageOption,
    YearOption,
    print_json,
    print_table,
)
from scenarios.district import District, find_district, find_place_id
from scenarios.records import list_records
from scenarios.student_growth.growth import (
    Growth,
    check_domain,
    need_growth,
    select_places,
    share_levels,
)
from scenarios.student_growth.rate import list_rated_years, read_growth_rules

app = typer.Typer(help="Growth of pupils in five domains.")


class Place(StrEnum):
    """Whose pupils are told together."""

    district = "district"
    school = "school"
    class_ = "class"


@app.callback(invoke_without_command=True)
def growth(
    context: typer.Context,
    by: Annotated[Place, typer.Option("--by", help="district, school or class")] = Place.district,
    school: Annotated[
        str | None, typer.Option("--school", help="Code of the school, with --by class.")
    ] = None,
    domain: Annotated[
        str | None,
        typer.Option("--domain", help="Domain of growth; default overall, the growth grade."),
    ] = None,
    stage: StageOption = None,
    year: YearOption = None,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell levels of growth and their change; small cells are hidden, nobody is named.

    Example: onemap growth --by school --domain labour --stage primary --json.
    """
    if context.invoked_subcommand is not None:
        return
    if (school is None) == (by is Place.class_):
        raise UsageError("Classes are told of one school.", mend="Give --by class and --school.")
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.LEADER) as connection:
        found = find_district(connection, district or settings.district)
        if stage is not None:
            found.profile.get_stage(stage)
        school_id = (
            None if school is None else find_place_id(connection, found.id, "school", school)
        )
        told = need_growth(connection, found, stage=stage, school_id=school_id)
    answer = _tell(found, told, check_domain(told, domain), by, year)
    if as_json:
        print_json(answer)
        return
    print_table(answer["levels"], title=f"{found.profile.code} {answer['year']}: share in per cent")
    print_table(answer["changes"], title="Rose less fell, per cent of pupils")


def _tell(
    district: District, told: Growth, domain: str, by: Place, year: int | None
) -> dict[str, Any]:
    """Put the answer together: levels, changes and, of the whole district, transitions."""
    chosen = told.years[-1] if year is None else year
    if chosen not in told.years:
        raise UsageError(
            f"School year {chosen} is not rated.",
            mend=f"Use one of {', '.join(map(str, told.years))}.",
        )
    counts = select_places(told.counts, by.value)
    counts = counts[(counts["domain"] == domain) & (counts["year"] == chosen)]
    levels = pd.concat(
        [
            share_levels(part, told.rules, domain).assign(stage=code)
            for code, part in counts.groupby("stage", sort=False)
        ]
        or [pd.DataFrame()]
    )
    changes = select_places(told.changes, by.value)
    changes = changes[changes["domain"] == domain]
    transitions = told.transitions[told.transitions["domain"] == domain]
    names = ["school_id", "school_name_en"]
    profile = district.profile
    return {
        "district": profile.code,
        "by": by.value,
        "domain": domain,
        "year": chosen,
        "years": told.years,
        "run": told.run_id,
        "rules": told.rules.code,
        "rules_version": told.rules.version,
        "data_date": profile.data_date,
        "synthetic": profile.synthetic,
        "minimum_cell": profile.minimum_cell,
        "levels": _trim(levels, names, by),
        "changes": _trim(changes, names, by),
        **({"transitions": list_records(transitions)} if by is Place.district else {}),
    }


def _trim(table: pd.DataFrame, names: list[str], by: Place) -> pd.DataFrame:
    """Leave out the columns that say nothing of these places."""
    more = {
        Place.district: ["school_code", "school_name_zh", "grade", "class_number"],
        Place.school: ["grade", "class_number"],
        Place.class_: [],
    }
    return table.drop(columns=[*names, *more[by]], errors="ignore").reset_index(drop=True)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="Rule file.", show_default=False)],
    as_json: JsonOption = False,
) -> None:
    """Check a rule file of student growth; every fault is told with its line.

    Example: onemap growth check data/districts/ouhai/growth.yaml.
    """
    rules = load_growth_rules(file)
    told = {
        "file": str(file),
        "code": rules.code,
        "version": rules.version,
        "domains": [domain.code for domain in rules.domains],
        "levels": [level.code for level in rules.levels],
        "events": [event.code for event in rules.events],
    }
    if as_json:
        print_json(told)
    else:
        typer.echo(f"{rules.code}: {len(rules.domains)} domains, {len(rules.events)} events. Fine.")


@app.command()
def pupils(
    school: Annotated[str, typer.Option("--school", help="Code of the school.")],
    class_number: Annotated[
        int | None, typer.Option("--class", help="Number of the class.")
    ] = None,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the levels of the pupils of a school by pseudonym; for officers, and logged.

    Example: onemap growth pupils --school 2133040006 --class 2 --json.
    """
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.OFFICER) as connection:
        found = find_district(connection, district or settings.district)
        find_place_id(connection, found.id, "school", school)
        rules = read_growth_rules(connection, found)
        if rules is None:
            raise UsageError(
                f"District {found.profile.code} has no rules of growth.",
                mend="Name a rule file in its profile and load it again.",
            )
        who = read_table(
            connection,
            "growth_class_pupils",
            district_id=found.id,
            school_code=school,
            class_number=class_number,
        )
        asked = {"district_id": found.id, "pupil_ids": who["pupil_id"].tolist()}
        records = read_bulk(connection, "growth_records", **asked)
        log_reading(connection, found, f"growth of pupils of {school}", rows=len(who))
    counted = select_records(records, rules)
    years = list_rated_years(counted["year"], found.profile.data_date, rules)
    rated = rate_pupils(counted, rules, pd.Index(who["pupil_id"]), years)
    table = _spread_pupils(rated, who, rules)
    if as_json:
        print_json({"district": found.profile.code, "school": school, "pupils": table})
    else:
        print_table(table, title=f"Pupils of {school}, by pseudonym")


def _spread_pupils(rated: pd.DataFrame, who: pd.DataFrame, rules: Any) -> pd.DataFrame:
    """Set the levels of each pupil and year side by side, the growth grade last."""
    parts = [
        part.assign(level=name_levels(part["level"], str(domain), rules))
        for domain, part in rated.groupby("domain", sort=False)
    ]
    if not parts:
        return who.drop(columns="pupil_id")
    named = pd.concat(parts)
    wide = named.pivot_table(
        index=["pupil_id", "year"], columns="domain", values="level", aggfunc="first", sort=False
    ).reset_index()
    domains = [domain.code for domain in rules.domains]
    told = who.merge(wide, on="pupil_id").drop(columns="pupil_id")
    return told[[*who.columns.drop("pupil_id"), "year", *domains, OVERALL]]
