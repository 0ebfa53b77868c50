"""Quality of datasets: counted after each load, stored, read with its history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pandas as pd
from sqlalchemy import Connection, Table

from catchments.eligibility import compute_age_window
from catchments.quality import (
    COMPLETENESS,
    CONSISTENCY,
    PART_COLUMNS,
    TIMELINESS,
    UNIQUENESS,
    VALIDITY,
    add_shares,
    check_enrolment,
    check_registers,
    check_seats,
    count_overdue_days,
    sum_parts,
)
from gis import tables
from gis.database import read_table, write_rows
from gis.ingest.dictionary import list_columns, read_words
from gis.ingest.district import LOAD_ORDER
from gis.ingest.filling import count_filled, count_repeated
from gis.ingest.stored import read_stored
from scenarios.data_sources import list_sources
from scenarios.district import District

_TABLES = {table.name: table for table in LOAD_ORDER}


def measure_datasets(
    connection: Connection,
    district: District,
    names: Iterable[str] | None = None,
    *,
    load_id: int | None = None,
    today: dt.date | None = None,
) -> pd.DataFrame:
    """Count the quality of datasets as they are stored now, and store them; a steward's right.

    Parameters
    ----------
    names
        Datasets; without them all that are loaded.
    load_id
        Load after which it is counted.

    Returns
    -------
    DataFrame
        dataset, measure, part, checked, broken.
    """
    sources = list_sources(connection, district, today=today)
    loaded = [name for name in sources["dataset"].drop_duplicates() if name in _TABLES]
    wanted = [name for name in loaded if names is None or name in set(names)]
    refusals = read_table(connection, "quality_refusals", district_id=district.id)
    refusals = refusals.set_index("dataset")
    parts = []
    for name in wanted:
        mine = sources[(sources["dataset"] == name) & sources["as_of"].notna()]
        if mine.empty:  # an authority that has delivered nothing
            continue
        refused = refusals.loc[name] if name in refusals.index else None
        counted = [
            _count_completeness(connection, district, _TABLES[name]),
            _count_delivered(mine, refused),
            _count_uniqueness(connection, district, _TABLES[name]),
            _count_consistency(connection, district, name),
            _count_timeliness(district, mine, today or dt.date.today()),
        ]
        parts.append(pd.concat([one for one in counted if len(one)]).assign(dataset=name))
    if not parts:
        return pd.DataFrame(columns=["dataset", *PART_COLUMNS])
    table = pd.concat(parts, ignore_index=True)[["dataset", *PART_COLUMNS]]
    stored = table.assign(
        district_id=district.id, load_id=pd.array([load_id] * len(table), dtype="Int64")
    )
    write_rows(connection, tables.quality_measure, stored)
    return table


def list_wanted(district: District, table: Table) -> list[str]:
    """Return the columns of a dataset that matter: those the profile names, else every one."""
    named = district.profile.stewardship.wanted.get(table.name)
    return named if named is not None else list(list_columns(table))


def _count_completeness(connection: Connection, district: District, table: Table) -> pd.DataFrame:
    filled = count_filled(connection, table, district.id, list_wanted(district, table))
    return pd.DataFrame(
        {
            "measure": COMPLETENESS,
            "part": filled["column"],
            "checked": filled["rows"],
            "broken": filled["rows"] - filled["filled"],
        }
    )


def _count_delivered(sources: pd.DataFrame, refused: pd.Series | None) -> pd.DataFrame:
    """Count what deliveries tell: rows refused, of them for their key or a lost reference."""
    read = int(sources["rows_read"].sum())
    rows = [(VALIDITY, "rows_kept", read, int(sources["rows_refused"].sum()))]
    keys, lost = (
        (0, 0) if refused is None else (refused["repeated_keys"], refused["lost_references"])
    )
    rows.append((UNIQUENESS, "keys", read, int(keys)))
    rows.append((CONSISTENCY, "references", read, int(lost)))
    return pd.DataFrame(rows, columns=PART_COLUMNS)


def _count_uniqueness(connection: Connection, district: District, table: Table) -> pd.DataFrame:
    once = [name for name in read_words(table.name).once if name in table.columns]
    repeated = count_repeated(connection, table, district.id, once)
    return pd.DataFrame(
        {
            "measure": UNIQUENESS,
            "part": repeated["column"],
            "checked": repeated["rows"],
            "broken": repeated["repeated"],
        }
    )


def _count_consistency(connection: Connection, district: District, name: str) -> pd.DataFrame:
    """Apply the rules that lie between datasets; most datasets have none."""
    rules = district.profile.stewardship
    if name == "enrolment":
        grades = read_stored(connection, tables.enrolment, district.id, ["pupils", "classes"])
        registers = _read_registers(connection, district)
        return pd.concat(
            [
                check_enrolment(grades, class_most_pupils=rules.class_most_pupils),
                check_registers(registers, gap_pct=rules.register_gap_pct),
            ]
        )
    if name == "seat":
        columns = ["entry_classes", "entry_seats", "classes", "seats"]
        seats = read_stored(connection, tables.seat, district.id, columns)
        return check_seats(seats, class_most_pupils=rules.class_most_pupils)
    return pd.DataFrame(columns=PART_COLUMNS)


def _read_registers(connection: Connection, district: District) -> pd.DataFrame:
    """Read pupils of entry grades and children of their age, of the newest year of enrolment."""
    found = read_table(connection, "latest_enrolment_year", district_id=district.id)["year"]
    aged = [one for one in district.profile.stages if one.entry_age is not None]
    if found.isna().all() or not aged:
        return pd.DataFrame({"stage": [], "pupils": [], "children": []})
    year = int(found.iloc[0])
    windows = [
        compute_age_window(
            entry_age=stage.entry_age or 0, year=year, cutoff=district.profile.cutoff
        )
        for stage in aged
    ]
    return read_table(
        connection,
        "quality_registers",
        district_id=district.id,
        stages=[stage.code for stage in aged],
        years=[year] * len(aged),
        firsts=[window.born_from for window in windows],
        lasts=[window.born_to for window in windows],
    )


def _count_timeliness(district: District, sources: pd.DataFrame, today: dt.date) -> pd.DataFrame:
    rules = district.profile.stewardship
    rows = []
    for dataset, office, as_of in sources[["dataset", "office", "as_of"]].to_numpy().tolist():
        allowed = rules.find_verify_days(dataset, office)
        rows.append((TIMELINESS, office, *count_overdue_days(as_of, allowed, today)))
    return pd.DataFrame(rows, columns=PART_COLUMNS)


def read_quality(
    connection: Connection,
    district: District,
    dataset: str | None = None,
    *,
    today: dt.date | None = None,
) -> pd.DataFrame:
    """Return the newest counts part by part; timeliness as it is today.

    Returns
    -------
    DataFrame
        dataset, measure, part, checked, broken, measured_at, share_pct.
    """
    table = read_table(connection, "quality_parts", district_id=district.id, dataset=dataset)
    sources = list_sources(connection, district, today=today)
    sources = sources[sources["as_of"].notna() & sources["dataset"].isin(table["dataset"])]
    late = _count_timeliness(district, sources, today or dt.date.today())
    late = late.assign(dataset=sources["dataset"].to_numpy())
    late = late.merge(table[["dataset", "measured_at"]].drop_duplicates(), on="dataset")
    counted = table[table["measure"] != TIMELINESS]
    table = pd.concat([one for one in (counted, late) if len(one)]) if len(table) else table
    return add_shares(table).sort_values(["dataset", "measure", "part"], ignore_index=True)


def sum_quality(parts: pd.DataFrame) -> pd.DataFrame:
    """Return the share of each measure by dataset, per cent: columns the measures."""
    return sum_parts(parts).pivot_table(
        index="dataset", columns="measure", values="share_pct", sort=False
    )


def read_trend(
    connection: Connection, district: District, dataset: str | None = None
) -> pd.DataFrame:
    """Return every stored count: dataset, measure, measured_at, checked, broken, share_pct."""
    table = read_table(connection, "quality_history", district_id=district.id, dataset=dataset)
    return add_shares(table)
