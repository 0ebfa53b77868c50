"""Addresses matched with the district's own tables; what is not found is queued for a person."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Select, func, select

from gis import tables
from gis.access import Role
from gis.addresses.base import AddressBase, build_base
from gis.addresses.decisions import DECIDED, apply_decisions
from gis.addresses.matching import LEVELS, QUEUED, Matches, match_addresses
from gis.database import read_bulk, read_table, run_query
from gis.runs import take_turn
from scenarios.access import log_reading
from scenarios.district import District
from scenarios.records import list_records

_AT_ONCE = 20_000  # rows of one statement
_QUEUED = ["text", "written", "why", "level", "score"]
_CANDIDATE = ["kind", "code", "label", "unit", "unit_name", "score", "lon", "lat"]


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
    queue = tables.address_queue
    mine = select(func.count()).where(queue.c.district_code == district.profile.code)
    before = connection.execute(mine).scalar_one()
    code = district.profile.code
    rows = _list_queued(texts, matches)
    for start in range(0, len(rows), _AT_ONCE):
        told = json.dumps(rows[start : start + _AT_ONCE], ensure_ascii=False)
        run_query(connection, "address_queue_put", district_code=code, source=source, rows=told)
    answers = matches.answers
    open_texts = set(connection.execute(_list_open(code)).scalars())
    found = sorted(open_texts & set(answers.loc[answers["state"] != QUEUED, "key"]))
    run_query(
        connection,
        "address_queue_close",
        district_code=code,
        texts=json.dumps(found, ensure_ascii=False),
    )
    log_reading(
        connection, district, f"addresses of {source} placed", rows=len(texts), role=Role.STEWARD
    )
    return int(connection.execute(mine).scalar_one() - before)


def _list_open(code: str) -> Select[tuple[str]]:
    queue = tables.address_queue
    return select(queue.c.text).where(queue.c.district_code == code, queue.c.state == "open")


def _list_queued(texts: pd.Series, matches: Matches) -> list[dict[str, Any]]:
    """List what is queued, one row an address that says anything, in the order of its text."""
    answers = matches.answers.assign(written=np.asarray(texts, dtype=object))
    waits = answers[(answers["state"] == QUEUED) & (answers["key"] != "")].reset_index(names="row")
    times = waits["key"].value_counts()
    # One of the ways of writing it: the least, so that the order of rows changes nothing.
    first = waits.sort_values(["key", "written"]).drop_duplicates("key")
    offered = matches.candidates.merge(waits[["row", "key"]], on="row", how="inner")
    offered = offered.sort_values(["key", "rank"]).drop_duplicates(["key", "rank"])
    by_key: dict[str, list[dict[str, Any]]] = {}
    for key, one in zip(offered["key"], list_records(offered[_CANDIDATE]), strict=True):
        by_key.setdefault(key, []).append(one)
    return [
        {**row, "times": int(times[row["text"]]), "candidates": by_key.get(row["text"], [])}
        for row in list_records(first.rename(columns={"key": "text"})[_QUEUED])
    ]
