"""The card of a running or finished assignment."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from layers.language import Language
from scenarios.elements import (
    build_failed_job,
    build_job_card,
    build_job_close,
    build_running_job,
    patch,
)
from scenarios.enrolment_warning.admission.orders import AdmissionOrder, Assigned
from scenarios.enrolment_warning.admission.page import CLOSED, TRIAL
from scenarios.enrolment_warning.admission.words import STEP_WORDS
from scenarios.jobs import Status


def open_assigned(status: Status) -> dict[str, Any]:
    """Return what opens the result of a job that is done."""
    order: AdmissionOrder = status.order
    assigned: Assigned = status.result
    shown = TRIAL if assigned.trial else str(assigned.run_id)
    return {
        **CLOSED,
        "admission": shown,
        **{"stage": order.stage, "year": order.rules.year, "plan": order.plan},
        **{"selection": None, "layers": None},
    }


def build_job(status: Status, stages: dict[str, str], language: Language) -> Component:
    """Show how an assignment stands: progress and stop, the result, or the failure.

    Parameters
    ----------
    stages
        Names of the stages of the district by code.
    """
    _ = language
    order: AdmissionOrder = status.order
    about = f"{stages[order.stage]} {order.rules.year} · {_.name(order.rules)}"
    if status.state == "running":
        title = _("Dry run") if order.is_trial else _("Running")
        step = _("Stopping") if status.is_stopping else _(STEP_WORDS.get(status.step, status.step))
        stop_note = _("Nothing is stored then")
        return build_running_job(status, (title, about, step), _, stop_note=stop_note)
    if status.state == "failed":
        return build_failed_job(status, (_("Nothing was assigned"), about), _)
    if status.state == "stopped":
        return build_job_card((_("Stopped; nothing was stored"), about), [build_job_close(_)])
    read = html.Button(
        _("Read the results"), type="button", className="button", **patch(**open_assigned(status))
    )
    return build_job_card((_say_done(status.result, _), about), [read, build_job_close(_)])


def _say_done(assigned: Assigned, _: Language) -> str:
    if assigned.was_stored:
        return _("Run {run} has the same inputs", run=assigned.run_id)
    if assigned.trial is not None:
        return _("The dry run is ready")
    return _("Run {run} is stored", run=assigned.run_id)
