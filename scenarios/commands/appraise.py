"""``onemap appraise``: the yearly appraisal of schools, and schemes checked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from catchments.appraisal.scheme import WHOLE, Scheme
from catchments.appraisal.scheme_files import load_scheme
from gis.access import Role
from gis.database import open_database
from gis.errors import UsageError
from gis.settings import load_settings
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    YearOption,
    print_json,
    print_table,
)
from scenarios.district import District, find_district
from scenarios.records import list_records
from scenarios.school_development.facts import FACTS
from scenarios.school_development.told import ToldAppraisal, read_told, try_scheme

app = typer.Typer(help="Appraise schools by a scheme, with how firm each rank is.")

FileArgument = Annotated[Path, typer.Argument(help="Scheme file (YAML).", show_default=False)]
SchemeOption = Annotated[
    Path | None,
    typer.Option("--scheme", help="Try the scheme of a file; by default the stored result."),
]
_RANKING = [
    *("school_code", "school_name_zh", "school_name_en", "kind", "school_group", "score"),
    *("known_pct", "change_points", "course", "rank", "ranked", "stays_pct"),
    *("rank_low", "rank_high"),
]
_SHOWN = ["school_name_zh", "school_group", "score", "change_points", "rank", "rank_low"]


@app.callback(invoke_without_command=True)
def appraise(
    context: typer.Context,
    district: DistrictOption = None,
    year: YearOption = None,
    scheme: SchemeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell scores, ranks with their intervals, peers, strengths and weaknesses of schools.

    Example: onemap appraise --year 2025 --json; onemap appraise check FILE.
    """
    if context.invoked_subcommand is not None:
        return
    settings = load_settings()
    tried = None if scheme is None else load_scheme(scheme, FACTS)
    with open_database(settings) as database, database.begin(Role.PLANNER) as connection:
        found = find_district(connection, district or settings.district)
        told = read_told(connection, found) if tried is None else None
        if tried is not None:
            told = try_scheme(connection, found, tried)
    if told is None:
        raise UsageError(
            f"The schools of district {found.profile.code} have not been appraised.",
            mend="Load datasets appraisal_scheme and appraisal_score with it.",
        )
    chosen = told.check_year(year)
    if as_json:
        print_json(answer_appraisal(found, told, chosen))
        return
    ranking = told.list_ranking(chosen)[[*_SHOWN, "rank_high", "stays_pct"]]
    print_table(ranking, title=f"{told.scheme.name_zh} {chosen}")


@app.command()
def check(file: FileArgument, as_json: JsonOption = False) -> None:
    """Check a scheme file: every fault with its line.

    Example: onemap appraise check data/districts/ouhai/appraisal_2026.yaml.
    """
    scheme = load_scheme(file, FACTS)
    indicators = _list_indicators(scheme)
    if as_json:
        head = {"file": str(file), "valid": True, **_describe_scheme(scheme)}
        print_json({**head, "indicators": indicators})
        return
    print_table(pd.DataFrame(indicators), title=f"{scheme.name_zh} {scheme.year}")
    typer.echo(f"The scheme is sound. Version {scheme.version}.")


def answer_appraisal(district: District, told: ToldAppraisal, year: int) -> dict[str, Any]:
    """Answer how the schools of a year were appraised, school by school."""
    profile = district.profile
    parts = told.appraisal.parts
    parts = parts[(parts["year"] == year) & (parts["part"] != WHOLE)]
    strengths = told.find_strengths(year).drop(columns="year")
    codes = told.schools.set_index("school_id")["school_code"]
    ranking = told.list_ranking(year)
    rows = list_records(ranking[_RANKING])
    for id, row in zip(ranking["school_id"], rows, strict=True):
        mine = parts[parts["school_id"] == id]
        row["parts"] = dict(zip(mine["part"], list_records(mine[["score"]]), strict=True))
        row["parts"] = {part: score["score"] for part, score in row["parts"].items()}
        stands_out = strengths[strengths["school_id"] == id].drop(columns="school_id")
        row["findings"] = list_records(stands_out)
        peers = told.appraisal.peers
        row["peers"] = peers[peers["school_id"] == id]["peer_id"].map(codes).tolist()
    return {
        "district": profile.code,
        "year": year,
        "years": told.years,
        "run": told.run_id,
        "data_date": profile.data_date,
        "synthetic": profile.synthetic,
        "scheme": _describe_scheme(told.scheme),
        "unused_rows": told.appraisal.unused_rows,
        "schools": rows,
    }


def _describe_scheme(scheme: Scheme) -> dict[str, Any]:
    return {
        "code": scheme.code,
        "name_zh": scheme.name_zh,
        "name_en": scheme.name_en,
        "source": scheme.source,
        "year": scheme.year,
        "version": scheme.version,
        "normalisation": "straight line between the bounds, 0 to 100 points",
        "least_known_pct": scheme.least_known_pct,
        "stability": vars(scheme.stability),
    }


def _list_indicators(scheme: Scheme) -> list[dict[str, Any]]:
    return [
        {
            "indicator": one.code,
            "name_zh": one.name_zh,
            "name_en": one.name_en,
            "dimension": one.dimension,
            "tier": one.tier,
            "weight": one.weight,
            "direction": one.direction,
            "bounds": ", ".join(f"{bound:g}" for bound in one.bounds),
            "scored_by": one.scored_by,
            "fact": one.fact,
        }
        for one in scheme.indicators
    ]
