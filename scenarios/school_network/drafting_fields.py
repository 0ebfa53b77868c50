"""Fields of the form that orders balanced catchments: how long to search, and what to keep."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from gis.database import read_table
from layers.language import Language
from scenarios.district import list_plans
from scenarios.school_network.drafting_order import LONGEST_S, SHORTEST_S
from scenarios.school_network.terms import find_feeding_stage
from scenarios.view import View


def build_fields(view: View) -> list[Component]:
    """Build the fields for balanced catchments; those of the terms may stay empty."""
    _ = view.language
    search = [
        _build_number(
            "time_limit_s",
            _("Time limit, seconds"),
            id="draft-limit",
            value=30,
            min=SHORTEST_S,
            max=LONGEST_S,
            allowDecimal=False,
        ),
        _build_number(
            "seed",
            _("Seed (same seed, same plan)"),
            id="draft-seed",
            value=1,
            allowDecimal=False,
        ),
    ]
    terms = [
        _build_number(
            "max_moved_pupils",
            _("Most pupils moved"),
            description=_("Those the warning counts."),
            placeholder=_("no limit"),
            allowDecimal=False,
        ),
        _build_number(
            "max_distance_m",
            _("Longest way, metres"),
            description=_("Mean way of the pupils of a unit."),
            placeholder=_("no limit"),
        ),
        _build_number(
            "w_change",
            _("Weight of change, km a pupil"),
            description=_("Each pupil moved counts as so many kilometres of way."),
            placeholder="0",
            decimalScale=3,
            step=0.1,
            className="draft-wide",
        ),
        _build_feeders(view),
    ]
    legend = html.Legend(_("Terms, optional"), className="draft-legend")
    kept = html.Div([one for one in terms if one is not None], className="draft-fields")
    return [
        html.Div(search, className="draft-fields"),
        html.Fieldset([legend, kept], className="draft-terms"),
    ]


def _build_number(name: str, label: str, **more: Any) -> Component:
    return dmc.NumberInput(
        name=name,
        label=label,
        size="xs",
        **{"min": 0, "allowNegative": False, "inputWrapperOrder": _ORDER, **more},
    )


_ORDER = ["label", "input", "description", "error"]


def _build_feeders(view: View) -> Component | None:
    """Build the choice of a plan whose catchments of the stage below stay together, if any."""
    below = find_feeding_stage(view.profile, view.get_stage())
    if below is None:
        return None
    _ = view.language
    options = [
        {"value": plan.code, "label": _.name(plan)}
        for plan in list_plans(view.connection, view.district)
        if below.code
        in set(read_table(view.connection, "plan_membership", plan_id=plan.id)["stage"])
    ]
    return dmc.Select(
        name="feeders",
        label=_("Feeding catchments of {stage}, kept whole", stage=_.name(below)),
        description=_("Each goes to one school; a nine-year school keeps its own."),
        placeholder=_("not asked"),
        data=options,
        clearable=True,
        size="xs",
        className="draft-wide",
        inputWrapperOrder=_ORDER,
    )


def list_terms(
    terms: dict[str, Any], language: Language, *, plans: dict[str, str] | None = None
) -> list[str]:
    """List in words what a division had to keep beside the usual.

    Parameters
    ----------
    terms
        As :func:`catchments.boundaries.asked_terms.name_terms` returns them, and feeders.
    plans
        Names of plans by code.

    Examples
    --------
    >>> from layers.language import load_language
    >>> list_terms({"capacity": "soft", "max_moved_pupils": 20.0}, load_language("en"))
    ['at most 20 pupils moved']
    """
    _ = language
    told = [_("nobody above the seats")] if terms.get("capacity") == "hard" else []
    for name, words, digits in (
        ("max_moved_pupils", _("at most {n} pupils moved"), 0),
        ("max_distance_m", _("no way longer than {n} m"), 0),
        ("w_change", _("moving a pupil counts {n} km"), 3),
        ("w_compactness", _("an outline counts up to {n} pupil-km"), 1),
    ):
        if name in terms:
            told.append(words.format(n=_trim(terms[name], digits, _)))
    for name, words in (
        ("locked", _("{n} units locked to schools")),
        ("forbidden", _("{n} pairs of unit and school forbidden")),
        ("together", _("{n} groups of units kept together")),
    ):
        if name in terms:
            told.append(words.format(n=_.number(len(terms[name]))))
    if "feeders" in terms:
        code = terms["feeders"]
        told.append(_("fed by {plan}", plan=(plans or {}).get(code, code)))
    for group in terms.get("joint", []):
        told.append(_("{schools} share a catchment", schools=" + ".join(group)))
    return told


def _trim(value: float, digits: int, _: Language) -> str:
    text = _.number(value, digits)
    return text.rstrip("0").rstrip(".") if "." in text else text
