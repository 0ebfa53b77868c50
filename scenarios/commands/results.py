"""``onemap results``: how papers worked, what schools add, where classes are weak."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer

from catchments.attainment.analysis import PaperAnalysis, analyse_paper
from catchments.attainment.result_files import MarkFile, load_mark_file, load_prior_file
from catchments.attainment_rules import AttainmentRules
from gis.access import Role
from gis.database import open_database
from gis.errors import UsageError
from gis.settings import load_settings
from scenarios.academic_results.results import (
    read_items,
    read_papers,
    read_schools,
    read_weaknesses,
)
from scenarios.commands.output import DistrictOption, JsonOption, print_json, print_table
from scenarios.district import find_district
from scenarios.records import list_records

app = typer.Typer(help="Results of papers: items, reliability, value added, weak items.")

FileArgument = Annotated[
    Path, typer.Argument(help="CSV of results, long or wide.", show_default=False)
]
ItemsOption = Annotated[
    Path | None, typer.Option("--items", help="CSV item, full_marks, knowledge_point.")
]
_PAPER = ["code", "name_zh", "stage", "grade", "held_on", "pupils", "mean_points", "alpha"]
_ADDED = ["value_added_points", "value_added_low", "value_added_high", "state"]
_SHOWN = ["pupils", "mean_points", "mean_low", "mean_high", *_ADDED]


@app.callback(invoke_without_command=True)
def results(
    context: typer.Context,
    paper: Annotated[str | None, typer.Option("--paper", help="Code of a paper.")] = None,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell the papers of a district, or one of them: items, schools with intervals, weak classes.

    Schools stand in the order of their names; no value added is told without its interval.
    Example: onemap results --paper primary_maths_2025 --json.
    """
    if context.invoked_subcommand is not None:
        return
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.LEADER) as connection:
        found = find_district(connection, district or settings.district)
        papers = read_papers(connection, found)
        if papers is None:
            raise UsageError(
                f"District {found.profile.code} has no results of papers.",
                mend="Load pupils, papers, items and results first.",
            )
        head = {
            "district": found.profile.code,
            "run": papers.run_id,
            "data_date": found.profile.data_date,
            "synthetic": found.profile.synthetic,
            "rules": found.profile.attainment.model_dump(),
        }
        if paper is None:
            told = papers.table.drop(columns=["paper_id", "bands", "model"])
            parts: dict[str, Any] = {"papers": told}
        else:
            one = papers.find(paper)
            weak = read_weaknesses(connection, papers, one)
            parts = {
                "paper": {name: value for name, value in one.items() if name != "paper_id"},
                "items": read_items(connection, papers, one),
                "schools": read_schools(connection, papers, one).drop(columns="school_id"),
                "weaknesses": weak.drop(columns=["school_id", "is_weak"]),
            }
    if as_json:
        print_json({**head, **{name: _to_plain(part) for name, part in parts.items()}})
    elif paper is None:
        print_table(parts["papers"][_PAPER], title=f"Papers of {found.profile.code}")
    else:
        _print_paper(parts["items"], parts["schools"], parts["weaknesses"], "school_name_zh")


@app.command()
def check(file: FileArgument, items: ItemsOption = None, as_json: JsonOption = False) -> None:
    """Check the results of a paper in a file; every fault is told with its line.

    Long: pupil, school, class, item, score. Wide: pupil, school, class and one column an item. A
    score is a number, absent (缺考), or empty where it is not known.
    Example: onemap results check marks.csv --items items.csv --json.
    """
    told = _describe(load_mark_file(file, items))
    if as_json:
        print_json({"file": str(file), **told})
    else:
        typer.echo(
            f"{told['pupils']} pupils ({told['absent']} absent), {told['items']} items,"
            f" {told['unknown']} marks not known. Fine."
        )


@app.command()
def analyse(
    file: FileArgument,
    items: ItemsOption = None,
    prior: Annotated[
        Path | None, typer.Option("--prior", help="CSV pupil, points: earlier marks.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Analyse the results of a paper in a file: no district and no database is needed.

    Without --prior no value added is told. Example: onemap results analyse marks.csv --items
    items.csv --prior before.csv --json.
    """
    read = load_mark_file(file, items)
    sitting = read.build_sitting(None if prior is None else load_prior_file(prior))
    # Whose file it is, knows its pupils: no cell is hidden but where too few tell nothing.
    found = analyse_paper(sitting, AttainmentRules(), minimum=1)
    told = _tell_file(read, found)
    if as_json:
        print_json({"file": str(file), **told})
        return
    alpha = found.measure["alpha"]
    typer.echo(f"Mean {found.measure['mean_points']:.2f}, alpha {alpha:.3f}")
    _print_paper(told["item_measures"], told["schools"], told["weaknesses"], "school")


def _describe(read: MarkFile) -> dict[str, Any]:
    present = read.marks[~read.pupils["absent"].to_numpy(bool)]
    return {
        "pupils": len(read.pupils),
        "absent": int(read.pupils["absent"].sum()),
        "schools": int(read.pupils["school"].nunique()),
        "classes": len(read.pupils[["school", "class"]].drop_duplicates()),
        "items": len(read.items),
        "unknown": int(np.isnan(present).sum()),
        "full_marks": float(read.items["full_marks"].sum()),
        "full_marks_assumed": read.is_assumed,
    }


def _tell_file(read: MarkFile, found: PaperAnalysis) -> dict[str, Any]:
    """Put together what a file says, schools by name and items as the file calls them."""
    names = read.items[["item", "knowledge_point", "full_marks"]]
    measured = pd.concat([names, found.items.drop(columns="number")], axis=1)
    weak = found.classes[found.classes["is_weak"].astype(bool)].rename(
        columns={"school_id": "school", "class_number": "class"}
    )
    if len(weak):
        at = weak["number"].to_numpy(int) - 1
        weak = weak.assign(item=names["item"].to_numpy()[at]).sort_values("beside_own_pct")
    return {
        **_describe(read),
        **{name: _drop_nan(value) for name, value in found.measure.items() if name != "pupils"},
        "bands": found.bands,
        "item_measures": measured,
        "schools": found.schools.rename(columns={"school_id": "school"}),
        "weaknesses": weak.drop(columns=["number", "is_weak"], errors="ignore"),
    }


def _to_plain(part: Any) -> Any:
    return list_records(part) if isinstance(part, pd.DataFrame) else part


def _drop_nan(value: Any) -> Any:
    """Return nothing for a number that is none, which JSON does not know."""
    return None if isinstance(value, float) and np.isnan(value) else value


def _print_paper(items: pd.DataFrame, schools: pd.DataFrame, weak: pd.DataFrame, name: str) -> None:
    print_table(items.round(3), title="Items")
    shown = [column for column in (name, *_SHOWN) if column in schools]
    print_table(schools[shown], title="Schools, by name: no order says who is better")
    print_table(weak.round(3), title="Weak items by class")
