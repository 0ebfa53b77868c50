"""Values on which offices differ: what stands on record, and what a delivery changes in it."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import Connection, delete, select, tuple_

from gis import tables
from gis.database import read_chosen, write_rows
from gis.ingest.comparison import CONFLICT_COLUMNS, write_values
from gis.ingest.delivery import Checked, Terms

_CELL = ["row_key", "column_name", "left_office"]


def update_conflicts(
    connection: Connection, district_id: int, checked: Checked, terms: Terms
) -> None:
    """Bring the conflicts of a dataset up to date with a delivery that is being stored.

    What the office told before of a value counts no longer; what others told stays, against the
    value that is stored now, until one of them agrees with it.
    """
    conflict = tables.value_conflict
    mine = (conflict.c.district_id == district_id) & (conflict.c.dataset == checked.table.name)
    standing = read_chosen(
        connection, select(*(conflict.c[name] for name in CONFLICT_COLUMNS)).where(mine)
    )
    told = standing["row_key"].isin(checked.keys) & standing["column_name"].isin(checked.columns)
    touched = standing[told]
    fresh = checked.settled.conflicts
    kept = _restate(touched, checked, terms)
    final = pd.concat([part for part in (kept, fresh) if len(part)] or [fresh], ignore_index=True)
    final = final.drop_duplicates(_CELL, keep="last")
    gone = pd.concat([touched[_CELL], fresh[_CELL]]).drop_duplicates()
    if len(gone):
        key = tuple_(*(conflict.c[name] for name in _CELL))
        pairs = list(gone.itertuples(index=False, name=None))
        connection.execute(delete(conflict).where(mine, key.in_(pairs)))
    if len(final):
        entered = final.assign(district_id=district_id, dataset=checked.table.name)
        for side in ("kept_as_of", "left_as_of"):
            entered[side] = pd.to_datetime(entered[side])
        write_rows(connection, conflict, entered)


def _restate(touched: pd.DataFrame, checked: Checked, terms: Terms) -> pd.DataFrame:
    """Return standing conflicts of others against the values that the delivery has brought."""
    others = touched[touched["left_office"] != terms.origin.office].copy()
    matched = checked.position >= 0
    given, keys = checked.given[matched], pd.Index(checked.keys[matched])
    for name, rows in others.groupby("column_name"):
        at = keys.get_indexer(pd.Index(rows["row_key"]))
        applied = checked.settled.applied[str(name)][at]
        index = rows.index[applied]
        others.loc[index, "kept_value"] = write_values(given[str(name)].iloc[at[applied]])
        others.loc[index, "kept_office"] = terms.origin.office
        others.loc[index, "kept_as_of"] = pd.Timestamp(terms.origin.as_of)
    return others[others["kept_value"] != others["left_value"]]
