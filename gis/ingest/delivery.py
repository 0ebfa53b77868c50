"""A delivery: the files of one office for one dataset, checked row by row and stored whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import SecretStr
from sqlalchemy import Connection, Table

from gis.errors import RejectedDataError
from gis.ingest.cells import is_identity, read_cells
from gis.ingest.comparison import (
    ALL,
    Origin,
    Settled,
    level_values,
    pair_rows,
    settle_values,
    write_values,
)
from gis.ingest.contract import Rejections, check_table, list_key, name_source_column
from gis.ingest.dictionary import Words, list_columns, read_words
from gis.ingest.district import refuse_future, refuse_strange_parts, resolve_references
from gis.ingest.findings import CHANGED, REFUSED, Findings
from gis.ingest.mapping import ColumnMapping, map_columns
from gis.ingest.sources import SourceTable
from gis.ingest.stored import count_dependents, find_names, read_stored, read_targets
from gis.ingest.storing import (
    MainLoad,
    Provenance,
    find_main,
    insert_new,
    read_sources,
    remove_rows,
    update_changed,
    write_conflicts,
    write_dataset,
    write_provenance,
)
from gis.runs import digest_text

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
    at
        Position of the stored row of each, -1 for new ones.
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
    at: np.ndarray
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
        return self.at < 0

    @property
    def is_changed(self) -> np.ndarray:
        """Which of the rows that are there already change."""
        flags = [*self.settled.applied.values()]
        return np.logical_or.reduce(flags) if flags else np.zeros(int((self.at >= 0).sum()), bool)

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
            "same": len(self.at) - int(self.is_new.sum()) - changed,
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
    named = _name_references(connection, table, mapped, district_id, findings)
    cells = read_cells(
        table, named, words, findings, code_lists=terms.code_lists, id_key=terms.id_key
    )
    cells = cells.drop(index=findings.list_refused())
    tell("contract", 0.3)
    frame = _keep_contract(connection, district_id, table, cells, words, findings, terms)
    tell("compare", 0.6)
    refused = named.loc[findings.list_refused()]
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


def _name_references(
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
    frame = resolve_references(table, frame, targets, rejections)
    frame = refuse_strange_parts(table, frame, targets, rejections)
    identities = {name for name in list_columns(table) if is_identity(name)}
    findings.adopt(rejections, masked=identities)
    return frame


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
    stored_keys = _write_keys(connection, district_id, table, stored, key)
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
        keys[at < 0] = _write_keys(connection, district_id, table, new, key).to_numpy(dtype=object)
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


def _write_keys(
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


def find_hanging(connection: Connection, checked: Checked) -> dict[str, int]:
    """Count the rows of other tables that hang on stored rows which the files lack, by table."""
    if not len(checked.gone) or "id" not in checked.stored:
        return {}
    ids = checked.stored["id"].to_numpy()[checked.gone]
    return count_dependents(connection, checked.table, ids)


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
        digests.append(insert_new(connection, table, new, district_id))
    changed = _build_changed(checked, by, kept_back)
    if len(changed):
        digests.append(update_changed(connection, table, changed, by=by))
    removed = 0
    if terms.mode == "replace" and len(checked.gone):
        _refuse_hanging(connection, checked)
        rows = checked.stored.iloc[checked.gone]
        digests.append(remove_rows(connection, table, rows, by=by))
        removed = len(rows)
    main = checked.main
    digest = main.digest if main else digest_text()
    if digests or main is None:
        digest = digest_text(digest, *digests)
    rows = len(checked.stored) + len(new) - removed
    known = _build_provenance(checked, terms, removed)
    write_provenance(connection, district_id, table.name, load_id, main, known)
    write_conflicts(
        connection, district_id, table.name, terms.origin.office, known, checked.settled.conflicts
    )
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
    matched = checked.at >= 0
    given = checked.given[matched][hit]
    held = checked.stored.iloc[checked.at[matched][hit]]
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


def _refuse_hanging(connection: Connection, checked: Checked) -> None:
    hanging = find_hanging(connection, checked)
    if hanging:
        named = ", ".join(checked.stored_keys.iloc[checked.gone].head(20))
        told = ", ".join(f"{count} of {name}" for name, count in hanging.items())
        raise RejectedDataError(
            f"{len(checked.gone)} rows of {checked.table.name} are not in the files ({named}), and"
            f" others hang on them: {told}. Nothing was stored.",
            mend="Deliver those first, or load without --replace: the rows then stay.",
        )


def _build_provenance(checked: Checked, terms: Terms, removed: int) -> Provenance:
    told = [*checked.key, *checked.columns]
    every = {c.name: c for c in checked.table.columns if c.name not in {"id", "district_id"}}
    untold = [name for name in every if name not in told]
    lost = checked.settled.conflicts
    lost = lost[lost["left_office"] == terms.origin.office][["row_key", "column_name"]]
    keys = checked.keys[checked.at >= 0].to_numpy(dtype=object)
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
        agreed=checked.keys,
    )


def _becomes_main(
    checked: Checked, terms: Terms, *, is_whole: bool, tells_all: bool, loses: bool
) -> bool:
    """Say whether the dataset is mainly the office's after this load.

    It is when nothing was there, or when the files hold every stored row with all that a row must
    have; of another office moreover when none of its values was left, its file is newer, and the
    present one is not the authority.
    """
    if checked.main is None:
        return True
    if not is_whole or not tells_all:
        return False
    held = checked.main.origin
    if held.office == terms.origin.office:
        return True
    is_chief = terms.find_authority(ALL) == held.office
    return not loses and not is_chief and terms.origin.as_of > held.as_of


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
