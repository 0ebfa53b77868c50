"""A delivery: the files of one office for one dataset, checked row by row and stored whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import SecretStr
from sqlalchemy import Connection, Table

from gis.errors import RejectedDataError
from gis.ingest.cells import is_identity, read_cells
from gis.ingest.comparison import (
    Origin,
    Settled,
    level_values,
    pair_rows,
    settle_values,
)
from gis.ingest.contract import Rejections, check_table, list_key, name_source_column
from gis.ingest.dictionary import Words, list_columns, read_words
from gis.ingest.district import refuse_future, refuse_strange_parts, resolve_references
from gis.ingest.findings import REFUSED, Findings
from gis.ingest.mapping import ColumnMapping, map_columns
from gis.ingest.naming import name_references, write_keys
from gis.ingest.places import doubt_places
from gis.ingest.sources import SourceTable
from gis.ingest.stored import count_dependents, read_stored, read_targets
from gis.ingest.storing import MainLoad, find_main, read_sources

Mode = Literal["update", "append", "replace"]
Progress = Callable[[str, float], None]
NameMap = Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True)
class Terms:
    """By what a delivery is checked.

    Parameters
    ----------
    mode
        update: rows that the files lack stay; append: rows that are there are refused; replace:
        rows that the files lack are removed, unless others hang on them.
    code_lists
        Names by code and column that the district's profile tells, such as its stages.
    find_authority
        Office that is the authority for a column, if any.
    crs
        System of the geometry, as the steward states it.
    """

    origin: Origin
    mode: Mode
    id_key: SecretStr
    code_lists: NameMap = field(default_factory=dict)
    find_authority: Callable[[str], str | None] = lambda _column: None
    crs: str | None = None


@dataclass(frozen=True, eq=False)
class Checked:
    """A delivery after its check, nothing of it stored.

    Parameters
    ----------
    places
        file, sheet, line of every row that was read.
    given
        Rows that keep every rule, under the names of the table, index of `places`.
    position
        Of the stored row of each, -1 for new ones.
    settled
        Whose values are kept, for the rows that are there already.
    gone
        Positions of the stored rows that the files lack.
    """

    table: Table
    mapping: ColumnMapping
    findings: Findings
    places: pd.DataFrame
    given: pd.DataFrame
    stored: pd.DataFrame
    position: np.ndarray
    settled: Settled
    gone: np.ndarray
    keys: pd.Series
    stored_keys: pd.Series
    main: MainLoad | None
    key: list[str]
    columns: list[str]

    @property
    def is_new(self) -> np.ndarray:
        """Which of the kept rows are not there yet."""
        return self.position < 0

    @property
    def is_changed(self) -> np.ndarray:
        """Which of the rows that are there already change."""
        flags = [*self.settled.applied.values()]
        return (
            np.logical_or.reduce(flags)
            if flags
            else np.zeros(int((self.position >= 0).sum()), bool)
        )

    def count_rows(self) -> dict[str, int]:
        """Count the rows: read, new, changed, same, refused, noted, vanished.

        Those read are new, changed, same or refused.
        """
        table = self.findings.build_table()
        refused = self.findings.list_refused()
        noted = table.loc[table["outcome"] != REFUSED, "row"]
        changed = int(self.is_changed.sum())
        return {
            "read": len(self.places),
            "new": int(self.is_new.sum()),
            "changed": changed,
            "same": len(self.position) - int(self.is_new.sum()) - changed,
            "refused": len(refused),
            "noted": int(noted[~noted.isin(refused)].nunique()),
            "vanished": len(self.gone),
        }


def check_delivery(
    connection: Connection,
    district_id: int,
    table: Table,
    sources: list[SourceTable],
    mapping: ColumnMapping,
    terms: Terms,
    *,
    progress: Progress | None = None,
) -> Checked:
    """Check the files of an office against the contract of a dataset and what is stored.

    The order of rows never matters: of rows with one key the first is kept, others are refused.

    Raises
    ------
    RejectedDataError
        When a file lacks a column of its mapping or a mandatory one that no stored row has.
    CrsError
        When geometry comes without a coordinate system.
    """
    tell = progress or (lambda _step, _share: None)
    words, findings = read_words(table.name), Findings()
    tell("map", 0.0)
    mapped, places = _map_sources(sources, mapping, terms)
    _require_key(table, words, mapped)
    tell("values", 0.1)
    named = name_references(connection, table, mapped, district_id, findings)
    cells = read_cells(
        table, named, words, findings, code_lists=terms.code_lists, id_key=terms.id_key
    )
    tell("contract", 0.3)
    frame = _keep_contract(connection, district_id, table, cells, words, findings, terms)
    doubt_places(connection, district_id, frame, findings)
    tell("compare", 0.6)
    refused = cells.loc[findings.list_refused()]
    return _compare(
        connection, district_id, table, frame, refused, findings, places, mapping, words, terms
    )


def _map_sources(
    sources: list[SourceTable], mapping: ColumnMapping, terms: Terms
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Map all tables of all files and number their rows; return them and their places."""
    parts, places, first = [], [], 0
    for source in sources:
        frame = source.frame.set_axis(pd.RangeIndex(first, first + len(source.frame)), axis=0)
        parts.append(map_columns(frame, mapping, crs=terms.crs, origin=source.file))
        places.append(
            pd.DataFrame(
                {"file": source.file, "sheet": source.sheet, "line": source.lines},
                index=frame.index,
            )
        )
        first += len(frame)
    if not parts:
        raise RejectedDataError("The files hold no table.", mend="Name the sheet with --sheet.")
    mapped = parts[0] if len(parts) == 1 else pd.concat(parts)
    return mapped, places[0] if len(places) == 1 else pd.concat(places)


def _require_key(table: Table, words: Words, mapped: pd.DataFrame) -> None:
    missing = [name for name in words.key if name not in mapped]
    if missing:
        raise RejectedDataError(
            f"The files lack {', '.join(missing)}, by which rows of {table.name} are known.",
            mend="Map a column to it; --suggest writes a mapping to change.",
        )


def _keep_contract(
    connection: Connection,
    district_id: int,
    table: Table,
    cells: pd.DataFrame,
    words: Words,
    findings: Findings,
    terms: Terms,
) -> pd.DataFrame:
    """Return the rows that keep the contract, with references resolved; note the others."""
    rejections = Rejections(table.name)
    faulty = pd.Index(findings.list_refused())
    frame = check_table(table, cells, rejections, partial=True)
    if not list_key(table):  # a key of the dictionary's
        twice = frame[list(words.key)].duplicated(keep="first").to_numpy(dtype=bool)
        rejections.add(
            frame[words.key[0]][twice], column=", ".join(words.key), found=None,
            rule="the same key stands above", mend="Keep one row for each key.",
        )  # fmt: skip
        frame = frame[~twice]
    frame = refuse_future(table, frame, terms.origin.as_of, rejections, past=words.past)
    targets = read_targets(connection, table, frame.columns, district_id)
    lost = cells.loc[cells.index.difference(frame.index)]
    resolve_references(table, _take_references(table, lost), targets, rejections)
    frame = resolve_references(table, frame, targets, rejections)
    frame = refuse_strange_parts(table, frame, targets, rejections)
    identities = {name for name in list_columns(table) if is_identity(name)}
    findings.adopt(rejections, masked=identities)
    return frame.drop(index=frame.index.intersection(faulty))


def _take_references(table: Table, rows: pd.DataFrame) -> pd.DataFrame:
    """Return what refused rows refer to: that too is told, so that they are mended at once."""
    names = [name_source_column(column) for column in table.columns if column.foreign_keys]
    return pd.DataFrame(rows[[name for name in names if name in rows]]).astype("str")


def _compare(
    connection: Connection,
    district_id: int,
    table: Table,
    frame: pd.DataFrame,
    refused: pd.DataFrame,
    findings: Findings,
    places: pd.DataFrame,
    mapping: ColumnMapping,
    words: Words,
    terms: Terms,
) -> Checked:
    key = [_find_stored_name(table, name) for name in words.key]
    columns = [str(name) for name in frame.columns if name not in key]
    stored = read_stored(connection, table, district_id, [*key, *columns])
    stored_keys = write_keys(connection, district_id, table, stored, key)
    main = find_main(connection, district_id, table.name)
    frame = _order_rows(frame, key)
    at = pair_rows(frame, stored, key)
    if terms.mode == "append":
        frame, at = _refuse_known(frame, at, key, findings)
    frame, at = _refuse_incomplete(table, frame, at, findings)
    keys = pd.Series("", index=frame.index, dtype=object)
    keys[at >= 0] = stored_keys.to_numpy(dtype=object)[at[at >= 0]]
    if (at < 0).any() and main is not None:
        new = frame[at < 0]
        keys[at < 0] = write_keys(connection, district_id, table, new, key).to_numpy(dtype=object)
    matched = at >= 0
    origin = main.origin if main else terms.origin
    settled = settle_values(
        frame[matched],
        stored.iloc[at[matched]],
        columns,
        origin=terms.origin,
        sources=read_sources(connection, district_id, table.name, origin),
        keys=keys[matched],
        find_authority=terms.find_authority,
    )
    present = (
        at[matched]
        if not len(refused)
        else np.r_[at[matched], _find_refused(refused, words, stored_keys)]
    )
    gone = np.setdiff1d(np.arange(len(stored)), present)
    return Checked(
        table, mapping, findings, places, frame, stored, at, settled, gone, keys, stored_keys,
        main, key, columns,
    )  # fmt: skip


def _find_refused(refused: pd.DataFrame, words: Words, stored_keys: pd.Series) -> np.ndarray:
    """Return the stored rows that refused rows mean: a row that was refused has not vanished.

    Where a key holds an identity number this cannot be told, and no row counts as vanished.
    """
    if any(is_identity(name) for name in words.key):
        return np.arange(len(stored_keys))
    meant = pd.Series("", index=refused.index, dtype=object)
    for nth, name in enumerate(words.key):
        part = refused[name].astype("str").fillna("").str.strip()
        meant = part if nth == 0 else meant + " / " + part
    return np.flatnonzero(stored_keys.isin(meant).to_numpy(dtype=bool))


def _find_stored_name(table: Table, name: str) -> str:
    return next(c.name for c in table.columns if name_source_column(c) == name)


def _order_rows(frame: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Put rows into the order of their keys, so that the order of files tells nothing."""
    levelled = pd.DataFrame({name: level_values(frame[name]) for name in key})
    order = levelled.sort_values(key, kind="stable").index.to_numpy()
    return frame.iloc[order]


def _refuse_known(
    frame: pd.DataFrame, at: np.ndarray, key: list[str], findings: Findings
) -> tuple[pd.DataFrame, np.ndarray]:
    known = at >= 0
    findings.add(
        REFUSED, frame.index[known], column=", ".join(key), found=None,
        rule="the key is stored already", mend="Leave the row out, or load without --append.",
    )  # fmt: skip
    return frame[~known], at[~known]


def _refuse_incomplete(
    table: Table, frame: pd.DataFrame, at: np.ndarray, findings: Findings
) -> tuple[pd.DataFrame, np.ndarray]:
    """Refuse new rows where the files lack a column that each row must have."""
    missing = [
        name_source_column(column)
        for column in table.columns
        if not column.nullable
        and column.name not in frame
        and column.name not in {"id", "district_id"}
        and column.server_default is None
    ]
    if not missing:
        return frame, at
    new = at < 0
    findings.add(
        REFUSED, frame.index[new], column=missing[0], found=None,
        rule=f"a new row needs {', '.join(missing)}",
        mend="Add the column, or map one to it; rows that are there need not have it.",
    )  # fmt: skip
    return frame[~new], at[~new]


def refuse_too_many(checked: Checked, most_pct: float) -> RejectedDataError | None:
    """Return why a delivery is refused as a whole; None when few enough rows are."""
    counts = checked.count_rows()
    if counts["read"] == 0:
        return RejectedDataError("The files hold no rows.", mend="Export them again.")
    share = 100 * counts["refused"] / counts["read"]
    if counts["refused"] == counts["read"] or share > most_pct:
        return RejectedDataError(
            f"{counts['refused']} of {counts['read']} rows ({share:.1f} %) break a rule, more than"
            f" the {most_pct:g} % that the profile allows. Nothing was stored.",
            mend="Mend the rows that the report lists and load the files again.",
        )
    return None


def explain_hanging(connection: Connection, checked: Checked) -> RejectedDataError | None:
    """Return why stored rows that the files lack cannot go: others hang on them; None if none."""
    if not len(checked.gone) or "id" not in checked.stored:
        return None
    ids = checked.stored["id"].to_numpy()[checked.gone]
    hanging = count_dependents(connection, checked.table, ids)
    if not hanging:
        return None
    named = ", ".join(checked.stored_keys.iloc[checked.gone].head(20))
    told = ", ".join(f"{count} of {name}" for name, count in hanging.items())
    return RejectedDataError(
        f"{len(checked.gone)} rows of {checked.table.name} are not in the files ({named}), and"
        f" others hang on them: {told}. Nothing was stored.",
        mend="Deliver those first, or load without --replace: the rows then stay.",
    )
