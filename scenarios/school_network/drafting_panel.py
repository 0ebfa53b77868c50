"""Page where plans are drawn: method, limits, what is there to compare; and the running job."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from catchments.boundaries import METHODS
from layers.language import Language
from scenarios.district import Plan, list_plans
from scenarios.elements import (
    build_failed_job,
    build_heading,
    build_job_card,
    build_job_close,
    build_note,
    build_page,
    build_running_job,
    build_section,
    build_source,
    build_stage_choice,
    order,
    patch,
)
from scenarios.jobs import Status
from scenarios.school_network.drafting_fields import build_fields
from scenarios.school_network.drafting_words import METHOD_WORDS, STEP_WORDS, Told, read_progress
from scenarios.school_network.terms import BALANCED
from scenarios.view import View

LEAST_GAP_PCT = 0.005  # less would be shown as none
FIRST_METHOD = next(iter(METHOD_WORDS))


def compare_with(code: str | None, **more: Any) -> dict[str, Any]:
    """Return what sets a plan beside the present one in the state of the page."""
    moved = {"kind": "moved", "compare": code, **more}
    return {
        **{"compare": code, "place": moved, "layers": None, "selection": None, "side": None},
        **more,
    }


def open_draft(status: Status) -> dict[str, Any]:
    """Return what opens the draft of a job that is done."""
    return compare_with(status.result, stage=status.order.stage)


def build_drafting_panel(view: View, method: str) -> Component:
    """Build the page where a plan is drawn, for the stage of the view, by the chosen method."""
    _ = view.language
    return build_page(
        build_heading(
            _("Draw catchments: {stage}", stage=view.stage_name),
            _("Compared with {plan}, {year}", plan=_.name(view.plan), year=view.year),
        ),
        build_section(_("Stage of education"), build_stage_choice(view)),
        build_section(_("Method"), _build_methods(method, _)),
        _build_form(view, method),
        build_section(_("Compare with another plan"), _build_plans(view)),
        build_source(view),
    )


def _build_methods(chosen: str, _: Language) -> Component:
    cards = [
        html.Button(
            [
                html.Span(_(words.name), className="method-name"),
                html.Span(_(words.text), className="method-text"),
            ],
            type="button",
            className="method",
            **{"aria-pressed": "true" if code == chosen else "false", "data-method": code},
            **patch(drawing=code),
        )
        for code, words in METHOD_WORDS.items()
        if code in METHODS
    ]
    return html.Div(cards, className="methods", role="group", **{"aria-label": _("Method")})


def _build_form(view: View, method: str) -> Component:
    _ = view.language
    run = html.Button(_("Draw"), type="submit", className="button button-main")
    return html.Form(
        [*(build_fields(view) if method == BALANCED else []), run],
        className="draft-form",
        **order("draw", method=method),
    )


def _build_plans(view: View) -> Component | None:
    """List every other plan, drafts first: each opens the comparison."""
    _ = view.language
    plans = list_plans(view.connection, view.district, drafts=True)
    others = [plan for plan in plans if plan.id != view.plan.id]
    if not others:
        return None
    ranked = sorted(others, key=lambda plan: (not plan.is_draft, -plan.id))
    return html.Ul([_build_plan(plan, _) for plan in ranked], className="draft-list")


def _build_plan(plan: Plan, _: Language) -> Component:
    words = _("Draft") if plan.is_draft else _("Plan")
    open_it = html.Button(
        _.name(plan),
        type="button",
        className="panel-link",
        **{"data-plan": plan.code},
        **patch(**compare_with(plan.code)),
    )
    parts = [html.Span(words, className="draft-kind"), open_it]
    if plan.is_draft:
        parts.append(
            html.Button(
                _("Drop"),
                type="button",
                className="notice-button draft-drop",
                **{"aria-label": _("Drop {plan}", plan=_.name(plan))},
                **order("drop", plan=plan.code),
            )
        )
    return html.Li(parts)


def build_job(
    status: Status | None, stages: dict[str, str], language: Language
) -> Component | None:
    """Show how the last job of the district stands: progress and stop, the draft, or the failure.

    Parameters
    ----------
    stages
        Names of the stages of the district by code.
    """
    if status is None:
        return None
    _ = language
    method = _(METHOD_WORDS[status.order.method].name)
    title = f"{method} · {stages[status.order.stage]}"
    if status.state == "running":
        return _build_running(status, title, _)
    if status.state == "failed":
        return build_failed_job(status, (_("No draft was drawn"), title), _)
    ready = html.Button(
        _("Compare"),
        type="button",
        className="button",
        **patch(**open_draft(status)),
    )
    return build_job_card((_("The draft is ready"), title), [ready, build_job_close(_)])


def _build_running(status: Status, title: str, _: Language) -> Component:
    told = read_progress(status.step)
    step = _("Stopping with the best so far") if status.is_stopping else _(STEP_WORDS[told.step])
    return build_running_job(
        status,
        (_("Drawing"), title, step),
        _,
        stop_note=_("The best so far is kept as the draft"),
        more=_build_best(told, _),
    )


def _build_best(told: Told, _: Language) -> list[Component]:
    """Show what the best plan so far is worth, once the solver has told it."""
    facts = []
    if told.over is not None:
        facts.append((_("Children above the seats"), _.number(told.over)))
    if told.objective is not None:
        best = f"{_.number(told.objective, 1)} {_('pupil-km')}"
        facts.append((_("All ways together"), best))
    if told.gap_pct is not None:
        # Told with two decimals: what is told as none may be a little.
        gap_pct = told.gap_pct or LEAST_GAP_PCT / 2
        facts.append((_("Above the best possible, at most"), say_gap(gap_pct, _)))
    pairs = [html.Div([html.Dt(label), html.Dd(value)]) for label, value in facts]
    return [html.Dl(pairs, className="job-best")] if pairs else []


def build_drafting_entry(view: View) -> Component:
    """Build the button that opens the page where plans are drawn."""
    _ = view.language
    return html.Button(
        [
            _("Draw catchments"),
            html.Span(_("Try a method, compare, keep"), className="button-note"),
        ],
        id="open-drafting",
        type="button",
        className="button button-wide",
        **patch(drawing=FIRST_METHOD, compare=None, selection=None),
    )


def say_gap(gap_pct: float | None, _: Language) -> str:
    """Write how far a plan may lie above the best possible; no gap is told that is not none."""
    if gap_pct is not None and 0 < gap_pct < LEAST_GAP_PCT:
        return f"<{_.percent(2 * LEAST_GAP_PCT, 2)}"
    return _.percent(gap_pct, 2)


def say_untold(_: Language) -> Component:
    """Say that a plan does not divide the stage of the view."""
    return build_note(_("This plan has no catchments in this stage. Choose another stage."))
