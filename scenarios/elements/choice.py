"""A choice of one among a few, each a button that changes the state of the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from scenarios.elements.page import patch
from scenarios.view import View


def build_choice(
    title: str, options: Sequence[tuple[str, bool, dict[str, Any]]], *, is_wrapped: bool = False
) -> Component:
    """Set the options of a choice side by side.

    Parameters
    ----------
    title
        What a screen reader says of the whole.
    options
        Label, whether it is chosen, and what a click changes in the state.
    is_wrapped
        Whether it may take several lines, as in a panel.
    """
    buttons = [
        html.Button(
            label,
            type="button",
            className="choice-option",
            **{"aria-pressed": "true" if chosen else "false"},
            **patch(**changes),
        )
        for label, chosen, changes in options
    ]
    name = "choice choice-wrapped" if is_wrapped else "choice"
    return html.Div(buttons, className=name, role="group", **{"aria-label": title})


def build_stage_choice(view: View, *, is_wrapped: bool = True, **changes: Any) -> Component:
    """Build the choice of the stage of education among those that have catchments.

    Parameters
    ----------
    changes
        What a click changes besides.
    """
    _ = view.language
    options = [
        (_.name(stage), stage.code == view.stage, {"stage": stage.code, **changes})
        for stage in view.profile.list_catchment_stages()
    ]
    return build_choice(_("Stage of education"), options, is_wrapped=is_wrapped)
