"""Page where an officer orders an assignment: stage, year, rules, seed, tried or stored."""

from __future__ import annotations

from collections.abc import Sequence

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from catchments.admission.rules import Rules
from layers.language import Language
from scenarios.elements import (
    build_choice,
    build_heading,
    build_note,
    build_page,
    build_section,
    build_source,
    build_stage_choice,
    order,
    patch,
)
from scenarios.enrolment_warning.admission.orders import LARGEST_SEED
from scenarios.enrolment_warning.admission.page import Page
from scenarios.enrolment_warning.admission.rule_shelf import (
    Shelved,
    choose_rules,
    list_years,
    select_rules,
)
from scenarios.view import View


def build_form_panel(
    view: View,
    page: Page,
    shelf: Sequence[Shelved],
    *,
    seed: int | None = None,
    others: Component | None = None,
) -> Component:
    """Build the page where an assignment of the view's stage and year is ordered.

    Parameters
    ----------
    shelf
        Rule files of the district.
    seed
        That of the newest run by the view's plan; nothing while there is none.
    others
        Choice of runs by other plans.
    """
    _ = view.language
    offered = select_rules(shelf, view.stage, view.year)
    codes = {rules.code for rules in offered}
    known = page.rules if page.rules in codes else None
    chosen = choose_rules(offered, known) if offered else None
    return build_page(
        build_heading(
            _("Assign children to schools: {stage} {year}", stage=view.stage_name, year=view.year),
            None
            if seed is not None
            else _("No assignment of this stage, year and plan is stored yet."),
        ),
        build_section(_("Runs by other plans"), others) if others is not None else None,
        build_section(_("Stage of education"), build_stage_choice(view)),
        build_section(
            _("Year of entry"), _build_years(view, shelf), note=_("years with a rule file")
        ),
        build_section(
            _("Rules"), _build_rules(offered, chosen, view), *_list_faults(shelf, view.language)
        ),
        build_section(
            _("Plan"),
            build_note(_.name(view.plan)),
            note=_("chosen above the map"),
        ),
        _build_form(chosen, seed, _) if chosen else None,
        build_source(view),
    )


def _build_years(view: View, shelf: Sequence[Shelved]) -> Component:
    _ = view.language
    years = [year for year in list_years(shelf) if year in view.profile.years.list_all()]
    if not years:
        return build_note(_("The district has no rule files for the years that it shows."))
    return build_choice(
        _("Year of entry"),
        [(str(year), year == view.year, {"year": year}) for year in years],
        is_wrapped=True,
    )


def _build_rules(offered: Sequence[Rules], chosen: Rules | None, view: View) -> Component:
    _ = view.language
    if not offered:
        return build_note(_("No rule file covers this stage and year. Choose another."))
    cards = [
        html.Button(
            [
                html.Span(_.name(rules), className="method-name"),
                html.Span(_describe(rules, view.stage, _), className="method-text"),
            ],
            type="button",
            className="method",
            **{"aria-pressed": "true" if rules is chosen else "false", "data-rules": rules.code},
            **patch(rules=rules.code),
        )
        for rules in offered
    ]
    return html.Div(cards, className="methods", role="group", **{"aria-label": _("Rules")})


def _describe(rules: Rules, stage: str, _: Language) -> str:
    mine = rules.stages[stage]
    words = [
        _.count("{n} batch", "{n} batches", len(mine.batches)),
        _("registration opens {date}", date=_.date(mine.opens_on)),
    ]
    if mine.lock is not None:
        words.append(_.count("lock of {n} year", "lock of {n} years", mine.lock.years))
    return " · ".join(words)


def _list_faults(shelf: Sequence[Shelved], _: Language) -> list[Component]:
    return [
        build_note(_("{file} cannot be used: {fault}", file=one.name, fault=one.fault))
        for one in shelf
        if one.fault
    ]


def _build_form(chosen: Rules, seed: int | None, _: Language) -> Component:
    lots = dmc.NumberInput(
        id="admission-seed",
        name="seed",
        label=_("Seed of the lots (published before they are drawn)"),
        value=1 if seed is None else seed,
        min=0,
        max=LARGEST_SEED,
        allowDecimal=False,
        allowNegative=False,
        size="xs",
    )
    return html.Form(
        [
            html.Div(lots, className="keep-fields"),
            html.Div([build_trial_button(_), build_store_button(_)], className="buttons"),
            build_note(_("A dry run stores nothing. A stored run is never changed.")),
        ],
        className="draft-form",
        **order("assign", rules=chosen.code),
    )


def build_trial_button(language: Language) -> Component:
    """Build the button of a form that orders a dry run."""
    return html.Button(
        language("Dry run"), type="submit", name="mode", value="trial", className="button"
    )


def build_store_button(language: Language) -> Component:
    """Build the button of a form that orders a run which is stored."""
    return html.Button(
        language("Run and store"),
        type="submit",
        name="mode",
        value="store",
        className="button button-main",
    )
