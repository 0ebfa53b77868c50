"""``onemap draw``: divide the district into catchments by a method, or draw walking bands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from gis.access import Role
from gis.database import Database, open_database, read_table
from gis.errors import UsageError
from gis.exports.vector import write_features
from gis.settings import load_settings
from scenarios.commands.import_division import ImportAsked, import_division
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    StageOption,
    check_search,
    list_records,
    print_json,
    print_table,
    show_progress,
)
from scenarios.district import District, check_choice, find_district
from scenarios.enrolment_warning.count import count_plan
from scenarios.exporting import describe_delivery
from scenarios.school_network.draw import draw_plan
from scenarios.school_network.instance import read_ground
from scenarios.school_network.isochrones import draw_stage_isochrones
from scenarios.school_network.statutory import METHOD


def draw(
    method: Annotated[
        str, typer.Option("--method", help="nearest, walking, balanced or statutory")
    ] = "nearest",
    stage: StageOption = None,
    plan: Annotated[
        str | None, typer.Option("--plan", help="Name of the new plan; default the method.")
    ] = None,
    time_limit_s: Annotated[
        float, typer.Option("--time-limit", help="Seconds to search, all stages together.")
    ] = 30.0,
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same plan.")] = 1,
    isochrones: Annotated[
        bool, typer.Option("--isochrones", help="Draw bands of walking distance instead.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="File of the bands: .geojson or .gpkg")
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="statutory: polygons, or a CSV of units, communities or door numbers by school.",
        ),
    ] = None,
    crs: Annotated[
        str | None, typer.Option("--crs", help="System of the polygons, such as gcj02.")
    ] = None,
    fill_gaps: Annotated[
        bool, typer.Option("--fill-gaps", help="Give units nobody claims to a neighbour.")
    ] = False,
    findings: Annotated[
        Path | None, typer.Option("--findings", help="File of the faults: .geojson or .gpkg")
    ] = None,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draw catchments by a method and keep them as a plan; Ctrl-C keeps the best so far.

    Method statutory imports what others drew and tells what is wrong with it.
    Example: onemap draw --method walking --stage primary --json.
    """
    given = [source, crs, findings, *([True] if fill_gaps else [])]
    if (method == METHOD) != (source is not None) or (source is None and any(given)):
        raise UsageError(
            "A statutory division is read from a file.",
            mend="Give --method statutory and --from together; --crs, --fill-gaps and --findings"
            " belong to them.",
        )
    check_search(time_limit_s, seed)
    is_whole = isochrones and out is not None and stage is not None
    if (isochrones or out is not None) and not (is_whole and plan is None and source is None):
        raise UsageError(
            "Bands of walking distance are drawn for one stage into a file; no plan is made.",
            mend="Give --isochrones, --stage and --out together, without --plan and --from; or"
            " leave --isochrones and --out away.",
        )
    settings = load_settings()
    with open_database(settings) as database:
        with database.begin(Role.PLANNER) as connection:
            found = find_district(connection, district or settings.district)
            check_choice(found, stage=stage, year=None)
        if source is not None:
            asked = ImportAsked(source, stage, plan, crs, fill_gaps, findings)
            import_division(database, found, asked, as_json=as_json)
            return
        if out is not None and stage is not None:
            told = _write_isochrones(database, found, stage, out)
            line = f"{told['features']} bands written to {out}."
        else:
            told = _draw_plan(database, found, method, stage, plan, time_limit_s, seed)
            name = f"{told['plan']} of {told['district']}"
            line = f"Plan {name} is drawn; see `onemap count --plan {told['plan']}`."
    if as_json:
        print_json({**told, "stages": list_records(told["stages"])} if "stages" in told else told)
        return
    if "stages" in told:
        columns = ["stage", "pupils", "over_capacity_pupils", "moved_pupils", "mean_distance_m"]
        shown = told["stages"][[*columns, "beyond_radius_pct", "objective", "lower_bound"]]
        print_table(shown, title=f"{told['district']} {told['plan']}")
    typer.echo(line)


def _draw_plan(
    database: Database,
    district: District,
    method: str,
    stage: str | None,
    plan: str | None,
    time_limit_s: float,
    seed: int,
) -> dict[str, Any]:
    with show_progress(f"{district.profile.name_zh} {method}") as tell:
        drawn = draw_plan(
            database,
            district,
            method=method,
            stages=None if stage is None else [stage],
            code=plan,
            time_limit_s=time_limit_s,
            seed=seed,
            progress=tell,
        )
    with database.begin(Role.PLANNER) as connection:
        return {
            "district": district.profile.code,
            "plan": drawn.code,
            "digest": drawn.digest,
            "count_run": count_plan(connection, district, drawn),
            "stages": read_table(connection, "plan_measures", plan_id=drawn.id),
        }


def _write_isochrones(
    database: Database, district: District, stage: str, out: Path
) -> dict[str, Any]:
    kind = out.suffix.lower().lstrip(".")
    if kind not in {"geojson", "gpkg"}:
        raise UsageError(f"{out} names no format of areas.", mend="Use .geojson or .gpkg.")
    chosen = district.profile.get_stage(stage)
    with database.begin(Role.PLANNER) as connection:
        ground = read_ground(connection, district, [chosen])
    bands = draw_stage_isochrones(ground, chosen)
    facts = {
        **describe_delivery(district, layer="isochrones", stage=stage),
        "radius_m": chosen.radius_m,
        "beyond_radius_pct": bands.beyond_radius_pct,
    }
    write_features(
        bands.features, out, kind=kind, layer="isochrones", metadata=facts, coverage_by="stage"
    )
    return {"file": str(out), "features": len(bands.features), **facts}
