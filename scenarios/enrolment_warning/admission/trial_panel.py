"""Page of a dry run: sums alone, kept at the desk until the next job, never stored."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layers.language import Language
from scenarios.elements import (
    build_back,
    build_heading,
    build_note,
    build_page,
    build_source,
    order,
)
from scenarios.enrolment_warning.admission.form_panel import build_store_button
from scenarios.enrolment_warning.admission.orders import AdmissionOrder, Assigned
from scenarios.enrolment_warning.admission.page import NEW
from scenarios.enrolment_warning.admission.results_panel import build_results
from scenarios.enrolment_warning.admission.runs import Results
from scenarios.enrolment_warning.admission.school_panel import build_school_results
from scenarios.jobs import Status
from scenarios.view import View


def build_trial_panel(view: View, job: Status | None, school_id: int | None) -> list[Component]:
    """Build the page of the last dry run, or of one school in it, below the way back.

    Parameters
    ----------
    job
        The last job of the district.
    """
    _ = view.language
    tried = _find_trial(view, job)
    if tried is None:
        gone = build_page(
            build_heading(_("There is no dry run of this stage, year and plan")),
            build_note(_("A dry run is kept until the next job. Order it again.")),
            build_source(view),
        )
        return [build_back(_("New run"), admission=NEW), gone]
    order_, results = tried
    if school_id is not None:
        told = build_school_results(view, results, school_id)
        return [build_back(_("Dry run"), selection=None), told]
    about = [
        _("Dry run, not stored"),
        _.name(view.plan),
        _.name(order_.rules),
        _("seed {seed}", seed=order_.seed),
    ]
    shown = build_results(view, results, about=" · ".join(about), head=[_build_store(order_, _)])
    return [build_back(_("New run"), admission=NEW), shown]


def _find_trial(view: View, job: Status | None) -> tuple[AdmissionOrder, Results] | None:
    """Return the last dry run if it is one of what the view shows."""
    if job is None or not isinstance(job.result, Assigned):
        return None
    asked: AdmissionOrder = job.order
    tried = (asked.stage, asked.rules.year, job.result.plan.id)
    if job.result.trial is None or tried != (view.stage, view.year, view.plan.id):
        return None
    return asked, job.result.trial


def _build_store(tried: AdmissionOrder, _: Language) -> Component:
    return html.Form(
        [build_store_button(_), build_note(_("With the same plan, rules and seed."))],
        className="admission-store",
        **order("assign", rules=tried.rules.code, seed=tried.seed),
    )
