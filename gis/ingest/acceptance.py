"""Store a checked delivery: rows, changed values, where they come from, what offices differ on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from gis.ingest.comparison import ALL
from gis.ingest.conflicts import update_conflicts
from gis.ingest.delivery import Checked, Terms, explain_hanging
from gis.ingest.storing import (
    Provenance,
    insert_new,
    remove_rows,
    update_changed,
    write_dataset,
    write_provenance,
)
from gis.runs import digest_text


@dataclass(frozen=True)
class Stored:
    """What a delivery changed in its dataset."""

    digest: str
    rows: int
    becomes_main: bool
    removed: int


def store_delivery(
    connection: Connection,
    district_id: int,
    checked: Checked,
    terms: Terms,
    *,
    load_id: int,
    who: str,
    kept_back: frozenset[str] = frozenset(),
) -> Stored:
    """Store a checked delivery in the transaction of `connection`: rows, sources, conflicts.

    Parameters
    ----------
    kept_back
        Columns of rows that are there already, whose changes the caller stores.

    Raises
    ------
    RejectedDataError
        When rows that the files lack are to go and others hang on them.
    """
    table, digests = checked.table, []
    by = ["id"] if "id" in table.columns else checked.key
    new = checked.given[checked.is_new]
    if len(new):
        held = len(checked.stored)
        digests.append(insert_new(connection, table, new, district_id, stored=held))
    changed = _build_changed(checked, by, kept_back)
    if len(changed):
        digests.append(update_changed(connection, table, changed, by=by))
    removed = 0
    if terms.mode == "replace" and len(checked.gone):
        refusal = explain_hanging(connection, checked)
        if refusal is not None:
            raise refusal
        gone = checked.stored.iloc[checked.gone]
        digests.append(remove_rows(connection, table, gone, by=by))
        removed = len(gone)
    main = checked.main
    digest = main.digest if main else digest_text()
    if digests or main is None:
        digest = digest_text(digest, *digests)
    rows = len(checked.stored) + len(new) - removed
    known = _build_provenance(checked, terms, removed)
    write_provenance(connection, district_id, table.name, load_id, main, known)
    update_conflicts(connection, district_id, checked, terms)
    write_dataset(
        connection,
        district_id,
        table.name,
        rows=rows,
        refused=len(checked.findings.list_refused()),
        digest=digest,
        origin=terms.origin,
        load_id=load_id,
        who=who,
        becomes_main=known.becomes_main,
    )
    return Stored(digest, rows, known.becomes_main, removed)


def _build_changed(checked: Checked, by: list[str], kept_back: frozenset[str]) -> pd.DataFrame:
    """Build the rows to change: their key and every column as it is to stand."""
    names = [name for name in checked.columns if name not in kept_back]
    flags = [checked.settled.applied[name] for name in names]
    if not flags:
        return pd.DataFrame()
    hit = np.logical_or.reduce(flags)
    matched = checked.position >= 0
    given = checked.given[matched][hit]
    held = checked.stored.iloc[checked.position[matched][hit]]
    rows: dict[str, Any] = {name: held[name].to_numpy() for name in by}
    for name in names:
        takes = checked.settled.applied[name][hit]
        rows[name] = _choose(given[name], held[name], takes)
    return pd.DataFrame(rows)


def _choose(offered: pd.Series, held: pd.Series, takes: np.ndarray) -> pd.Series:
    if takes.all():
        return offered.reset_index(drop=True)
    ours, theirs = offered.reset_index(drop=True), held.reset_index(drop=True)
    if pd.api.types.is_datetime64_any_dtype(ours) or pd.api.types.is_datetime64_any_dtype(theirs):
        return pd.to_datetime(ours).where(takes, pd.to_datetime(theirs))
    return ours.astype(object).where(takes, theirs.astype(object)).infer_objects()


def _build_provenance(checked: Checked, terms: Terms, removed: int) -> Provenance:
    told = [*checked.key, *checked.columns]
    every = {c.name: c for c in checked.table.columns if c.name not in {"id", "district_id"}}
    untold = [name for name in every if name not in told]
    lost = checked.settled.conflicts
    lost = lost[lost["left_office"] == terms.origin.office][["row_key", "column_name"]]
    keys = checked.keys[checked.position >= 0].to_numpy(dtype=object)
    whole = checked.keys[checked.is_new].to_numpy()
    cells = [pd.DataFrame({"row_key": whole, "column_name": ALL})]
    for name, flags in checked.settled.applied.items():
        rows = [ALL] if flags.all() and len(flags) == len(checked.stored) else keys[flags]
        cells.append(pd.DataFrame({"row_key": rows, "column_name": name}))
    return Provenance(
        becomes_main=_becomes_main(
            checked,
            terms,
            is_whole=len(checked.gone) == removed and not checked.settled.older,
            tells_all=all(every[name].nullable for name in untold),
            loses=len(lost) > 0,
        ),
        untold=untold,
        told=told,
        cells=pd.concat(cells, ignore_index=True),
        lost=lost,
        others=checked.stored_keys.iloc[checked.gone] if removed == 0 else checked.stored_keys[:0],
    )


def _becomes_main(
    checked: Checked, terms: Terms, *, is_whole: bool, tells_all: bool, loses: bool
) -> bool:
    """Say whether the dataset is mainly the office's after this load.

    It is when nothing was there, or little against what is new; or when the files hold every
    stored row with all that a row must have; of another office moreover when none of its values
    was left, its file is newer, and the present one is not the authority.
    """
    if checked.main is None or checked.is_new.sum() > len(checked.stored):
        return True
    if not is_whole or not tells_all:
        return False
    held = checked.main.origin
    if held.office == terms.origin.office:
        return True
    is_chief = terms.find_authority(ALL) == held.office
    return not loses and not is_chief and terms.origin.as_of > held.as_of
