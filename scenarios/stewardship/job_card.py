"""The card of files that are being read, checked or loaded, and of results that are computed."""

from __future__ import annotations

from typing import Any

from dash.development.base_component import Component

from layers.language import Language, msgid
from scenarios.elements import (
    build_failed_job,
    build_job_card,
    build_job_close,
    build_running_job,
)
from scenarios.jobs import Status
from scenarios.stewardship.deliveries import DeliveryOrder
from scenarios.stewardship.page import FILES, OVERVIEW
from scenarios.stewardship.words import DELIVERY_STEP_WORDS, name_dataset

_RUNNING = {
    "read": msgid("Reading files"),
    "check": msgid("Checking files"),
    "load": msgid("Loading files"),
}
_FAILED = {
    "read": msgid("The files were not read"),
    "check": msgid("The files were not checked"),
    "load": msgid("Nothing was loaded"),
}
_DONE = {
    "read": msgid("The files are read"),
    "check": msgid("The files are checked"),
    "load": msgid("The files are loaded"),
}


def open_delivery(status: Status) -> dict[str, Any]:
    """Return what opens the page of the files that were worked on."""
    order: DeliveryOrder = status.order
    return {"data": FILES, "upload": order.upload.token}


def open_computed(_status: Status) -> dict[str, Any]:
    """Return what opens the page of all datasets."""
    return {"data": OVERVIEW}


def build_delivery_job(
    status: Status, _stages: dict[str, str], language: Language
) -> Component | None:
    """Show how the work on files stands, to everybody who looks at the district."""
    _ = language
    order: DeliveryOrder = status.order
    names = "、".join(path.name for path in order.upload.list_files())
    dataset = order.upload.choice.dataset if order.upload.choice else ""
    about = " · ".join(part for part in (name_dataset(dataset, _), names) if part)
    if status.state == "failed":
        return build_failed_job(status, (_(_FAILED[order.step]), about), _)
    return _build_job(status, _(_RUNNING[order.step]), _(_DONE[order.step]), about, _)


def build_compute_job(
    status: Status, _stages: dict[str, str], language: Language
) -> Component | None:
    """Show how the computation of results stands."""
    _ = language
    about = _("with all that is loaded")
    if status.state == "failed":
        return build_failed_job(status, (_("The results were not computed"), about), _)
    return _build_job(status, _("Computing the results"), _("The results are up to date"), about, _)


def _build_job(
    status: Status, running: str, done: str, about: str, _: Language
) -> Component | None:
    if status.state == "running":
        known = DELIVERY_STEP_WORDS.get(status.step)
        step = _("Stopping") if status.is_stopping else _(known) if known else status.step
        note = _("Nothing is stored then")
        return build_running_job(status, (running, about, step), _, stop_note=note)
    if status.state == "stopped":
        done = _("Stopped; nothing was stored")
    return build_job_card((done, about), [build_job_close(_)])
