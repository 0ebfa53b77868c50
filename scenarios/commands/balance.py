"""``onemap balance``: whether resources are balanced, where not, and what it would take."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from sqlalchemy import Connection

from catchments.profile import Profile, load_profile
from gis.access import Role
from gis.database import open_database
from gis.errors import RejectedDataError
from gis.settings import load_settings
from layers.language import is_missing
from scenarios.commands.balance_access import access
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    StageOption,
    print_json,
    print_table,
)
from scenarios.district import District, find_district
from scenarios.resource_distribution.analysis import (
    assess_schools,
    assess_variation,
    select_stage,
)
from scenarios.resource_distribution.answer import (
    name_schools,
    sum_needs,
    tell_assessment,
    tell_needs,
    tell_resources,
    tell_rule,
)
from scenarios.resource_distribution.assess import update_needs
from scenarios.resource_distribution.files import SchoolTable, read_schools
from scenarios.resource_distribution.needs import find_needs
from scenarios.resource_distribution.spread import Spread, measure_spread
from scenarios.resource_distribution.stored import (
    read_needs,
    read_outlook,
    read_spread,
    read_stored_results,
)

app = typer.Typer(
    help="Balance of resources between schools (优质均衡): national assessment, what it would take,"
    " inequality, outlook; and seats within reach.",
    invoke_without_command=True,
)
app.command()(access)

SchoolsOption = Annotated[
    Path | None,
    typer.Option(
        "--schools",
        help="CSV of anyone's schools: school, pupils (or pupils_primary, pupils_junior … and"
        " kind), any of the resources; no database needed.",
    ),
]
ResourceOption = Annotated[
    list[str] | None,
    typer.Option("--resource", help="Further column of totals: its variation is told."),
]
ProfileOption = Annotated[
    Path | None, typer.Option("--profile", help="Rules for --schools; default the district's.")
]
_RATIOS = [
    *("variation", "limit", "gini", "theil", "theil_subdistricts", "theil_urban", "p"),
    *("moran", "moran_expected", "moran_p"),
]
_NAMES = ["school_code", "school_name_zh", "school_name_en"]


@app.callback()
def assess(
    context: typer.Context,
    schools: SchoolsOption = None,
    stage: StageOption = None,
    resource: ResourceOption = None,
    profile: ProfileOption = None,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Assess schools and district by the national standard: of a file, or as stored.

    Example: onemap balance --schools schools.csv --stage primary --json.
    """
    if context.invoked_subcommand is not None:
        return
    if schools is not None:
        rules, table = _read_file(schools, profile, district, stage, resource)
        told = _assess_file(table, rules)
        told = {"source": str(schools), "stage": stage, **told}
    else:
        with _open(district) as (connection, found):
            told = _tell_stored(connection, found, stage)
    if as_json:
        print_json(told)
        return
    for words in (told["verdict"]["words"]["en"], *told["verdict"]["reasons"]["en"]):
        typer.echo(words)
    shown = ["stage", "indicator", "standard", "mean", "met", "near", "failed", "missing"]
    table_of = pd.DataFrame(told["indicators"])
    if len(table_of):
        columns = [*shown, "variation", "limit", "within_limit"]
        print_table(_write_ratios(table_of[columns]), title="Indicators")
    if told.get("resources"):
        print_table(
            _write_ratios(pd.DataFrame(told["resources"])), title="Resources without a standard"
        )


@app.command()
def needs(
    schools: SchoolsOption = None,
    stage: StageOption = None,
    profile: ProfileOption = None,
    district: DistrictOption = None,
    time_limit_s: Annotated[
        float | None, typer.Option("--time-limit", help="Seconds of search; default the profile's.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Find the least additions with which every school and the district pass, by school.

    Example: onemap balance needs --json.
    """
    if schools is not None:
        rules, table = _read_file(schools, profile, district, stage, None)
        found = find_needs(table.facts, rules.balance, time_limit_s=time_limit_s)
        names = pd.DataFrame({"school": table.names})
        told = {"source": str(schools), "stage": stage, "rule": tell_rule(rules.balance)}
        told |= tell_needs(found, rules.balance, names)
    else:
        with _open(district) as (connection, where):
            update_needs(connection, where, time_limit_s=time_limit_s)
            told = _tell_stored_needs(connection, where)
    if as_json:
        print_json(told)
        return
    print_table(pd.DataFrame(told["resources"]), title="Least additions, by resource")
    print_table(pd.DataFrame(told["additions"]), title="Least additions, by school")
    typer.echo(
        f"{told['cost_yuan']:,.0f} yuan by the weights of the profile; at most"
        f" {told['gap_pct']:.2f} % above the least possible."
    )


@app.command()
def inequality(
    schools: SchoolsOption = None,
    stage: StageOption = None,
    profile: ProfileOption = None,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell Gini, Theil within and between areas, and where like schools lie by like (Moran).

    Example: onemap balance inequality --stage primary --json.
    """
    if schools is not None:
        rules, table = _read_file(schools, profile, district, stage, None)
        spread = measure_spread(
            assess_schools(table.facts, rules.balance), table.places, rules.balance
        )
        told = {"source": str(schools), **_tell_rules(rules), **_tell_spread(spread, table)}
    else:
        with _open(district) as (connection, found):
            read = read_spread(connection, found)
            told = {**_describe(found), **_tell_rules(found.profile)}
        for name, rows in read.items():
            told[name] = rows if stage is None else rows[rows["stage"] == stage]
        told["groups"] = told["groups"].drop(columns="subdistrict_id")
        told["spots"] = told["spots"].drop(columns="school_id")
    if as_json:
        print_json(told)
        return
    title = "Inequality between schools, weighted by pupils"
    print_table(_write_ratios(told["inequality"]), title=title)
    clusters = told["spots"][told["spots"]["cluster"] != "none"]
    print_table(_write_ratios(clusters), title="Schools among others like or unlike them")


@app.command()
def outlook(
    stage: StageOption = None, district: DistrictOption = None, as_json: JsonOption = False
) -> None:
    """Tell the years behind and ahead, and which limits were or will be crossed, and when.

    Example: onemap balance outlook --stage junior --json.
    """
    with _open(district) as (connection, found):
        told: dict[str, Any] = _describe(found)
        for name, rows in read_outlook(connection, found).items():
            told[name] = rows if stage is None else rows[rows["stage"] == stage]
    told["warnings"] = told["warnings"].drop(columns="school_id")
    if as_json:
        print_json(told)
        return
    print_table(told["standings"], title="Schools that pass")
    shown = ["year", "level", "stage", "school_code", "school_name_zh", "indicator"]
    print_table(told["warnings"][[*shown, "value", "limit"]], title="Limits crossed")


def _write_ratios(frame: pd.DataFrame) -> pd.DataFrame:
    """Write numbers about one with the three decimals that they are read by."""
    ratios = [name for name in _RATIOS if name in frame]
    told = frame.copy()
    for name in ratios:
        told[name] = [None if is_missing(v) else f"{v:.3f}" for v in frame[name]]
    return told


@contextmanager
def _open(district: str | None) -> Iterator[tuple[Connection, District]]:
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.PLANNER) as connection:
        yield connection, find_district(connection, district or settings.district)


def _read_file(
    schools: Path,
    profile: Path | None,
    district: str | None,
    stage: str | None,
    resource: list[str] | None,
) -> tuple[Profile, SchoolTable]:
    settings = load_settings()
    path = profile or settings.districts / (district or settings.district) / "profile.toml"
    rules = load_profile(path)
    table = read_schools(schools, rules, stage=stage, resources=tuple(resource or ()))
    if stage is not None:
        only = {"balance": select_stage(rules.balance, stage)}
        rules = rules.model_copy(update=only)
    return rules, table


def _assess_file(table: SchoolTable, rules: Profile) -> dict[str, Any]:
    results = assess_schools(table.facts, rules.balance)
    variations = assess_variation(results, rules.balance)
    names = pd.DataFrame({"school": table.names})
    told = tell_assessment(results, variations, rules, names)
    without = table.facts.groupby("school_id")["pupils"].sum() == 0
    return {
        **told,
        "resources": tell_resources(table.facts, table.resources, rules.balance),
        "not_judged": [table.names[place] for place in without.index[without]],
        "ignored_columns": list(table.ignored),
    }


def _tell_stored(connection: Connection, district: District, stage: str | None) -> dict[str, Any]:
    results, variations = read_stored_results(connection, district)
    if stage is not None:
        district.profile.get_stage(stage)
        results = results[results["stage"] == stage]
        variations = variations[variations["stage"] == stage]
    names = results.drop_duplicates("school_id").set_index("school_id")[
        [*_NAMES, "subdistrict_name_zh", "urban"]
    ]
    told = {
        **_describe(district),
        "stage": stage,
        "run": int(results["run_id"].iloc[0]) if len(results) else None,
        "year": int(results["year"].iloc[0]) if len(results) else None,
        **tell_assessment(results, variations, district.profile, names),
    }
    warnings = read_outlook(connection, district)["warnings"].drop(columns="school_id")
    if stage is not None:
        warnings = warnings[warnings["stage"] == stage]
    return {**told, "warnings": warnings[warnings["level"] != "none"]}


def _tell_stored_needs(connection: Connection, district: District) -> dict[str, Any]:
    stored = read_needs(connection, district)
    if stored is None:
        raise RejectedDataError(
            f"District {district.profile.code} reports no resources.",
            mend="Load pupils by grade and the yearly resource facts of schools first.",
        )
    told = stored.solution
    return {
        **_describe(district),
        "run": stored.run_id,
        "year": int(told["year"]),
        "rule": tell_rule(district.profile.balance),
        "cost_yuan": float(told["cost_yuan"]),
        "least_cost_yuan": float(told["least_cost_yuan"]),
        "gap_pct": round(stored.gap_pct, 4),
        "schools_only_yuan": float(told["schools_only_yuan"]),
        "variation_within_limits": bool(told["is_even"]),
        "cannot_be_said": int(told["unknown"]),
        "resources": sum_needs(stored.additions, district.profile.balance),
        "additions": stored.additions.drop(columns="school_id"),
        "waived": stored.waived.drop(columns="school_id"),
    }


def _tell_spread(spread: Spread, table: SchoolTable) -> dict[str, Any]:
    names = pd.DataFrame({"school": table.names})
    return {
        "inequality": spread.inequality,
        "groups": spread.groups,
        "spots": pd.DataFrame(
            name_schools(spread.spots, names),
            columns=["school", *(name for name in spread.spots if name != "school_id")],
        ),
    }


def _tell_rules(profile: Profile) -> dict[str, Any]:
    return {"rules": profile.balance.spread.model_dump()}


def _describe(district: District) -> dict[str, Any]:
    profile = district.profile
    return {
        "district": profile.code,
        "data_date": profile.data_date,
        "synthetic": profile.synthetic,
    }
