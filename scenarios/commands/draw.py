"""``onemap draw``: divide the district into catchments by a method, or draw areas on foot."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from catchments.boundaries.asked_terms import AskedTerms
from gis.access import Role
from gis.database import Database, open_database, read_table
from gis.errors import UsageError
from gis.settings import load_settings
from scenarios.commands.import_division import ImportAsked, import_division
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    StageOption,
    check_search,
    print_json,
    print_table,
    show_progress,
)
from scenarios.commands.stage_areas import AREAS, BANDS, AreasAsked, write_stage_areas
from scenarios.commands.term_options import (
    NO_LIMIT,
    CapacityOption,
    ChangeOption,
    CompactnessOption,
    ForbiddenOption,
    JointOption,
    LockedOption,
    MaxDistanceOption,
    MaxMovedOption,
    TogetherOption,
)
from scenarios.district import District, check_choice, find_district
from scenarios.enrolment_warning.count import count_plan
from scenarios.records import list_records
from scenarios.school_network.draw import draw_plan
from scenarios.school_network.statutory import METHOD
from scenarios.school_network.terms import BALANCED

_WALKING = "walking"


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
    capacity: CapacityOption = None,
    w_compactness: CompactnessOption = None,
    w_change: ChangeOption = 0.0,
    locked: LockedOption = None,
    forbidden: ForbiddenOption = None,
    together: TogetherOption = None,
    joint: JointOption = None,
    feeders: Annotated[
        str | None,
        typer.Option(
            "--feeders",
            help="Plan, or CSV unit_id, school_id, whose catchments of the stage below stay"
            " together; those of nine-year schools stay theirs. A name with .csv or / is a file.",
        ),
    ] = None,
    max_distance_m: MaxDistanceOption = NO_LIMIT,
    max_moved_pupils: MaxMovedOption = NO_LIMIT,
    isochrones: Annotated[
        bool, typer.Option("--isochrones", help="Draw bands of walking distance instead.")
    ] = False,
    areas: Annotated[
        bool,
        typer.Option(
            "--areas",
            help="walking: draw polygons that follow the streets instead of a plan: the ground"
            " nearest to each school on foot. Units whose pupils have different nearest schools"
            " are cut where two walks are equal.",
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="File of the bands or polygons: .geojson or .gpkg"),
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

    Method statutory imports what others drew and tells what is wrong with it. What balanced must
    keep is told by files of codes and by limits, for one stage.
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
    asked = AskedTerms(
        capacity=capacity,
        w_compactness=w_compactness,
        w_change=w_change,
        max_distance_m=max_distance_m,
        max_moved_pupils=max_moved_pupils,
        locked=locked,
        forbidden=forbidden,
        together=together,
        joint=joint,
        feeders=_read_file(feeders),
    )
    terms = _check_terms(asked, feeders, method, stage)
    makes_plan = any(one is not None for one in (plan, source, terms))
    drawn_areas = _ask_areas(
        method, stage, out, isochrones=isochrones, areas=areas, makes_plan=makes_plan
    )
    settings = load_settings()
    with open_database(settings) as database:
        with database.begin(Role.PLANNER) as connection:
            found = find_district(connection, district or settings.district)
            check_choice(found, stage=stage, year=None)
        if source is not None:
            division = ImportAsked(source, stage, plan, crs, fill_gaps, findings)
            import_division(database, found, division, as_json=as_json)
            return
        if drawn_areas is not None:
            told = write_stage_areas(database, found, drawn_areas)
            line = _tell_areas(told, drawn_areas)
        else:
            options = {
                "stages": None if stage is None else [stage],
                "code": plan,
                "time_limit_s": time_limit_s,
                "seed": seed,
                "terms": terms,
                "feeding_plan": feeders if asked.feeders is None else None,
            }
            told = _draw_plan(database, found, method, options)
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


def _read_file(feeders: str | None) -> Path | None:
    """Return the file that --feeders names; any other name is that of a stored plan."""
    is_file = feeders is not None and (feeders.lower().endswith(".csv") or "/" in feeders)
    return Path(feeders) if feeders is not None and is_file else None


def _check_terms(
    asked: AskedTerms, feeders: str | None, method: str, stage: str | None
) -> AskedTerms | None:
    """Return the terms, or nothing where none are asked.

    Raises
    ------
    UsageError
        When terms are asked of another method or of no stage, or a number cannot be meant.
    """
    if feeders is None and asked.is_usual:
        return None
    if method != BALANCED or stage is None:
        raise UsageError(
            f"Terms are kept by method {BALANCED}, in one stage.",
            mend=f"Give --method {BALANCED} and --stage with them, or leave them out: --capacity,"
            " --locked, --forbidden, --together, --joint, --feeders, --max-distance, --max-moved,"
            " --w-change, --w-compactness.",
        )
    asked.check()
    return asked


def _ask_areas(
    method: str,
    stage: str | None,
    out: Path | None,
    *,
    isochrones: bool,
    areas: bool,
    makes_plan: bool,
) -> AreasAsked | None:
    """Return which areas are to be drawn instead of a plan, or nothing.

    Raises
    ------
    UsageError
        When what belongs together is not given together.
    """
    if areas and (isochrones or out is None or stage is None or makes_plan or method != _WALKING):
        raise UsageError(
            "Polygons along the streets are drawn for one stage into a file; no plan is made.",
            mend="Give --method walking, --areas, --stage and --out together, without --plan and"
            " --isochrones.",
        )
    if areas and stage is not None and out is not None:
        return AreasAsked(AREAS, stage, out)
    if not isochrones and out is None:
        return None
    if not isochrones or out is None or stage is None or makes_plan:
        raise UsageError(
            "Bands of walking distance are drawn for one stage into a file; no plan is made.",
            mend="Give --isochrones, --stage and --out together, without --plan and --from; or"
            " leave --isochrones and --out away.",
        )
    return AreasAsked(BANDS, stage, out)


def _tell_areas(told: dict[str, Any], asked: AreasAsked) -> str:
    if asked.layer == BANDS:
        return f"{told['features']} bands written to {asked.out}."
    left_out = f" Without an area: {', '.join(told['left_out'])}." if told["left_out"] else ""
    return (
        f"{told['features']} areas written to {asked.out}; {told['cut_units']} planning units are"
        f" cut.{left_out}"
    )


def _draw_plan(
    database: Database, district: District, method: str, options: dict[str, Any]
) -> dict[str, Any]:
    with show_progress(f"{district.profile.name_zh} {method}") as tell:
        drawn = draw_plan(database, district, method=method, progress=tell, **options)
    with database.begin(Role.PLANNER) as connection:
        return {
            "district": district.profile.code,
            "plan": drawn.code,
            "digest": drawn.digest,
            "count_run": count_plan(connection, district, drawn),
            "stages": read_table(connection, "plan_measures", plan_id=drawn.id),
        }
