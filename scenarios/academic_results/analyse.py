"""Analyse every paper of a district and store what came out with its run."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from catchments.attainment.analysis import PaperAnalysis, Sitting, analyse_paper
from gis import tables
from gis.database import read_bulk, read_table, write_rows
from gis.ingest.marks import parse_item_points
from gis.runs import RunInputs, find_run, record_run
from scenarios.access import log_reading
from scenarios.district import District

RUN_KIND = "results"


def analyse_results(connection: Connection, district: District) -> int | None:
    """Store the analysis of all papers of the district; return the run.

    Needs a session with the officer's rights; the reading is entered in the access log.

    Returns
    -------
    int or None
        Nothing for a district without results.
    """
    started = dt.datetime.now(dt.UTC)
    inputs = RunInputs(
        district.id,
        RUN_KIND,
        district.profile.version,
        datasets=("pupil", "paper", "paper_item", "paper_result", "school"),
    )
    digest = inputs.compute_digest(connection)
    known = find_run(connection, inputs, digest)
    if known is not None:
        return known
    marks = read_bulk(connection, "paper_marks", district_id=district.id)
    if marks.empty:
        return None
    run_id = record_run(connection, inputs, digest, started_at=started)
    items = read_table(connection, "paper_items", district_id=district.id)
    profile = district.profile
    rules, minimum = profile.attainment, profile.minimum_cell
    rows = dict(iter(marks.groupby("paper_id")))
    papers = [
        (int(str(paper)), analyse_paper(build_sitting(rows[paper], part), rules, minimum=minimum))
        for paper, part in items.groupby("paper_id")
        if paper in rows
    ]
    _store(connection, run_id, papers)
    log_reading(connection, district, f"run {run_id}: papers analysed", rows=len(marks))
    return run_id


def build_sitting(rows: pd.DataFrame, items: pd.DataFrame) -> Sitting:
    """Put the marks of one paper into arrays.

    Parameters
    ----------
    rows
        school_id, class_number, absent, points, item_points (text), prior_points.
    items
        paper_full_marks, number, full_marks in order; without a number: items not known.
    """
    known = items.dropna(subset=["number"])
    marks = np.full((len(rows), len(known)), np.nan)
    has_items = rows["item_points"].notna().to_numpy()
    if len(known):
        marks[has_items] = parse_item_points(rows["item_points"][has_items], len(known))
    return Sitting(
        rows.drop(columns="item_points").reset_index(drop=True),
        marks,
        known["full_marks"].to_numpy(np.float64),
        float(items["paper_full_marks"].iloc[0]),
    )


def _store(connection: Connection, run_id: int, papers: list[tuple[int, PaperAnalysis]]) -> None:
    """Store the analyses, table by table."""
    measures = [
        {**found.measure, "paper_id": paper, "run_id": run_id, "bands": _list_bands(found.bands)}
        for paper, found in papers
    ]
    plain = [{name: _to_plain(value) for name, value in row.items()} for row in measures]
    connection.execute(tables.paper_measure.insert(), plain)
    for table, name in (
        (tables.item_measure, "items"),
        (tables.school_attainment, "schools"),
        (tables.class_weakness, "classes"),
    ):
        parts = [getattr(found, name).assign(paper_id=paper) for paper, found in papers]
        filled = [part for part in parts if len(part)]
        if filled:
            rows = pd.concat(filled, ignore_index=True).assign(run_id=run_id)
            write_rows(connection, table, rows[[c for c in rows if c in table.columns]])


def _list_bands(bands: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {"from": low, "to": high, "pupils": None if pd.isna(pupils) else int(pupils)}
        for low, high, pupils in bands.itertuples(index=False)
    ]


def _to_plain(value: Any) -> Any:
    """Return a number that JSON and the database know: NaN is nothing."""
    if isinstance(value, dict):
        return {name: _to_plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_to_plain(one) for one in value]
    if isinstance(value, float):
        return None if math.isnan(value) else float(value)
    return value
