"""The children of a run who wait for a person, or who were placed, one row each."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash.development.base_component import Component

from gis.database import read_table
from layers.language import Language, is_missing
from scenarios.access import log_reading
from scenarios.elements import (
    Column,
    build_heading,
    build_note,
    build_page,
    build_source,
    build_table,
)
from scenarios.enrolment_warning.admission.reason_words import tell_detail
from scenarios.enrolment_warning.admission.records import StoredRun, read_decisions
from scenarios.enrolment_warning.admission.words import (
    QUEUE_WORDS,
    name_batches,
    name_queue,
    write_score,
)
from scenarios.view import View

MOST_ROWS = 500


def build_queue_panel(view: View, stored: StoredRun, code: str) -> Component:
    """List the children of an outcome or a reason; the reading is logged.

    Parameters
    ----------
    code
        Outcome, or reason why a person must decide.
    """
    _ = view.language
    found = read_table(
        view.connection, "admission_queue", run_id=stored.id, code=code, limit=MOST_ROWS
    )
    log_reading(view.connection, view.district, f"list {code}, run {stored.id}", rows=len(found))
    children = 0 if found.empty else int(found["children"].iloc[0])
    batches = name_batches(stored.stage_rules, _)
    numbers = {batch: _("batch {n}", n=place) for place, batch in enumerate(batches, start=1)}
    told: dict[str, list[Any]] = {
        "zone": _name_schools(found, "zone", _),
        "batch": [numbers.get(batch) for batch in found["batch"]],
        "score": [write_score(score, _) for score in found["score"]],
        "about": [tell_detail(code, detail, _) for detail in found["detail"]],
        "school": _name_schools(found, "school", _),
        "decided": _list_decided(view, stored, found["child_code"]),
    }
    kept = found[["child_code", "walk_distance_m"]]
    rows = kept.join(pd.DataFrame(told, index=found.index, dtype=object))
    columns = [
        Column("child_code", _("Child")),
        Column("zone", _("Zone")),
        Column("batch", _("Batch")),
        Column("score", _("Score"), align="right"),
    ]
    if code in QUEUE_WORDS:
        columns[2:] = [
            Column("school", _("Placed at")),
            Column("walk_distance_m", _("Way"), "m", format=_.number),
        ]
    elif rows["about"].notna().any():
        columns[3:] = [Column("about", _("Rests on"))]
    if rows["decided"].notna().any():
        columns.append(Column("decided", _("Decided")))
    title = _.count(
        "{reason}: {n} child", "{reason}: {n} children", children, reason=name_queue(code, _)
    )
    return build_page(
        build_heading(title, f"{view.stage_name} {view.year} · {_('Run {run}', run=stored.id)}"),
        build_table(
            rows,
            columns,
            language=_,
            opens=lambda row: {"child": row["child_code"]},
            limit=40,
            empty=_("There is none."),
        ),
        build_note(_("The first {n}; the whole list is in the export.", n=MOST_ROWS))
        if children > MOST_ROWS
        else None,
        build_source(view, run_id=stored.id),
    )


def _name_schools(found: pd.DataFrame, thing: str, _: Language) -> list[str | None]:
    pairs = zip(found[f"{thing}_name_zh"], found[f"{thing}_name_en"], strict=True)
    return [None if is_missing(zh) else _.pick(zh, en) for zh, en in pairs]


def _list_decided(view: View, stored: StoredRun, children: pd.Series) -> list[str | None]:
    """Return the school that an officer decided for each child, if a decision stands."""
    _ = view.language
    made = read_decisions(view.connection, view.district, stage=stored.stage, year=stored.year)
    last = made.drop_duplicates("child_code", keep="last")
    names = dict(zip(last["child_code"], _name_schools(last, "school", _), strict=True))
    return [names.get(child) for child in children]
