"""The children of a run who wait for a person, or who were placed, one row each."""

from __future__ import annotations

from dash.development.base_component import Component

from catchments.admission.rules import Rules
from gis.database import read_table
from layers.language import MISSING, is_missing
from scenarios.elements import (
    Column,
    build_heading,
    build_note,
    build_page,
    build_source,
    build_table,
)
from scenarios.enrolment_warning.admission.reading import log_reading
from scenarios.enrolment_warning.admission.runs import Run
from scenarios.enrolment_warning.admission.words import (
    name_batches,
    name_code,
    tell_detail,
    write_score,
)
from scenarios.naming import name_rows
from scenarios.view import View

MOST_ROWS = 500


def build_queue_panel(view: View, run: Run, rules: Rules | None, code: str) -> Component:
    """List the children of an outcome or a reason; the reading is logged.

    Parameters
    ----------
    code
        Outcome, or reason why a person must decide.
    """
    _ = view.language
    found = read_table(
        view.connection, "admission_queue", run_id=run.id, code=code, limit=MOST_ROWS
    )
    log_reading(view.connection, view.district, f"list {code}, run {run.id}", rows=len(found))
    children = 0 if found.empty else int(found["children"].iloc[0])
    batches = name_batches(rules, view.stage, _)
    numbers = {batch: _("batch {n}", n=place) for place, batch in enumerate(batches, start=1)}
    is_waiting = code not in ("placed", "seated")
    rows = found.assign(
        zone=[_name_zone(name, _("no zone")) for name in name_rows(found, "zone", _)],
        batch=[
            MISSING if is_missing(batch) else numbers.get(batch, batch) for batch in found["batch"]
        ],
        score=[write_score(score, _) for score in found["score"]],
        about=[tell_detail(code, detail, _) for detail in found["detail"]],
        school=name_rows(found, "school", _),
    )
    columns = [
        Column("child_code", _("Child")),
        Column("zone", _("Zone")),
        Column("batch", _("Batch")),
        Column("score", _("Score"), align="right"),
    ]
    if is_waiting and found["detail"].notna().any():
        columns.append(Column("about", _("Rests on")))
    if not is_waiting:
        columns[2:] = [
            Column("school", _("Placed at")),
            Column("walk_distance_m", _("Way"), "m", format=_.number),
        ]
    title = _.count(
        "{reason}: {n} child", "{reason}: {n} children", children, reason=name_code(code, _)
    )
    return build_page(
        build_heading(title, f"{view.stage_name} {view.year} · {_('Run {run}', run=run.id)}"),
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
        build_source(view, run_id=run.id),
    )


def _name_zone(name: str, otherwise: str) -> str:
    return otherwise if name in ("None", "nan") else name
