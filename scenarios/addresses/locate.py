"""Addresses matched with the district's own tables; what is not found is queued for a person."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sqlalchemy import Connection, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from gis import tables
from gis.access import Role
from gis.addresses.base import AddressBase, build_base
from gis.addresses.decisions import DECIDED, apply_decisions
from gis.addresses.matching import LEVELS, QUEUED, Matches, match_addresses
from gis.database import read_bulk, read_table
from gis.runs import take_turn
from scenarios.access import log_reading
from scenarios.district import District
from scenarios.records import list_records

_AT_ONCE = 1000  # rows of one statement


@dataclass(frozen=True)
class Counts:
    """How many addresses were placed how well.

    Parameters
    ----------
    levels
        Rows by level, coarser levels last; those that were queued count where they were read to.
    whys
        Rows queued by reason.
    queued
        Different addresses queued.
    """

    rows: int
    found: int
    queued_rows: int
    queued: int
    levels: dict[str, int]
    whys: dict[str, int]


def read_base(connection: Connection, district: District) -> AddressBase:
    """Read the address base of a district; needs the rights of a steward or an officer."""
    asked = {"district_id": district.id}
    return build_base(
        read_bulk(connection, "address_buildings", **asked),
        read_bulk(connection, "address_dwellings", **asked),
        read_bulk(connection, "address_names", **asked),
        prefixes=district.profile.addresses.prefixes,
    )


def read_decisions(connection: Connection, district: District) -> pd.DataFrame:
    """Read the decisions that stand, one row an address."""
    found = read_table(connection, "address_decisions", district_id=district.id)
    return found.astype({"building": object, "unit": object})


def locate_addresses(
    connection: Connection,
    district: District,
    texts: pd.Series,
    *,
    report: Callable[[int], None] | None = None,
) -> Matches:
    """Place addresses: decisions of people first, then what the district's own tables know.

    Parameters
    ----------
    texts
        n addresses; missing ones are told as unknown.

    Returns
    -------
    Matches
        In the order of `texts`.
    """
    base = read_base(connection, district)
    matches = match_addresses(texts, base, district.profile.addresses.list_rules(), report=report)
    return apply_decisions(matches, read_decisions(connection, district))


def count_levels(matches: Matches) -> Counts:
    """Count addresses by level and by reason of waiting."""
    answers = matches.answers
    waits = answers["state"] == QUEUED
    by_level = answers["level"].value_counts()
    return Counts(
        len(answers),
        int((~waits).sum()),
        int(waits.sum()),
        int(answers.loc[waits & (answers["key"] != ""), "key"].nunique()),
        {level: int(by_level[level]) for level in (DECIDED, *LEVELS) if level in by_level},
        {str(why): int(n) for why, n in answers.loc[waits, "why"].value_counts().items()},
    )


def store_queue(
    connection: Connection, district: District, texts: pd.Series, matches: Matches, *, source: str
) -> int:
    """Put the addresses that were not placed into the queue; return how many are new there.

    The same file again changes nothing. What waited and is found now waits no longer. The run is
    entered in the access log. Needs the steward's rights.
    """
    take_turn(connection, f"addresses {district.profile.code}")
    rows = _list_queued(district, texts, matches, source)
    queue = tables.address_queue
    mine = queue.c.district_code == district.profile.code
    before = connection.execute(select(func.count()).where(mine)).scalar_one()
    for start in range(0, len(rows), _AT_ONCE):
        put = insert(queue).values(rows[start : start + _AT_ONCE])
        renewed = {
            name: put.excluded[name]
            for name in ("written", "source", "times", "why", "level", "score", "candidates")
        }
        connection.execute(
            put.on_conflict_do_update(
                index_elements=["district_code", "text"],
                set_={**renewed, "state": "open"},
                where=queue.c.state != "resolved",
            )
        )
    answers = matches.answers
    found = answers.loc[answers["state"] != QUEUED, "key"].unique()
    _close_found(connection, district, set(found))
    log_reading(
        connection, district, f"addresses of {source} placed", rows=len(texts), role=Role.STEWARD
    )
    return int(connection.execute(select(func.count()).where(mine)).scalar_one() - before)


def _list_queued(
    district: District, texts: pd.Series, matches: Matches, source: str
) -> list[dict[str, object]]:
    """List what is queued, one row an address that says anything, in the order of its text."""
    answers = matches.answers.assign(written=np.asarray(texts, dtype=object))
    waits = answers[(answers["state"] == QUEUED) & (answers["key"] != "")]
    times = waits["key"].value_counts()
    # One of the ways of writing it: the least, so that the order of rows changes nothing.
    first = waits.reset_index(names="row").sort_values(["key", "written"])
    first = first.drop_duplicates("key")
    offered = matches.candidates.merge(
        waits.reset_index(names="row")[["row", "key"]], on="row", how="inner"
    ).drop_duplicates(["key", "rank"])
    named = offered.drop(columns=["row", "rank"])
    by_key = {
        str(key): list_records(rows.drop(columns="key")) for key, rows in named.groupby("key")
    }
    return [
        {
            "district_code": district.profile.code,
            "text": row.key,
            "written": row.written,
            "source": source,
            "times": int(times[row.key]),
            "why": row.why,
            "level": row.level,
            "score": float(row.score),
            "candidates": json.loads(json.dumps(by_key.get(str(row.key), []), default=str)),
            "state": "open",
        }
        for row in first.itertuples()
    ]


def _close_found(connection: Connection, district: District, found: set[str]) -> None:
    """Take off the queue what a better base, or another rule, can place now."""
    queue = tables.address_queue
    mine = (queue.c.district_code == district.profile.code) & (queue.c.state == "open")
    waiting = connection.execute(select(queue.c.id, queue.c.text).where(mine)).all()
    closed = [row.id for row in waiting if row.text in found]
    if closed:
        connection.execute(
            update(queue).where(queue.c.id.in_(closed)).values(state=literal_column("'found'"))
        )
