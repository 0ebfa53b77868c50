"""What is on the screen, printed: a briefing map by address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from flask import Blueprint, Response, request

from gis.crs import to_metric
from gis.database import Database
from gis.errors import OneMapError, UsageError
from gis.settings import Settings
from layers.print_map.frame import Bounds
from scenarios.briefings.order import Order, print_briefing
from scenarios.cockpit.data_routes import tell_error
from scenarios.cockpit.state import State, open_view, parse_state

# The briefing that tells what a scenario tells, and the map layer whose answer it prints.
_BY_SCENARIO = {
    "enrolment_warning": "warning",
    "school_network": "network",
    "resource_distribution": "balance",
    "school_development": "appraisal",
    "teacher_analysis": "teachers",
    "project_monitoring": "projects",
    "student_growth": "growth",
    "academic_results": "results",
}
_BY_LAYER = {
    "catchments": "warning",
    "projects": "projects",
    "balance": "balance",
    "teacher_shortage": "teachers",
}
_BY_SELECTION = {
    "school": "school",
    "catchment": "catchment",
    "subdistrict": "subdistrict",
    "project": "projects",
}
_SELECTIONS = tuple(_BY_SELECTION)
_WHOLE_SHARE = 0.8  # of the district in sight: the sheet shows all of it


def build_briefing_routes(database: Database, settings: Settings) -> Blueprint:
    """Build the routes of printed maps.

    - ``/briefings/screen.pdf?…&paper=&extent=``: the words of the page's own address, the size
      of paper, and west, south, east and north of the map in degrees.
    """
    blueprint = Blueprint("briefings", __name__)

    @blueprint.get("/briefings/screen.pdf")
    def send_screen() -> Response:
        state = read_state(request.args, settings)
        order = Order(choose_kind(state), request.args.get("paper", "A4"))
        with open_view(database, state) as view:
            bounds = _read_extent(request.args.get("extent"), view.profile.metric_srid)
            if state.selection is not None and order.kind != "projects":
                order = replace(order, id=state.selection[1])
            elif bounds is not None:
                order = replace(order, extent_m=bounds, whole_share=_WHOLE_SHARE)
            printed = print_briefing(view, order)
            name = f"{view.profile.code}_{order.kind}_{view.stage}_{view.year}.pdf"
        response = Response(printed.pdf, mimetype="application/pdf")
        response.headers["Content-Disposition"] = f"attachment; filename={name}"
        response.cache_control.no_store = True
        return response

    blueprint.register_error_handler(OneMapError, tell_error)
    return blueprint


def read_state(words: Mapping[str, str], settings: Settings) -> State:
    """Read the state of the page from the words of its address.

    Pages with rows of persons are not printed: the sheet shows what lies below them.
    """
    data: dict[str, Any] = {"district": settings.district, "language": settings.language}
    data |= {name: word for name, word in words.items() if name != "layers"}
    if "layers" in words:
        data["layers"] = [code for code in words["layers"].split(",") if code]
    for kind in _SELECTIONS:
        if kind in words:
            data["selection"] = {"kind": kind, "id": words[kind]}
    return replace(parse_state(data), admission=None)


def choose_kind(state: State) -> str:
    """Choose the briefing that prints what a state shows.

    What is selected stands first, then the answer of the scenario, unless its layer is off and
    that of another is on.

    Examples
    --------
    >>> words = {"district": "ouhai", "language": "zh", "scenario": "enrolment_warning"}
    >>> choose_kind(parse_state(words))
    'warning'
    >>> choose_kind(parse_state({**words, "layers": ["projects"]}))
    'projects'
    """
    if state.selection is not None:
        return _BY_SELECTION[state.selection[0]]
    kind = _BY_SCENARIO[state.scenario.code]
    if state.drawing is not None or state.compare is not None:
        kind = "catchments"  # a plan is being drawn or set beside another
    on = [printed for layer, printed in _BY_LAYER.items() if layer in (state.layers or ())]
    if on and kind not in on:
        return on[0]
    return kind


def _read_extent(text: str | None, metric_srid: int) -> Bounds | None:
    """Read west, south, east, north in degrees and return them in the metric CRS."""
    if not text:
        return None
    try:
        west, south, east, north = (float(word) for word in text.split(","))
        box = shapely.box(west, south, east, north)
        if not (west < east and south < north and np.isfinite(box.bounds).all()):
            raise ValueError
    except ValueError as error:
        raise UsageError(
            f"'{text}' is no extent.", mend="Write west,south,east,north in degrees."
        ) from error
    flat_west, flat_south, flat_east, flat_north = to_metric([box], metric_srid)[0].bounds
    return flat_west, flat_south, flat_east, flat_north
