"""Store what a check of files left: rows by COPY, changes in one statement, sources of values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    Table,
    and_,
    delete,
    func,
    insert,
    select,
    text,
    tuple_,
    update,
)

from gis import tables
from gis.database import allocate_ids, read_chosen, write_rows
from gis.ingest.bulk import lay_aside_checks
from gis.ingest.comparison import ALL, Held, Origin
from gis.runs import digest_text

_STAGED = "loading_rows"


def insert_new(
    connection: Connection, table: Table, frame: pd.DataFrame, district_id: int, *, stored: int
) -> str:
    """Store new rows beside the `stored` ones under new ids; return the digest of what was sent."""
    rows = frame.reset_index(drop=True)
    if "id" in table.columns:
        rows = rows.assign(id=allocate_ids(connection, table, len(rows)))
    if "district_id" in table.columns:
        rows = rows.assign(district_id=district_id)
    with lay_aside_checks(connection, table, rows=len(rows), stored=stored):
        return write_rows(connection, table, rows)


def update_changed(
    connection: Connection, table: Table, frame: pd.DataFrame, *, by: list[str]
) -> str:
    """Change stored rows to those of `frame`, found by the columns `by`; return its digest."""
    staged = Table(
        _STAGED,
        MetaData(),
        *(Column(name, table.c[name].type) for name in frame.columns),
        prefixes=["temporary"],
        postgresql_on_commit="DROP",
    )
    listed = ", ".join(f'"{name}"' for name in frame.columns)
    connection.execute(
        text(
            f"create temporary table {_STAGED} on commit drop as"
            f" select {listed} from {table.fullname} limit 0"
        )
    )
    digest = write_rows(connection, staged, frame.reset_index(drop=True))
    connection.execute(
        update(table)
        .values({name: staged.c[name] for name in frame.columns if name not in by})
        .where(and_(*(table.c[name] == staged.c[name] for name in by)))
    )
    connection.execute(text(f"drop table {_STAGED}"))
    return digest


def remove_rows(connection: Connection, table: Table, rows: pd.DataFrame, *, by: list[str]) -> str:
    """Remove stored rows found by the columns `by`; return the digest of those columns."""
    plain = [tuple(_to_plain(one) for one in row) for row in rows[by].itertuples(index=False)]
    if len(by) == 1:
        connection.execute(
            delete(table).where(table.c[by[0]] == func.any([row[0] for row in plain]))
        )
    else:
        connection.execute(delete(table).where(tuple_(*(table.c[name] for name in by)).in_(plain)))
    return digest_text(*(str(row) for row in sorted(map(str, plain))))


def _to_plain(one: Any) -> Any:
    if isinstance(one, float | np.floating) and float(one).is_integer():
        return int(one)
    return one.item() if isinstance(one, np.generic) else one


@dataclass(frozen=True)
class MainLoad:
    """Where the rows of a dataset mainly come from; no load id when it came with the district."""

    origin: Origin
    digest: str
    rows: int
    load_id: int | None


def find_main(connection: Connection, district_id: int, dataset: str) -> MainLoad | None:
    """Return the main source of a dataset; None when nothing of it is loaded."""
    one, load = tables.dataset, tables.source_load
    row = connection.execute(
        select(
            one.c.source, one.c.data_date, one.c.digest, one.c.rows, one.c.load_id, load.c.office
        )
        .select_from(one.outerjoin(load, one.c.load_id == load.c.id))
        .where(one.c.district_id == district_id, one.c.name == dataset)
    ).one_or_none()
    if row is None:
        return None
    origin = Origin(row.office or row.source, row.data_date)
    return MainLoad(origin, row.digest, row.rows, row.load_id)


def read_sources(connection: Connection, district_id: int, dataset: str, main: Origin) -> Held:
    """Return where the stored values of a dataset come from."""
    one, load = tables.value_source, tables.source_load
    listed = read_chosen(
        connection,
        select(one.c.row_key, one.c.column_name, load.c.office, load.c.as_of)
        .select_from(one.join(load, one.c.load_id == load.c.id))
        .where(one.c.district_id == district_id, one.c.dataset == dataset),
    )
    return Held(main, listed)


@dataclass(frozen=True, eq=False)
class Provenance:
    """What a load changes in the sources of values.

    Parameters
    ----------
    becomes_main
        The dataset is now mainly of this load: only what its files do not tell, and what others
        told better, still comes from elsewhere.
    untold, told
        Columns of the dataset that the files do not have, and that they have.
    cells
        row_key and column_name of the values that the load brought; `ALL` for whole new rows and
        for columns that it brought in every row.
    lost
        row_key and column_name of the values of the files that were left.
    others
        Keys of the stored rows that the files lack.
    """

    becomes_main: bool
    untold: list[str]
    told: list[str]
    cells: pd.DataFrame
    lost: pd.DataFrame
    others: pd.Series


def write_provenance(
    connection: Connection,
    district_id: int,
    dataset: str,
    load_id: int,
    main: MainLoad | None,
    known: Provenance,
) -> None:
    """Enter where the values of a dataset come from after a load."""
    source = tables.value_source
    mine = (source.c.district_id == district_id) & (source.c.dataset == dataset)
    if not known.becomes_main:
        _enter(connection, district_id, dataset, load_id, known.cells, keep=False)
        return
    if main is None:
        return
    former = main.load_id
    if former is None and (known.untold or len(known.others)):
        former = _adopt_main(connection, district_id, dataset, main)
    columns = set(known.told) - set(known.lost["column_name"])
    of_all = source.c.row_key == ALL
    connection.execute(delete(source).where(mine, of_all, source.c.column_name.in_(columns)))
    connection.execute(
        delete(source).where(
            mine,
            ~of_all,
            source.c.column_name.in_([*known.told, ALL]),
            source.c.row_key.not_in(known.lost["row_key"].unique().tolist()),
            source.c.row_key.not_in(known.others.tolist()),
        )
    )
    if former is not None:
        rest = pd.DataFrame({"row_key": ALL, "column_name": known.untold})
        rows = pd.DataFrame({"row_key": known.others.to_numpy(), "column_name": ALL})
        cells = pd.concat([rest, rows], ignore_index=True)
        _enter(connection, district_id, dataset, former, cells, keep=True)


def _adopt_main(connection: Connection, district_id: int, dataset: str, main: MainLoad) -> int:
    """Enter the load that came with the district as one of its own, so that values refer to it."""
    load = tables.source_load
    counts = dict.fromkeys(("changed", "same", "refused", "noted", "vanished", "removed"), 0)
    return int(
        connection.execute(
            insert(load)
            .values(
                district_id=district_id,
                dataset=dataset,
                office=main.origin.office,
                files=[],
                mode="district",
                digest=main.digest,
                as_of=main.origin.as_of,
                rows_read=main.rows,
                rows_new=main.rows,
                loaded_by="",
                **{f"rows_{name}": count for name, count in counts.items()},
            )
            .returning(load.c.id)
        ).scalar_one()
    )


def _enter(
    connection: Connection,
    district_id: int,
    dataset: str,
    load_id: int,
    cells: pd.DataFrame,
    *,
    keep: bool,
) -> None:
    """Enter a load as the source of values; of those that have one already the new counts."""
    if cells.empty:
        return
    source = tables.value_source
    rows = cells.drop_duplicates(["row_key", "column_name"])
    known = read_chosen(
        connection,
        select(source.c.row_key, source.c.column_name).where(
            source.c.district_id == district_id, source.c.dataset == dataset
        ),
    )
    again = rows.merge(known, on=["row_key", "column_name"])
    if len(again) and keep:
        rows = rows.merge(again, how="left", indicator=True)
        rows = rows[rows["_merge"] == "left_only"].drop(columns="_merge")
    elif len(again):
        pairs = list(again.itertuples(index=False, name=None))
        connection.execute(
            delete(source).where(
                source.c.district_id == district_id,
                source.c.dataset == dataset,
                tuple_(source.c.row_key, source.c.column_name).in_(pairs),
            )
        )
    entered = rows.assign(district_id=district_id, dataset=dataset, load_id=load_id)
    write_rows(connection, source, entered)


def write_dataset(
    connection: Connection,
    district_id: int,
    dataset: str,
    *,
    rows: int,
    refused: int,
    digest: str,
    origin: Origin,
    load_id: int,
    who: str,
    becomes_main: bool,
) -> None:
    """Enter how many rows a dataset has now, its digest and, when it changed, its main source."""
    one = tables.dataset
    mine = (one.c.district_id == district_id) & (one.c.name == dataset)
    values: dict[str, Any] = {"rows": rows, "digest": digest}
    if becomes_main:
        values |= {
            "rejected_rows": refused,
            "source": origin.office,
            "data_date": origin.as_of,
            "load_id": load_id,
            "loaded_by": who,
            "loaded_at": dt.datetime.now(dt.UTC),
        }
    if connection.execute(update(one).where(mine).values(values)).rowcount == 0:
        connection.execute(insert(one).values(district_id=district_id, name=dataset, **values))
