"""The page: rail of scenarios with layers and legend, map with its controls, answer panel.

The skeleton is sent once. Everything with words in it is built anew for each state, so that a
change of language needs no reload. An element with ``data-patch`` changes the state when it is
clicked (assets/shell.js): the server writes into it what the click means.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from gis.settings import Settings
from layers.catalogue import LAYERS
from layers.language import Language, load_language, msgid
from layers.scene import LegendEntry, MapLayer, Scene
from scenarios.addresses.page import CLOSED as ADDRESSES_CLOSED
from scenarios.cockpit.catalogue import SCENARIOS
from scenarios.cockpit.map_bundle import build_map
from scenarios.cockpit.state import SIDES, State
from scenarios.district import Plan
from scenarios.elements import build_choice, patch
from scenarios.enrolment_warning.admission.page import CLOSED
from scenarios.enrolment_warning.area_tools import build_area_tools
from scenarios.enrolment_warning.forecast.page import CLOSED as FORECAST_CLOSED
from scenarios.stewardship.page import CLOSED as DATA_CLOSED
from scenarios.stewardship.page import OVERVIEW
from scenarios.view import View

PRODUCT = msgid("Education One Map")
STATE = "state"  # store: the one state of the page
PLACE = "place"  # store: what the camera is asked to show, {kind, id, count}
WORDS = "words"  # store: what the page itself is called, {tag, title, map}
ORDER = "order"  # store: what the page orders of the server, {do, …}
ANSWER = "answer"  # store: what an order changes, {patch, count}
SITES = "sites"  # store: span of the building sites for the slider of days, or nothing
JOB = "job-state"  # store: how the job of the district stands, {number, state, page, shown}
CLOCK = "clock"  # ticks while a job runs
PARTS = (
    "chrome",
    "scene",
    "panel",
    "search",
    "job",
)  # of the state; each redraws only what it must
SELECTS = ("district", "plan")
TICK_MS = 1000

# What closes the pages of drawing, comparing, assigning, reporting, areas, the years ahead,
# addresses and data.
_CLOSED: dict[str, None] = {
    "drawing": None,
    "compare": None,
    "side": None,
    "report": None,
    "beside": None,
    "appraised": None,
    "indicator": None,
    "within": None,
    "day": None,
    "area": None,
    "picking": None,
    **CLOSED,
    **FORECAST_CLOSED,
    **ADDRESSES_CLOSED,
    **DATA_CLOSED,
}


def get_part(name: str) -> str:
    """Return the id of the store that holds a part of the state."""
    return f"state-{name}"


def build_skeleton(app: dash.Dash, settings: Settings) -> Component:
    """Build the page without words: what never changes while it is open."""
    language = load_language(settings.language)
    start = {
        "district": settings.district,
        "language": settings.language,
        "theme": settings.theme,
    }
    stores = [
        dcc.Store(id=STATE),
        dcc.Store(id="state-start", data=start),
        dcc.Store(id=PLACE),
        dcc.Store(id=WORDS),
        dcc.Store(id=ORDER),
        dcc.Store(id=ANSWER),
        dcc.Store(id=JOB),
        dcc.Store(id=SITES),
        dcc.Interval(id=CLOCK, interval=TICK_MS, disabled=True),
        *(dcc.Store(id=get_part(part)) for part in PARTS),
    ]
    return dmc.MantineProvider(
        [
            *stores,
            html.Div(
                [
                    _build_header(),
                    html.Nav([html.Div(id="rail"), html.Div(id="layers")], className="rail"),
                    html.Main(
                        [
                            _build_controls(),
                            html.Div(id="sides"),
                            _build_map(app, language),
                        ],
                        className="middle",
                    ),
                    html.Aside(
                        [html.Div(id="job"), html.Div(id="panel", **{"aria-live": "polite"})],
                        className="panel",
                    ),
                ],
                className="cockpit",
            ),
            html.Div(id="notice", className="notice", role="alert"),
        ],
        id="theme",
        forceColorScheme=settings.theme,
        theme={
            "fontFamily": "var(--font)",
            "fontFamilyHeadings": "var(--font)",
            "defaultRadius": "sm",
            "focusRing": "auto",
        },
    )


def _build_header() -> Component:
    return html.Header(
        [
            html.Div(id="title", className="title"),
            _build_select("district"),
            html.Div(id="switches", className="switches"),
        ],
        className="header",
    )


def _build_controls() -> Component:
    return html.Div(
        [
            _build_select("plan"),
            html.Div(id="stages"),
            html.Div(id="years"),
        ],
        className="controls",
        role="toolbar",
    )


def _build_select(name: str) -> Component:
    return dmc.Select(
        id=name,
        allowDeselect=False,
        className=f"{name}-select",
        size="xs",
        checkIconPosition="right",
    )


def _build_map(app: dash.Dash, language: Language) -> Component:
    search = dmc.Select(
        id="search",
        className="search",
        searchable=True,
        clearable=True,
        limit=40,
        size="sm",
        leftSection=html.Span(className="icon icon-search"),
        rightSection=html.Span(),
        comboboxProps={"width": 320, "position": "bottom-start"},
        maxDropdownHeight=420,
    )
    return html.Div(
        [
            build_map(app, language(PRODUCT)),
            html.Span(className="map-divider"),
            search,
            html.Div(id="timeline", className="timeline", role="group", hidden=True),
            html.Div(id="map-buttons", className="map-buttons"),
            html.Div(
                [html.Span(className="scale-line"), html.Span(className="scale-text")],
                id="scale",
                className="scale",
                hidden=True,
            ),
        ],
        className="map-area",
    )


def build_title(view: View, districts: int) -> list[Component]:
    """Name the product, and the district unless it stands in the select beside it."""
    _ = view.language
    name = [html.Span(_.name(view.profile), className="title-district")] if districts == 1 else []
    return [html.Span(_(PRODUCT), className="title-product"), *name]


def build_switches(state: State, language: Language) -> list[Component]:
    """Build the way to the data page, and the switches of language and theme."""
    _ = language
    other, label = ("en", "EN") if state.language == "zh" else ("zh", "中")
    theme = "dark" if state.theme == "light" else "light"
    words = _("Dark theme") if theme == "dark" else _("Light theme")
    data = {**_CLOSED, "selection": None, "data": OVERVIEW}
    return [
        html.Button(
            _("Data management"),
            id="open-data",
            type="button",
            className="switch switch-data",
            **{"aria-pressed": "true" if state.data else "false"},
            **patch(**data),
        ),
        html.Button(
            label,
            id="switch-language",
            type="button",
            className="switch",
            lang=other,
            title="English" if other == "en" else "中文",
            **patch(language=other),
        ),
        html.Button(
            html.Span(className=f"icon icon-{theme}"),
            id="switch-theme",
            type="button",
            className="switch",
            title=words,
            **{"aria-label": words},
            **patch(theme=theme),
        ),
    ]


def build_rail(state: State) -> Component:
    """List the eight scenarios in both languages, the current one marked."""
    chinese, english = load_language("zh"), load_language("en")
    first, second = (chinese, english) if state.language == "zh" else (english, chinese)
    items = []
    for number, scenario in enumerate(SCENARIOS, start=1):
        name = [
            html.Span(first(scenario.name), className="rail-name"),
            html.Span(second(scenario.name), className="rail-other", lang=second.tag),
        ]
        current = {"aria-current": "page"} if scenario is state.scenario else {}
        button = html.Button(
            [html.Span(str(number), className="rail-number"), html.Span(name)],
            type="button",
            className="rail-item",
            **current,
            **patch(scenario=scenario.code, selection=None, layers=None, **_CLOSED),
        )
        items.append(html.Li(button))
    return html.Ol(items, className="rail-list")


def build_years(view: View) -> Component:
    """Build the choice of the year, with steps to the one before and after."""
    _ = view.language
    years = view.profile.years
    choice = build_choice(
        _("Year of entry"),
        [(str(year), year == view.year, {"year": year}) for year in years.list_all()],
    )
    before = _build_step(_("Previous year"), "icon-back", view.year - 1, view.year > years.first)
    after = _build_step(_("Next year"), "icon-forward", view.year + 1, view.year < years.last)
    return html.Div([before, choice, after], className="years")


def _build_step(words: str, icon: str, year: int, possible: bool) -> Component:
    return html.Button(
        html.Span(className=f"icon {icon}"),
        type="button",
        className="step",
        disabled=not possible,
        title=words,
        **{"aria-label": words},
        **patch(year=year),
    )


def build_options(rows: Sequence[Any], language: Language) -> list[dict[str, str]]:
    """Return the options of a select from rows with a code and names."""
    return [{"value": row.code, "label": language.name(row)} for row in rows]


def build_map_buttons(view: View, state: State) -> list[Component]:
    """Build what floats on the map: the mark of invented data, the tools, the way back."""
    _ = view.language
    mark = html.Span(_("Synthetic data"), className="synthetic") if view.profile.synthetic else None
    reset = html.Button(
        [html.Span(className="icon icon-home"), _("Reset view")],
        id="reset-view",
        type="button",
        className="map-button",
        **patch(place={"kind": "district"}),
    )
    tools = None
    if state.scenario.code == "enrolment_warning" and state.compare is None:
        tools = build_area_tools(view.language, state.area, state.picking)
    return [part for part in (mark, tools, _build_printing(_), reset) if part is not None]


def _build_printing(language: Language) -> Component:
    """Build the choice of what the screen is printed as; assets/printing.js does it."""
    _ = language
    forms = [
        (_("PDF, A4"), {"form": "pdf", "paper": "A4"}),
        (_("PDF, A3"), {"form": "pdf", "paper": "A3"}),
        (_("Picture of the map (PNG)"), {"form": "png"}),
    ]
    items = [
        html.Button(
            words,
            type="button",
            className="printing-form",
            **{"data-print": json.dumps(form), "data-failed": _("It could not be printed.")},
        )
        for words, form in forms
    ]
    summary = html.Summary(_("Print"), id="print", className="map-button")
    return html.Details(
        [summary, html.Div(items, className="printing-forms")], className="printing"
    )


def build_sides(plan: Plan, other: Plan | None, language: Language) -> Component | None:
    """Head the two maps of a comparison: which side shows which plan."""
    if other is None:
        return None
    _ = language
    kinds = (_("Now"), _("Draft") if other.is_draft else _("Compared"))
    heads = [
        html.Div(
            [html.Span(kind, className="side-kind"), html.Span(_.name(one), className="side-plan")],
            className="side",
            id=f"side-{side}",
        )
        for side, kind, one in zip(SIDES, kinds, (plan, other), strict=True)
    ]
    close = html.Button(
        "×",
        type="button",
        className="job-close",
        id="close-sides",
        title=_("End the comparison"),
        **{"aria-label": _("End the comparison")},
        **patch(compare=None, side=None, layers=None),
    )
    return html.Div([*heads, close], className="sides")


def build_layers(scene: Scene, shown: set[str], available: set[str]) -> Component:
    """List the layers by group, each a switch with its legend below it while it is on."""
    _ = scene.language
    offered = [layer for layer in LAYERS if layer.code in available]
    groups: dict[str, list[MapLayer]] = {}
    for layer in offered:
        groups.setdefault(layer.group, []).append(layer)
    parts: list[Component] = [html.H2(_("Layers and legend"), className="layers-title")]
    for group, members in groups.items():
        parts.append(html.H3(_(group), className="layers-group"))
        parts.extend(_build_layer(layer, scene, shown) for layer in members)
    return html.Div(parts)


def _build_layer(layer: MapLayer, scene: Scene, shown: set[str]) -> Component:
    on = layer.code in shown
    after = sorted(shown ^ {layer.code})
    switch = html.Button(
        [html.Span(className="switch-track"), scene.language(layer.title)],
        type="button",
        role="switch",
        className="layer-switch",
        **{"aria-checked": "true" if on else "false", "data-layer": layer.code},
        **patch(layers=after),
    )
    entries = layer.build_legend(scene) if on else []
    # One mark is enough for all entries to leave room for one, so that their words line up.
    marked = any(entry.mark and entry.shape != "mark" for entry in entries)
    legend = html.Ul(
        [_build_entry(entry, marked) for entry in entries],
        className="legend legend-marked" if marked else "legend",
    )
    return html.Div([switch, legend] if entries else [switch], className="layer")


def _build_entry(entry: LegendEntry, marked: bool) -> Component:
    swatch = html.Span(
        entry.mark if entry.shape == "mark" else None,
        className=f"swatch swatch-{entry.shape}",
        style={"--swatch": entry.color},
    )
    mark = [html.Span(entry.mark, className="legend-mark")] if marked else []
    return html.Li([swatch, *mark, html.Span(entry.label)])


def build_notice(title: str, text: str, language: Language, *, back: bool) -> Component:
    """Say what went wrong and how to go on; `back` offers the view the district opens with."""
    _ = language
    home = {"plan": None, "stage": None, "year": None, "selection": None, "scenario": None}
    home |= _CLOSED
    buttons = [
        html.Button(_("Close"), type="button", className="notice-button", **{"data-dismiss": ""})
    ]
    if back:
        buttons.insert(
            0,
            html.Button(
                _("Open the first view"), type="button", className="notice-button", **patch(**home)
            ),
        )
    return html.Div([html.Strong(title), html.P(text), html.Div(buttons)], className="notice-card")
