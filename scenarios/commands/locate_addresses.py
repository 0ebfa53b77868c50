"""``onemap locate --addresses``, ``queue`` and ``resolve``: addresses without a network."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import typer

from gis.access import Role
from gis.database import open_database, read_table
from gis.errors import RejectedDataError, UsageError
from gis.exports.drafts import open_draft
from gis.exports.spreadsheets import write_table
from gis.ingest.sources import read_source
from gis.settings import load_settings
from layers.language import load_language
from scenarios.access import log_reading
from scenarios.addresses.decide import decide_address, find_candidate, find_place, find_queued
from scenarios.addresses.locate import count_levels, locate_addresses, store_queue
from scenarios.addresses.words import word_reasons
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    check_out,
    print_json,
    print_table,
)
from scenarios.district import find_district
from scenarios.records import list_records

# Heads under which offices write addresses, the best first.
ADDRESS_HEADS = ("地址", "住址", "户籍地址", "家庭住址", "居住地址", "坐落", "详细地址", "address")
_SUFFIXES = (".csv", ".xlsx", ".parquet")
# What is written beside the columns of the file.
_ANSWER = {
    "level": "address_level",
    "score": "address_score",
    "reason": "address_reason",
    "state": "address_state",
    "unit": "planning_unit",
    "building": "building",
    "dwelling": "dwelling",
    "lon": "lon",
    "lat": "lat",
}
MOST_LISTED = 100_000


@dataclass(frozen=True)
class AddressWish:
    """What is asked beside the file of addresses."""

    out: Path
    column: str | None
    sheet: str | None
    is_trial: bool
    lang: str | None


def place_addresses(
    path: Path, wish: AddressWish, district_code: str | None, *, as_json: bool
) -> None:
    """Place the addresses of a file, queue what is not found, write the file and tell the counts.

    One transaction holds queue, log and file: an interrupted run leaves nothing.

    Raises
    ------
    UsageError
        The file has no such column, --out names an unknown kind or the file itself.
    RejectedDataError
        The file is faulty, has several tables, or a column of the answer already.
    """
    _check_out(wish.out, path)
    start = perf_counter()
    frame, column = _read_addresses(path, wish)
    read = perf_counter()
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.STEWARD) as connection:
        district = find_district(connection, district_code or settings.district)
        matches = locate_addresses(connection, district, frame[column])
        matched = perf_counter()
        counts = count_levels(matches)
        added = 0
        if not wish.is_trial:
            added = store_queue(connection, district, frame[column], matches, source=path.name)
        else:
            log_reading(
                connection, district, f"addresses of {path.name} tried", rows=0, role=Role.STEWARD
            )
        answers = matches.answers
        language = load_language(wish.lang or settings.language)
        answers = answers.assign(reason=word_reasons(answers, language))
        told = answers[list(_ANSWER)].rename(columns=_ANSWER)
        told[["lon", "lat"]] = told[["lon", "lat"]].round(7)
        _write(pd.concat([frame.reset_index(drop=True), told], axis=1), wish.out)
    done = perf_counter()
    answer: dict[str, Any] = {
        "district": district.profile.code,
        "file": str(path),
        "column": column,
        **asdict(counts),
        "queue_added": added,
        "seconds": {
            "reading": round(read - start, 3),
            "matching": round(matched - read, 3),
            "writing": round(done - matched, 3),
        },
        "out": str(wish.out),
    }
    if as_json:
        print_json(answer)
        return
    levels = ", ".join(f"{level} {rows:,}" for level, rows in counts.levels.items())
    typer.echo(
        f"{counts.found:,} of {counts.rows:,} addresses placed ({levels}).\n"
        f"{counts.queued:,} different ones wait for a person, {added:,} of them new:"
        f" onemap locate queue.\nWritten to {wish.out}."
    )


def _check_out(out: Path, path: Path) -> None:
    if out.suffix.lower() not in _SUFFIXES:
        raise UsageError(
            f"{out} is of an unknown kind.", mend=f"Give --out a suffix of {', '.join(_SUFFIXES)}."
        )
    if out.resolve() == path.resolve():
        raise UsageError(f"{out} is the file that is read.", mend="Name another file with --out.")
    check_out(out)


def _read_addresses(path: Path, wish: AddressWish) -> tuple[pd.DataFrame, str]:
    """Read the one table of a file and find its column of addresses."""
    tables = read_source(path, sheet=wish.sheet)
    if len(tables) > 1:
        names = ", ".join(str(table.sheet or table.file) for table in tables)
        raise RejectedDataError(
            f"File {path} has {len(tables)} tables: {names}.", mend="Name one with --sheet."
        )
    frame = pd.DataFrame(tables[0].frame)
    if "geom" in frame.columns:
        frame = frame.drop(columns="geom")
    taken = sorted(set(_ANSWER.values()) & set(frame.columns))
    if taken:
        raise RejectedDataError(
            f"File {path} has columns of the answer already: {', '.join(taken)}.",
            mend="Rename or remove them.",
        )
    known = [head for head in ADDRESS_HEADS if head in frame.columns]
    column = wish.column or next(iter(known), None)
    if column is None or column not in frame.columns:
        raise UsageError(
            f"File {path} has no column {column or 'of addresses that is known'}"
            f" (it has {', '.join(map(str, frame.columns[:20]))}).",
            mend="Name it with --column.",
        )
    return frame.assign(**{column: _to_texts(frame[column])}), column


def _to_texts(values: pd.Series) -> pd.Series:
    """Return addresses as texts, missing ones as None; a cell with a number is its digits."""
    plain = values.astype(object).where(values.notna(), None)
    return plain.map(lambda cell: None if cell is None else str(cell)).astype(object)


def _write(frame: pd.DataFrame, out: Path) -> None:
    if out.suffix.lower() == ".parquet":
        with open_draft(out) as draft:
            pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), draft)
        return
    write_table(frame, out, title="addresses")


def queue(
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that were resolved or found since.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=MOST_LISTED)] = 50,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the addresses that wait for a person, with what they may be; the reading is logged.

    Example: onemap locate queue --limit 20 --json.
    """
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.STEWARD) as connection:
        mine = find_district(connection, district or settings.district)
        found = read_table(
            connection,
            "address_queue",
            district_id=mine.id,
            id=None,
            state=None if everything else "open",
            most=limit,
        )
        counts = read_table(connection, "address_queue_counts", district_id=mine.id)
        log_reading(connection, mine, "queue of addresses", rows=len(found), role=Role.STEWARD)
    total = 0 if found.empty else int(found["total"].iloc[0])
    if as_json:
        rows = list_records(found.drop(columns="total"))
        print_json(
            {"district": mine.profile.code, "total": total, "counts": counts, "addresses": rows}
        )
        return
    table = found[["id", "written", "times", "why", "level", "state"]].assign(
        candidates=[", ".join(str(one["label"]) for one in row[:3]) for row in found["candidates"]]
    )
    print_table(table, title=f"{len(found)} of {total} addresses that wait for a person")


def resolve(
    id: Annotated[int, typer.Argument(help="Number in the queue.", show_default=False)],
    reason: Annotated[str, typer.Option("--reason", help="Why, in the words of who decides.")],
    by: Annotated[str, typer.Option("--by", help="Name of who decides.")],
    point: Annotated[
        str | None, typer.Option("--point", help="Longitude,latitude in degrees (CGCS2000).")
    ] = None,
    candidate: Annotated[
        str | None, typer.Option("--candidate", help="Code of a candidate of the queue.")
    ] = None,
    unit: Annotated[
        str | None, typer.Option("--unit", help="Code of a planning unit; its middle is taken.")
    ] = None,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decide where an address of the queue lies; the next run takes it from here.

    Example: onemap locate resolve 12 --point 120.62,27.96 --by 王老师 --reason 实地核实.
    """
    given = [one for one in (point, candidate, unit) if one is not None]
    if len(given) != 1:
        raise UsageError(
            "A decision is one place.", mend="Give one of --point, --candidate and --unit."
        )
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.STEWARD) as connection:
        mine = find_district(connection, district or settings.district)
        queued = find_queued(connection, mine, id)
        building = None
        if candidate is not None:
            chosen = find_candidate(queued, candidate)
            lon, lat = float(chosen["lon"]), float(chosen["lat"])
            building = candidate if chosen["kind"] == "building" else None
        elif unit is not None:
            lon, lat = _find_unit(
                read_table(connection, "address_names", district_id=mine.id), unit
            )
        else:
            lon, lat = parse_point(str(point))
        place = find_place(connection, mine, lon, lat)
        decision = decide_address(
            connection, mine, queued, place, reason=reason, who=by, building=building
        )
    if as_json:
        print_json({"decision": decision, "address": queued.text, **asdict(place)})
    else:
        typer.echo(f"Address {id} ({queued.text}) lies in unit {place.unit}: decision {decision}.")


def _find_unit(named: pd.DataFrame, code: str) -> tuple[float, float]:
    mine = named[(named["kind"] == "unit") & (named["code"] == code)]
    if mine.empty:
        raise UsageError(f"There is no planning unit '{code}'.", mend="Use the code of a unit.")
    return float(mine["lon"].iloc[0]), float(mine["lat"].iloc[0])


def parse_point(text: str) -> tuple[float, float]:
    """Read a point as an option writes it.

    Raises
    ------
    UsageError
        When it is not two numbers of degrees.

    Examples
    --------
    >>> parse_point("120.62,27.96")
    (120.62, 27.96)
    """
    parts = text.split(",")
    try:
        lon, lat = (float(part) for part in parts)
    except ValueError as error:
        raise UsageError(f"'{text}' is no point.", mend="Write 120.62,27.96.") from error
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise UsageError(f"'{text}' is no place on the earth.", mend="Longitude comes first.")
    return lon, lat
