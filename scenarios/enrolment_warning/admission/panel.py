"""The officer's pages of the yearly assignment: which of them is open, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from layers.language import Language
from scenarios.elements import build_back, build_choice, build_section, patch
from scenarios.enrolment_warning.admission.child_panel import build_child_form, build_child_panel
from scenarios.enrolment_warning.admission.export_panel import build_export
from scenarios.enrolment_warning.admission.form_panel import build_form_panel
from scenarios.enrolment_warning.admission.page import CLOSED, NEW, NEWEST, TRIAL, Page
from scenarios.enrolment_warning.admission.queue_panel import build_queue_panel
from scenarios.enrolment_warning.admission.records import StoredRun, find_stored_run
from scenarios.enrolment_warning.admission.results_panel import (
    build_flow_table,
    build_placed_link,
    build_results,
)
from scenarios.enrolment_warning.admission.rule_shelf import Shelved
from scenarios.enrolment_warning.admission.runs import (
    Run,
    choose_run,
    list_runs,
    read_flows,
    read_results,
)
from scenarios.enrolment_warning.admission.school_panel import build_school_results
from scenarios.enrolment_warning.admission.trial_panel import build_trial_panel
from scenarios.enrolment_warning.admission.words import name_queue
from scenarios.jobs import Status
from scenarios.view import View

MOST_RUNS = 6  # offered; older ones open by their address


@dataclass(frozen=True, eq=False)
class Request:
    """What an officer asks to see.

    Parameters
    ----------
    shelf
        Rule files of the district.
    job
        The last job of the district; a dry run lives there alone.
    school_id
        School that is selected.
    below
        Name of the page below those of the assignment.
    """

    page: Page
    shelf: Sequence[Shelved]
    job: Status | None
    school_id: int | None
    below: str


def build_admission_panel(view: View, asked: Request) -> list[Component]:
    """Build the page that is asked for, below the way back; needs the officer's rights."""
    page = asked.page
    if page.kind == TRIAL:
        return build_trial_panel(view, asked.job, asked.school_id)
    runs = list_runs(view.connection, view.district, view.stage, view.year)
    run = choose_run(runs, page.run_id, view.plan.code)
    if run is None or page.kind == NEW:
        return _build_form(view, asked, runs, run)
    stored = find_stored_run(view.connection, view.district, run.id)
    pages = _name_pages(view.language)
    queue = name_queue(page.queue, view.language) if page.queue else pages
    if asked.school_id is not None:
        told = _build_school(view, stored, asked.school_id)
        return [build_back(queue, selection=None), told]
    if page.child is not None:
        return [build_back(queue, child=None), build_child_panel(view, stored, page.child)]
    if page.queue is not None:
        return [build_back(pages, queue=None), build_queue_panel(view, stored, page.queue)]
    return [build_back(asked.below, **CLOSED), _build_run(view, runs, run, stored)]


def _build_form(
    view: View, asked: Request, runs: Sequence[Run], run: Run | None
) -> list[Component]:
    """Build the form; without a run by the view's plan it stands in place of the results."""
    if run is not None:
        back = build_back(_name_pages(view.language), admission=NEWEST)
        return [back, build_form_panel(view, asked.page, asked.shelf, seed=run.seed)]
    others = _build_runs(view, runs, None) if runs else None
    form = build_form_panel(view, asked.page, asked.shelf, others=others)
    return [build_back(asked.below, **CLOSED), form]


def _build_school(view: View, stored: StoredRun, school_id: int) -> Component:
    results = read_results(view.connection, view.district, stored)
    flows = read_flows(view.connection, view.district, stored)
    return build_school_results(view, results, school_id, flows=flows)


def _build_run(view: View, runs: Sequence[Run], run: Run, stored: StoredRun) -> Component:
    _ = view.language
    results = read_results(view.connection, view.district, stored)
    flows = read_flows(view.connection, view.district, stored)
    placed = [build_flow_table(flows, _), build_placed_link(results.summary, _)]
    return build_results(
        view,
        results,
        about=_describe(stored, run, _),
        head=[_build_orders(view, runs, run)],
        tail=[
            build_section(_("Placement flows"), *placed),
            build_section(_("One child"), build_child_form(_)),
            build_section(_("Export"), build_export(view, stored)),
        ],
    )


def _describe(stored: StoredRun, run: Run, _: Language) -> str:
    parts = [
        _("Run {run}", run=stored.id),
        _.pick(run.plan_name_zh, run.plan_name_en),
        _.name(stored.rules),
        _("seed {seed}", seed=stored.seed),
        _.date(run.finished_at),
    ]
    return " · ".join(parts)


def _build_orders(view: View, runs: Sequence[Run], run: Run) -> Component:
    """Offer the other runs, and a new one."""
    _ = view.language
    new = html.Button(
        _("New run"), id="new-run", type="button", className="button", **patch(admission=NEW)
    )
    return html.Div([_build_runs(view, runs, run), new], className="admission-runs")


def _build_runs(view: View, runs: Sequence[Run], shown: Run | None) -> Component:
    _ = view.language
    options: list[tuple[str, bool, dict[str, Any]]] = [
        (
            _name_run(view, one),
            one is shown,
            {"admission": str(one.id), "plan": one.plan_code, "layers": None},
        )
        for one in runs[:MOST_RUNS]
    ]
    return build_choice(_("Run"), options, is_wrapped=True)


def _name_run(view: View, run: Run) -> str:
    """Name a run by its number, and by its plan unless it is that of the view."""
    _ = view.language
    named = _("Run {run}", run=run.id)
    if run.plan_code == view.plan.code:
        return named
    return f"{named} · {_.pick(run.plan_name_zh, run.plan_name_en)}"


def _name_pages(_: Language) -> str:
    return _("Assign children to schools")
