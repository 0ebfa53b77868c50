"""Asking the cockpit's server for parts of the page as a browser does."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from werkzeug.test import TestResponse

from scenarios.cockpit.layout import get_part


def ask(client: FlaskClient, part: str, state: dict[str, Any]) -> TestResponse:
    """Send the request that a change of the part makes."""
    store = get_part(part)
    known = next(
        callback
        for callback in client.get("/_dash-dependencies").get_json()
        if callback["clientside_function"] is None and callback["inputs"][0]["id"] == store
    )
    ends = [name.rpartition(".") for name in known["output"].strip(".").split("...")]
    outputs = [{"id": id, "property": name} for id, _dot, name in ends]
    body = {
        "output": known["output"],
        "outputs": outputs if known["output"].startswith("..") else outputs[0],
        "inputs": [
            {"id": one["id"], "property": one["property"], "value": state}
            if one["id"] == store
            else {"id": one["id"], "property": one["property"], "value": None}
            for one in known["inputs"]
        ],
        "changedPropIds": [f"{store}.data"],
    }
    return client.post("/_dash-update-component", json=body, headers={"Accept-Encoding": "gzip"})


def calm_page(page: Page, patience_s: float) -> Page:
    """Let a page fly at once and draw fewer pixels, for machines that draw without a card."""
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 1120, "height": 640})
    expect.set_options(timeout=1000 * patience_s)
    return page
