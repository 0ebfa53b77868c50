"""Callbacks of the cockpit: each parses the state, calls one function and returns."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, ctx, set_props
from dash import State as Given

from gis.database import Database
from gis.errors import OneMapError, get_answer
from layers.language import load_language
from scenarios.cockpit import layout, redraw
from scenarios.cockpit.map_bundle import CAMERA, CLICK, DECK, ENCLOSED, VIEWPORT
from scenarios.cockpit.orders import take_order
from scenarios.cockpit.state import State, parse_state
from scenarios.jobs import JobDesk
from scenarios.stewardship.uploads import UploadShelf

LOG = logging.getLogger("onemap.cockpit")

# What the chrome callback fills: id and property.
_CHROME = (
    *((name, "children") for name in ("title", "switches", "rail", "stages", "years")),
    ("map-buttons", "children"),
    ("sides", "children"),
    *((name, side) for name in layout.SELECTS for side in ("data", "value", "aria-label")),
    ("search", "placeholder"),
    (layout.WORDS, "data"),
    (layout.SITES, "data"),
)


def register_callbacks(
    app: dash.Dash, database: Database, desk: JobDesk, *, districts: Path, shelf: UploadShelf
) -> None:
    """Connect the page with the database: every part of the state has what it redraws."""
    prefix = app.config.requests_pathname_prefix.rstrip("/")

    def connect(part: str, output: Any, build: Callable[[Database, State], Any]) -> None:
        def show(data: dict[str, Any]) -> Any:
            return build(database, parse_state(data))

        changed = Input(layout.get_part(part), "data")
        app.callback(output, changed, prevent_initial_call=True)(show)

    def show_place(place: dict[str, Any], data: dict[str, Any]) -> dict[str, float]:
        return redraw.find_place(database, parse_state(data), place)

    connect(
        "chrome",
        {f"{name}.{side}": Output(name, side) for name, side in _CHROME},
        redraw.build_chrome,
    )
    connect(
        "scene",
        [Output(DECK, "data"), Output("layers", "children")],
        partial(redraw.build_scene, prefix=prefix),
    )
    answer = partial(redraw.build_answer, desk=desk, districts=districts, shelf=shelf)
    connect("panel", Output("panel", "children"), answer)
    connect("search", Output("search", "data"), redraw.list_searchable)
    asked = (Input(layout.PLACE, "data"), Given(layout.STATE, "data"))
    app.callback(Output(CAMERA, "data"), *asked, prevent_initial_call=True)(show_place)
    take = partial(take_order, database, desk, districts=districts, shelf=shelf)
    _register_jobs(app, database, desk, take)
    _register_browser(app)


def _register_jobs(
    app: dash.Dash, database: Database, desk: JobDesk, take: Callable[[State, Any], dict[str, Any]]
) -> None:
    """Connect the orders of a page, and what it is told of the job while one runs."""

    def order(asked: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
        patch = take(parse_state(data), asked)
        return {"patch": patch, "count": asked["count"]}

    def watch(data: dict[str, Any], _tick: int, _answer: dict[str, Any]) -> Any:
        return redraw.build_job(database, desk, parse_state(data))

    asked = (Input(layout.ORDER, "data"), Given(layout.STATE, "data"))
    app.callback(Output(layout.ANSWER, "data"), *asked, prevent_initial_call=True)(order)
    shown = [
        Output("job", "children"),
        Output(layout.CLOCK, "disabled"),
        Output(layout.JOB, "data"),
    ]
    causes = (
        Input(layout.get_part("job"), "data"),
        Input(layout.CLOCK, "n_intervals"),
        Input(layout.ANSWER, "data"),
    )
    app.callback(shown, *causes, prevent_initial_call=True)(watch)


def _register_browser(app: dash.Dash) -> None:
    """Connect what needs no server: clicks, selects, the address, the theme, the scale."""

    def connect(function: str, *arguments: Any, first: bool = False) -> None:
        app.clientside_callback(
            ClientsideFunction("shell", function), *arguments, prevent_initial_call=not first
        )

    connect("start", Output(layout.STATE, "data"), Input("state-start", "data"), first=True)
    connect(
        "share",
        [Output(layout.get_part(part), "data") for part in layout.PARTS],
        Input(layout.STATE, "data"),
    )
    connect("paint", Output("theme", "forceColorScheme"), Input(layout.STATE, "data"))
    for name in layout.SELECTS:
        connect(f"choose_{name}", Input(name, "value"))
    connect("find", Output("search", "value"), Input("search", "value"))
    connect("pick", Input(CLICK, "data"))
    connect("enclose", Input(ENCLOSED, "data"))
    connect("measure", Input(VIEWPORT, "data"))
    app.clientside_callback(
        ClientsideFunction("sketch", "follow"),
        Input(layout.STATE, "data"),
        Input(layout.WORDS, "data"),
        prevent_initial_call=True,
    )
    connect("entitle", Input(layout.WORDS, "data"))
    connect("unroll", Input("panel", "children"))
    connect("obey", Input(layout.ANSWER, "data"))
    connect("watch", Input(layout.JOB, "data"))
    for function, store in (("lay", layout.SITES), ("follow", layout.STATE)):
        timeline = ClientsideFunction("timeline", function)
        app.clientside_callback(timeline, Input(store, "data"), prevent_initial_call=True)


def tell_error(error: Exception) -> None:
    """Show an error of a callback as a notice; the page stays as it was."""
    known = isinstance(error, OneMapError)
    if not known:
        LOG.error("A callback failed", exc_info=error)
    language = load_language(_read_language())
    answer = get_answer(error)
    text = str(error) if known else language("The log of the server says more.")
    notice = layout.build_notice(
        language(answer.notice), text, language, back=answer.http_status == 400
    )
    set_props("notice", {"children": notice})


def _read_language() -> str:
    """Return the language of the state that the failed callback was given, if it has one."""
    sent = [*(ctx.inputs_list or []), *(ctx.states_list or [])]
    codes = [(part.get("value") or {}).get("language") for part in sent if isinstance(part, dict)]
    return next((code for code in codes if code in ("zh", "en")), "zh")
