"""``onemap notice``: catchments in words, and words against catchments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from catchments.notice import Comparison
from catchments.profile import Stage
from gis.access import Role
from gis.crs import STORE_SRID, transform_frame
from gis.database import open_database
from gis.errors import UsageError
from gis.exports.drafts import open_draft
from gis.exports.spreadsheets import write_table
from gis.exports.vector import FORMATS, write_features
from gis.ingest.files import read_file
from gis.settings import load_settings
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    PlanOption,
    check_out,
    print_json,
    print_table,
)
from scenarios.district import District, Plan, find_district, find_plan
from scenarios.exporting import describe_delivery
from scenarios.records import list_records
from scenarios.school_network.notices import (
    Areas,
    WordedCatchment,
    check_notice,
    read_areas,
    word_catchments,
)

app = typer.Typer(
    help="Catchments in the words of admission notices, and published words against catchments.",
    no_args_is_help=True,
)
OneStage = Annotated[str, typer.Option("--stage", help="Stage of education, such as primary.")]
_TEXT, _TABLES = ".txt", (".csv", ".xlsx")


@app.command("write")
def write(
    stage: OneStage,
    catchment: Annotated[
        str | None, typer.Option("--catchment", help="Code of the school; default all.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write: .txt, .csv or .xlsx.")
    ] = None,
    district: DistrictOption = None,
    plan: PlanOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write sides, communities, door ranges and estates of catchments in Chinese.

    Example: onemap notice write --stage primary --catchment 3330400001 --out notice.txt.
    """
    check_out(out)
    if out is not None and out.suffix.lower() not in (_TEXT, *_TABLES):
        raise UsageError(
            f"{out} names no format of notices.", mend=f"Use {', '.join((_TEXT, *_TABLES))}."
        )
    areas, found, chosen, taught = _read(district, plan, stage, catchment)
    worded = list(word_catchments(areas, found, chosen, taught))
    if out is not None:
        _write_file(worded, out)
    if as_json:
        facts = describe_delivery(found, layer="notice", plan=chosen.code, stage=taught.code)
        print_json({**facts, "file": str(out) if out else None, "notices": _list_worded(worded)})
    elif out is None:
        typer.echo("\n".join(one.text for one in worded), nl=False)
    else:
        typer.echo(f"Notices written to {out}: {len(worded)}.")


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="Published text (.txt) or list (.csv, .xlsx).")],
    stage: OneStage,
    catchment: Annotated[str, typer.Option("--catchment", help="Code of the school.")],
    differences: Annotated[
        Path | None,
        typer.Option("--differences", help="File for the doors that differ, such as a .geojson."),
    ] = None,
    district: DistrictOption = None,
    plan: PlanOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell which doors a published text and a catchment do not share.

    Example: onemap notice check notice.txt --stage primary --catchment 3330400001.
    """
    check_out(differences)
    kind = differences.suffix.lower().lstrip(".") if differences else ""
    if differences is not None and kind not in FORMATS:
        raise UsageError(f"{differences} names no format.", mend=f"Use {', '.join(FORMATS)}.")
    text = _read_text(file)
    areas, found, chosen, taught = _read(district, plan, stage, catchment)
    compared = check_notice(areas, found, text)
    facts = describe_delivery(
        found, layer="notice-differences", plan=chosen.code, stage=taught.code, notice=file.name
    )
    if differences is not None:
        doors = transform_frame(compared.doors, STORE_SRID).rename_geometry("geom")
        write_features(
            doors.assign(code=areas.ground.doors.loc[doors.index, "code"]),
            differences,
            kind=kind,
            layer="notice-differences",
            metadata=facts,
        )
    _tell(compared, facts | {"catchment": catchment}, differences, as_json=as_json)


def _read(
    district: str | None, plan: str | None, stage: str, catchment: str | None
) -> tuple[Areas, District, Plan, Stage]:
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.PLANNER) as connection:
        found = find_district(connection, district or settings.district)
        taught = found.profile.get_stage(stage)
        chosen = find_plan(connection, found, plan)
        return read_areas(connection, found, chosen, taught, catchment), found, chosen, taught


def _write_file(worded: list[WordedCatchment], out: Path) -> None:
    if out.suffix.lower() == _TEXT:
        with open_draft(out) as draft:
            draft.write_text("\n".join(one.text for one in worded), encoding="utf-8")
    else:
        write_table(pd.concat([one.phrases for one in worded]), out, title="notice")


def _list_worded(worded: list[WordedCatchment]) -> list[dict[str, Any]]:
    return [
        {
            "school_code": one.code,
            "school_name_zh": one.name_zh,
            "text": one.text,
            "doors_inside": one.notice.doors_inside,
            "unsettled_numbers": len(one.notice.unsettled),
            "unnumbered_doors": one.notice.unnumbered_doors,
            "sides": list_records(one.notice.sides),
            "communities": list_records(one.notice.communities),
        }
        for one in worded
    ]


def _read_text(file: Path) -> str:
    """Read a published text; of a table every cell is a phrase of its own."""
    if file.suffix.lower() in _TABLES:
        table = read_file(file)
        cells = table["phrase"] if "phrase" in table else pd.Series(table.to_numpy().ravel())
        return "\n".join(str(cell) for cell in cells.dropna())
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"File {file} cannot be read: {getattr(error, 'strerror', None) or error}.",
            mend="Name a text in UTF-8.",
        ) from error


def _tell(
    compared: Comparison, facts: dict[str, Any], differences: Path | None, *, as_json: bool
) -> None:
    if as_json:
        print_json(
            {
                **facts,
                "doors": compared.counts,
                "sides": list_records(compared.sides),
                "phrases": list_records(compared.phrases),
                "not_understood": list(compared.not_understood),
                "differences_file": str(differences) if differences else None,
            }
        )
        return
    counts = compared.counts
    typer.echo(
        f"Doors: {counts['text']} in the text, {counts['polygon']} in the catchment,"
        f" {counts['both']} in both; {counts['only_in_text']} only in the text,"
        f" {counts['only_in_polygon']} only in the catchment, {counts['unsettled']} unsettled."
    )
    wrong = compared.phrases[(compared.phrases["outside"] > 0) | (compared.phrases["doors"] == 0)]
    for title, table in (
        ("Phrases with doors outside, or without any", wrong),
        ("Sides", compared.sides[compared.sides["state"] != "agrees"]),
    ):
        if len(table):
            print_table(table, title=title)
    if compared.not_understood:
        typer.echo(f"Not understood: {'；'.join(compared.not_understood)}")
    if differences is not None:
        typer.echo(f"{len(compared.doors)} doors written to {differences}.")
