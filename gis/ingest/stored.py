"""What the database holds of a dataset, as files are set against it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import shapely
from sqlalchemy import ColumnElement, Connection, String, Table, and_, cast, func, or_, select

from gis import tables
from gis.database import read_chosen
from gis.ingest.contract import OWN_COLUMNS, name_source_column
from gis.ingest.district import LOCATED, PARTS, Loaded


def limit_rows(table: Table, district_id: int) -> ColumnElement[bool]:
    """Return the condition that rows of a table are of a district, by what they belong to."""
    if "district_id" in table.columns:
        return table.c.district_id == district_id
    wholes = [one for one in table.columns if one.foreign_keys and not one.nullable]
    wholes.sort(key=lambda one: one.name == "run_id")  # what a row is about, before who counted it
    target = next(iter(wholes[0].foreign_keys)).column.table
    return wholes[0].in_(select(target.c.id).where(limit_rows(target, district_id)))


def read_stored(
    connection: Connection, table: Table, district_id: int, names: Iterable[str]
) -> pd.DataFrame:
    """Return the stored rows of a dataset: those columns as stored, and id where there is one.

    References are ids, days datetime64, geometry shapely in EPSG:4490. Rows by their key.
    """
    wanted = list(dict.fromkeys([*(["id"] if "id" in table.columns else []), *names]))
    chosen = [_choose(table, name) for name in wanted]
    rows = read_chosen(connection, select(*chosen).where(limit_rows(table, district_id)))
    if "geom" in rows:
        shapes = shapely.from_wkb([None if one is None else one for one in rows["geom"]])
        rows["geom"] = np.asarray(shapes, dtype=object)
    return rows


def _choose(table: Table, name: str) -> Any:
    if name != "geom":
        return table.c[name]
    return func.encode(func.st_asbinary(table.c.geom), "hex").label("geom")


def read_targets(
    connection: Connection, table: Table, given: Iterable[str], district_id: int
) -> dict[str, Loaded]:
    """Return the keys of the tables that a file's rows refer to, by table name.

    Parameters
    ----------
    given
        Columns of the file. What geometry can answer and the file leaves out is read with shapes.
    """
    named = set(given)
    found: dict[str, Loaded] = {}
    for column in table.columns:
        if not column.foreign_keys or column.name in OWN_COLUMNS:
            continue
        target = next(iter(column.foreign_keys)).column.table
        by_code = name_source_column(column) in named
        located = target.name in LOCATED.get(table.name, []) and not by_code and "geom" in named
        if not by_code and not located:
            continue
        whole = [w for part, w in PARTS.values() if part == column.name]
        names = ["code", *(["geom"] if located else []), *whole]
        rows = read_stored(connection, target, district_id, names)
        found[target.name] = Loaded(
            rows["id"].to_numpy(),
            pd.Index(rows["code"]),
            rows["geom"].to_numpy() if located else None,
            {name: rows.set_index("id")[name] for name in whole},
        )
    return found


def has_row(
    connection: Connection, table: Table, district_id: int, key: Iterable[str], parts: list[str]
) -> bool:
    """Say whether a row of that key is stored.

    Parameters
    ----------
    key, parts
        Columns as files write them, and their values: references by code.
    """
    known = {name_source_column(column): column for column in table.columns}
    names = list(key)
    if len(names) != len(parts):
        return False
    conditions: list[ColumnElement[bool]] = [limit_rows(table, district_id)]
    for name, part in zip(names, parts, strict=True):
        column = known[name]
        if not column.foreign_keys:
            conditions.append(cast(column, String) == part)
            continue
        target = next(iter(column.foreign_keys)).column.table
        of_code = select(target.c.id).where(limit_rows(target, district_id), target.c.code == part)
        conditions.append(column.in_(of_code))
    asked = select(func.count()).select_from(table).where(and_(*conditions))
    return connection.execute(asked).scalar_one() > 0


def find_names(connection: Connection, table: Table, district_id: int) -> dict[str, str]:
    """Return code by Chinese name, for names that one row alone bears."""
    if "name_zh" not in table.columns or "code" not in table.columns:
        return {}
    rows = read_chosen(
        connection, select(table.c.code, table.c.name_zh).where(limit_rows(table, district_id))
    ).dropna()
    once = rows[~rows["name_zh"].duplicated(keep=False)]
    return dict(zip(once["name_zh"], once["code"], strict=True))


def count_dependents(connection: Connection, table: Table, ids: np.ndarray) -> dict[str, int]:
    """Count the rows that would go with rows of those ids, by table; results of runs do not count.

    What a run has computed is computed anew; results of admission are explained later and stay.
    """
    found: dict[str, int] = {}
    if "id" not in table.columns or len(ids) == 0:
        return found
    for other in tables.metadata.tables.values():
        is_result = "run_id" in other.columns and other.schema == tables.OPEN
        columns = [c for c in other.columns if any(k.column is table.c.id for k in c.foreign_keys)]
        if is_result or not columns:
            continue
        hit = or_(*(c == func.any([int(one) for one in ids]) for c in columns))
        rows = connection.execute(select(func.count()).select_from(other).where(and_(hit)))
        if count := rows.scalar_one():
            found[other.name] = int(count)
    return found
