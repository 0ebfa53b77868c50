"""Who delivered what, as of when, what is due: sources of datasets, conflicts between offices."""

from __future__ import annotations

import datetime as dt

import pandas as pd
from sqlalchemy import Connection

from catchments.stewardship_rules import Stewardship
from gis.database import read_table
from gis.errors import UsageError
from gis.ingest.comparison import ALL
from gis.ingest.dictionary import find_dataset, list_columns, read_words
from gis.ingest.district import LOAD_ORDER
from gis.ingest.stored import has_row
from scenarios.district import District

_KNOWN = {table.name for table in LOAD_ORDER}


def check_stewardship(rules: Stewardship) -> None:
    """Refuse rules of data management that name a dataset or a column that there is not.

    Raises
    ------
    UsageError
        With the place in the profile.
    """
    named = [("wanted", dataset, fields) for dataset, fields in rules.wanted.items()]
    named += [("authorities", one.dataset, one.fields) for one in rules.authorities]
    for part, dataset, fields in named:
        columns = list_columns(find_dataset(dataset))
        strange = [field for field in fields if field not in columns]
        if strange:
            raise UsageError(
                f"stewardship.{part} of the profile names {', '.join(strange)}, which {dataset}"
                " does not have.",
                mend=f"Use {', '.join(columns)}.",
            )


def list_sources(
    connection: Connection, district: District, *, today: dt.date | None = None
) -> pd.DataFrame:
    """Return the newest delivery of each dataset and office, with the day it is due (定期核验).

    Returns
    -------
    DataFrame
        dataset, name_zh, office, authority (whether the profile names it as that), is_main, as_of,
        loaded_at, loaded_by, mode, rows (of the dataset), rows_read, rows_new, rows_changed,
        rows_refused, rows_noted, due_on, overdue. An authority that has delivered nothing is told
        with empty days; it is overdue.
    """
    rules, day = district.profile.stewardship, today or dt.date.today()
    table = read_table(connection, "dataset_sources", district_id=district.id)
    pairs = list(zip(table["dataset"], table["office"], strict=True))
    chiefs = {(one.dataset, one.office) for one in rules.authorities}
    table["authority"] = [pair in chiefs for pair in pairs]
    days = [dt.timedelta(days=rules.find_verify_days(*pair)) for pair in pairs]
    table["due_on"] = [as_of + wait for as_of, wait in zip(table["as_of"], days, strict=True)]
    table["overdue"] = [due < day for due in table["due_on"]]
    silent = [pair for pair in dict.fromkeys(
        (one.dataset, one.office) for one in rules.authorities
    ) if pair not in set(pairs)]  # fmt: skip
    if silent:
        rows = pd.DataFrame(silent, columns=["dataset", "office"]).assign(
            authority=True, is_main=False, overdue=True
        )
        table = pd.concat([table.astype(object), rows.astype(object)], ignore_index=True)
    names = [read_words(name).zh[:1] if name in _KNOWN else () for name in table["dataset"]]
    table.insert(1, "name_zh", [next(iter(name), None) for name in names])
    return table.sort_values(["dataset", "office"], ignore_index=True)


def find_first_sources(connection: Connection, district: District) -> set[str]:
    """Return what stands for the office where a dataset came with the district as a whole."""
    table = read_table(connection, "dataset_sources", district_id=district.id)
    return set(table.loc[table["mode"] == "district", "office"])


def list_conflicts(
    connection: Connection,
    district: District,
    dataset: str | None = None,
    *,
    rows: int | None = None,
    start: int = 0,
) -> pd.DataFrame:
    """Return the values on which offices differ, which one is kept and by which rule.

    The rule is authority (the profile names the office), newest (by the day of its file) or first
    (both are of one day: what was there stays).

    Parameters
    ----------
    rows
        At most so many, after the first `start`; all without it. Column total counts all.
    """
    asked = {"district_id": district.id, "dataset": dataset, "rows": rows, "start": start}
    return read_table(connection, "value_conflicts", **asked)


def list_findings(
    connection: Connection,
    district: District,
    dataset: str,
    *,
    rows: int | None = None,
    start: int = 0,
) -> pd.DataFrame:
    """Return what the last load of each office found in a dataset, by file and line.

    Parameters
    ----------
    rows
        At most so many, after the first `start`; all without it. Column total counts all.
    """
    asked = {"district_id": district.id, "dataset": dataset, "rows": rows, "start": start}
    return read_table(connection, "load_findings", **asked)


def list_outdated(connection: Connection, district: District) -> pd.DataFrame:
    """Return the newest runs that are older than a load of what they read.

    Columns run_id, kind, plan_code, finished_at.
    `onemap load … --compute` or the next whole computation makes them anew.
    """
    return read_table(connection, "outdated_runs", district_id=district.id)


def list_provenance(
    connection: Connection, district: District, dataset: str, row_key: str
) -> pd.DataFrame:
    """Return where the values of a row come from; a steward's right.

    A column of the row that an office brought stands first, then a whole row of an office, then a
    column that an office brought for all rows; all others come from the main source.

    Parameters
    ----------
    row_key
        Key as files write it; parts joined by `` / ``.

    Returns
    -------
    DataFrame
        column_name (``*`` for every other one), office, as_of, loaded_at, loaded_by, files, load_id
        (missing: loaded with the district). No rows when no such row is stored.
    """
    columns = ["column_name", "office", "as_of", "loaded_at", "loaded_by", "files", "load_id"]
    words = read_words(dataset)
    parts = [part.strip() for part in row_key.split(" / ")]
    if not has_row(connection, find_dataset(dataset), district.id, words.key, parts):
        return pd.DataFrame(columns=columns)
    asked = {"district_id": district.id, "dataset": dataset}
    listed = read_table(connection, "value_provenance", **asked, row_key=" / ".join(parts))
    order = {(False, False): 0, (False, True): 1, (True, False): 2}
    rank = [
        order.get((bool(row.row_key == ALL), bool(row.column_name == ALL)), 3)
        for row in listed.itertuples()
    ]
    listed = listed.assign(rank=rank).sort_values("rank", kind="stable")
    # A whole row of an office: columns that another brought for all rows do not count.
    if (listed["rank"] == 1).any():
        listed = listed[listed["rank"] < 2]
    listed = listed.drop_duplicates("column_name")
    if not (listed["column_name"] == ALL).any():
        main = read_table(connection, "main_source", **asked).assign(column_name=ALL)
        listed = pd.concat([one for one in (listed, main) if len(one)])
    return listed.reindex(columns=columns).reset_index(drop=True)
