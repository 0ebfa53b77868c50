"""Rows by the names and keys under which files know them."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import Connection, Table

from gis.ingest.comparison import write_values
from gis.ingest.contract import name_source_column
from gis.ingest.findings import CHANGED, Findings
from gis.ingest.stored import find_names, read_stored


def name_references(
    connection: Connection,
    table: Table,
    mapped: pd.DataFrame,
    district_id: int,
    findings: Findings,
) -> pd.DataFrame:
    """Turn names in the place of codes into codes, where one thing alone bears the name."""
    named = mapped
    for column in table.columns:
        name = name_source_column(column)
        if not column.foreign_keys or name not in mapped:
            continue
        target = next(iter(column.foreign_keys)).column.table
        codes = find_names(connection, target, district_id)
        if not codes:
            continue
        text = mapped[name].astype("str").str.strip()
        hit = text.isin(codes).to_numpy(dtype=bool) & ~text.isin(codes.values()).to_numpy(bool)
        if not hit.any():
            continue
        found = text[hit].map(codes)
        findings.add(
            CHANGED, mapped.index[hit], column=name, found=text[hit], stored=found,
            rule=f"the name of a {target.name} is read as its code",
            mend="Nothing need be done; the code in the source saves this note.",
        )  # fmt: skip
        values = mapped[name].astype(object)
        values[hit] = found
        named = named.assign(**{name: values})
    return named


def write_keys(
    connection: Connection, district_id: int, table: Table, rows: pd.DataFrame, key: list[str]
) -> pd.Series:
    """Write the key of each row as files write it: references by code."""
    written = pd.Series("", index=rows.index, dtype=object)
    for nth, name in enumerate(key):
        values = rows[name]
        if table.c[name].foreign_keys:
            target = next(iter(table.c[name].foreign_keys)).column.table
            known = read_stored(connection, target, district_id, ["code"])
            values = values.map(known.set_index("id")["code"])
        part = pd.Series(write_values(values), index=rows.index).fillna("")
        written = part if nth == 0 else written + " / " + part
    return written
