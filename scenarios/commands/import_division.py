"""Import a division for ``onemap draw --method statutory``: tell its faults, store it as a plan."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import typer

from catchments.boundaries.statutory.findings import name_some
from gis.access import Role
from gis.database import Database, read_table
from gis.errors import OneMapError, get_answer
from gis.exports.vector import write_features
from scenarios.commands.output import print_json, print_table, show_progress
from scenarios.commands.stage_areas import check_format
from scenarios.district import District
from scenarios.enrolment_warning.count import count_plan
from scenarios.exporting import describe_delivery
from scenarios.records import list_records
from scenarios.school_network.statutory import METHOD, Judged, judge_division, store_judged

_MEASURES = ["stage", "pupils", "over_capacity_pupils", "moved_pupils", "mean_distance_m"]


@dataclass(frozen=True)
class ImportAsked:
    """What a planner asks: the file, what it divides, and where its faults are to be written."""

    source: Path
    stage: str | None
    plan: str | None
    crs: str | None
    fill_gaps: bool
    findings: Path | None


def import_division(
    database: Database, district: District, asked: ImportAsked, *, as_json: bool
) -> None:
    """Import a division as a plan and print every finding.

    Units without a school refuse it: nothing is stored, the findings are told all the same, and
    the program ends with the exit code of rejected data.
    """
    if asked.findings is not None:
        check_format(asked.findings)
    with show_progress(f"{district.profile.name_zh} {METHOD}") as tell:
        judged = judge_division(
            database,
            district,
            asked.source,
            stage=asked.stage,
            code=asked.plan,
            crs=asked.crs,
            fill_gaps=asked.fill_gaps,
            progress=tell,
        )
        told = _tell_judged(district, judged)
        if asked.findings is not None:
            told |= _write_findings(district, judged, asked)
        refusal = judged.explain_refusal()
        if refusal is None:
            stored = store_judged(
                database, district, judged, asked.source, code=asked.plan, progress=tell
            )
            with database.begin(Role.PLANNER) as connection:
                told |= {
                    "stored": True,
                    "plan": stored.code,
                    "digest": stored.digest,
                    "count_run": count_plan(connection, district, stored),
                    "stages": list_records(
                        read_table(connection, "plan_measures", plan_id=stored.id)
                    ),
                }
    _print(told, refusal, as_json=as_json)


def _tell_judged(district: District, judged: Judged) -> dict[str, Any]:
    records = list_records(pd.DataFrame(judged.findings.drop(columns="geom")))
    for record in records:
        pairs = zip(record.pop("schools"), record.pop("school_names"), strict=True)
        record["schools"] = [{"code": code, "name_zh": name} for code, name in pairs]
    return {
        "district": district.profile.code,
        "stored": False,
        "plan": None,
        "findings": records,
        "units_without_school": {stage: list(codes) for stage, codes in judged.bare.items()},
        "areas_m2": judged.areas_m2,
    }


def _write_findings(district: District, judged: Judged, asked: ImportAsked) -> dict[str, Any]:
    """Write the findings that lie somewhere; each is a coverage of its own."""
    assert asked.findings is not None
    features = judged.build_features()
    write_features(
        features,
        asked.findings,
        kind=check_format(asked.findings),
        layer="findings",
        metadata=describe_delivery(district, layer="findings", division=asked.source.name),
        coverage_by="code",
    )
    return {"findings_file": str(asked.findings), "findings_written": len(features)}


def _print(told: dict[str, Any], refusal: OneMapError | None, *, as_json: bool) -> None:
    answer = get_answer(refusal) if refusal else None
    if refusal and answer:
        sys.stderr.write(f"{answer.notice}: {refusal}\n")
        told |= {"error": answer.notice, "found": refusal.found, "mend": refusal.mend}
    if as_json:
        print_json(told)
    else:
        _print_findings(told)
        if told["stored"]:
            print_table(
                pd.DataFrame(told["stages"])[_MEASURES], title=f"{told['district']} {told['plan']}"
            )
            typer.echo(f"Plan {told['plan']} is stored; see `onemap count --plan {told['plan']}`.")
    if answer:
        raise typer.Exit(answer.exit_code)


def _print_findings(told: dict[str, Any]) -> None:
    """Print one row a finding, and what mends each kind of them once."""
    findings = told["findings"]
    if not findings:
        typer.echo("The division has no fault.")
        return
    rows = [
        {
            "stage": one["stage"],
            "kind": one["kind"],
            "schools": name_some(f"{it['code']} {it['name_zh']}" for it in one["schools"]),
            "units": name_some(one["units"]),
            "named": one["named"],
            "area_m2": one["area_m2"],
            "count": one["count"],
        }
        for one in findings
    ]
    print_table(pd.DataFrame(rows).astype({"count": "Int64"}), title="Findings")
    for kind, mend in {one["kind"]: one["mend"] for one in findings}.items():
        typer.echo(f"{kind}: {mend}")
    if "findings_file" in told:
        typer.echo(f"{told['findings_written']} findings written to {told['findings_file']}.")
