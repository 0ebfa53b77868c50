"""The jobs that pages order: who does each kind, how it is shown, and where its result is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dash.development.base_component import Component

from layers.language import Language
from scenarios.enrolment_warning import clear_panel
from scenarios.enrolment_warning.admission import job_card
from scenarios.enrolment_warning.admission.orders import AdmissionOrder, assign_order
from scenarios.enrolment_warning.clear_order import ClearOrder, clear_order
from scenarios.jobs import Status, Worker
from scenarios.school_network import drafting_panel
from scenarios.school_network.drafting import draw_draft
from scenarios.school_network.drafting_order import Order
from scenarios.stewardship import job_card as data_card
from scenarios.stewardship.deliveries import (
    ComputeOrder,
    DeliveryOrder,
    compute_outdated,
    work_on_delivery,
)


@dataclass(frozen=True)
class JobKind:
    """One kind of job.

    Parameters
    ----------
    page
        Part of the state that is set while the page is open where it is ordered.
    result
        Part of the state that names the result while it is shown.
    build_card
        Shows how it stands; told the names of the stages by code.
    open_result
        Returns what changes in the state to read the result.
    """

    page: str
    result: Literal["compare", "admission", "clearing", "data", "upload"]
    build_card: Callable[[Status, dict[str, str], Language], Component | None]
    open_result: Callable[[Status], dict[str, Any]]


KINDS: Mapping[type, JobKind] = {
    Order: JobKind("drawing", "compare", drafting_panel.build_job, drafting_panel.open_draft),
    AdmissionOrder: JobKind("admission", "admission", job_card.build_job, job_card.open_assigned),
    ClearOrder: JobKind("clearing", "clearing", clear_panel.build_job, clear_panel.open_cleared),
    DeliveryOrder: JobKind(
        "upload", "upload", data_card.build_delivery_job, data_card.open_delivery
    ),
    ComputeOrder: JobKind("data", "data", data_card.build_compute_job, data_card.open_computed),
}

WORKERS: Mapping[type, Worker] = {
    Order: draw_draft,
    AdmissionOrder: assign_order,
    ClearOrder: clear_order,
    DeliveryOrder: work_on_delivery,
    ComputeOrder: compute_outdated,
}
