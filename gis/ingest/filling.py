"""Filled and repeated values of stored datasets, counted by the database."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from sqlalchemy import Connection, String, Table, distinct, func, select

from gis.ingest.contract import name_source_column
from gis.ingest.stored import limit_rows


def count_filled(
    connection: Connection, table: Table, district_id: int, names: Iterable[str]
) -> pd.DataFrame:
    """Count the rows of a dataset that have a value, column by column.

    Parameters
    ----------
    names
        Columns as files write them: references by code.

    Returns
    -------
    DataFrame
        column, rows, filled; one row a column that the table has, in the order of `names`. Text
        of no length is no value.
    """
    known = {name_source_column(column): column for column in table.columns}
    columns = [known[name] for name in names if name in known]
    counts = [
        func.count(func.nullif(c, "") if isinstance(c.type, String) else c).label(f"c{at}")
        for at, c in enumerate(columns)
    ]
    asked = select(func.count().label("rows"), *counts).where(limit_rows(table, district_id))
    rows, *filled = connection.execute(asked).one()
    return pd.DataFrame(
        {
            "column": [name_source_column(column) for column in columns],
            "rows": rows,
            "filled": pd.Series(filled, dtype="int64"),
        }
    )


def count_repeated(
    connection: Connection, table: Table, district_id: int, names: Iterable[str]
) -> pd.DataFrame:
    """Count the rows whose values stand in an earlier row, for each column of `names`.

    Returns
    -------
    DataFrame
        column, rows (that have a value), repeated.
    """
    rows = []
    for name in names:
        column = table.c[name]
        asked = select(func.count(column), func.count(distinct(column)))
        known, different = connection.execute(asked.where(limit_rows(table, district_id))).one()
        rows.append({"column": name, "rows": known, "repeated": known - different})
    return pd.DataFrame(rows, columns=["column", "rows", "repeated"])
