"""The tools at the map that select an area: pieces by click, a polygon, a lasso, a circle."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from gis.selected_areas import PICKS
from layers.language import Language, msgid
from scenarios.elements import patch

DRAWN = ("polygon", "lasso", "circle")
TOOLS = (*PICKS, *DRAWN)

TOOL_WORDS = {
    "subdistrict": msgid("Subdistricts"),
    "community": msgid("Communities"),
    "catchment": msgid("Catchments"),
    "polygon": msgid("Polygon"),
    "lasso": msgid("Lasso"),
    "circle": msgid("Circle"),
}
# What to do with each tool, in one line over the map and in the panel.
HINTS = {
    "subdistrict": msgid("Click subdistricts to add them or take them out."),
    "community": msgid("Click communities to add them or take them out."),
    "catchment": msgid("Click catchments to add them or take them out."),
    "polygon": msgid(
        "Click the corners; double-click or Enter closes, Backspace takes one back, Esc gives up."
    ),
    "lasso": msgid("Hold and draw around the area; Esc gives up."),
    "circle": msgid("Hold in the middle and drag to the rim, or click both; Esc gives up."),
}


def build_area_tools(language: Language, area: str | None, picking: str | None) -> Component:
    """Build the button that opens the tools, or the tools themselves while an area is chosen."""
    _ = language
    if picking is None and area is None:
        return html.Button(
            [html.Span(className="icon icon-area"), _("Select an area")],
            id="select-area",
            type="button",
            className="map-button",
            **patch(picking=PICKS[0], selection=None),
        )
    tools = [_build_tool(tool, picking, _) for tool in TOOLS]
    leave = html.Button(
        _("Clear"),
        id="clear-area",
        type="button",
        className="map-button",
        **patch(area=None, picking=None),
    )
    hint = html.P(_(HINTS[picking]), className="area-hint", role="status") if picking else None
    bar = html.Div(
        [*tools, leave],
        className="area-tools",
        role="toolbar",
        **{"aria-label": _("Select an area")},
    )
    return html.Div([bar] if hint is None else [hint, bar], className="area-bar")


def _build_tool(tool: str, picking: str | None, _: Language) -> Component:
    is_on = tool == picking
    return html.Button(
        _(TOOL_WORDS[tool]),
        type="button",
        className="area-tool",
        title=_(HINTS[tool]),
        **{"aria-pressed": "true" if is_on else "false", "data-tool": tool},
        **patch(picking=None if is_on else tool, selection=None),
    )
