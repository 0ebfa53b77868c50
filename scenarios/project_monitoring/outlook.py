"""Sections of a project about the future: interval, chances, warnings that a slip turns red."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash.development.base_component import Component

from layers.language import Language, is_missing
from scenarios.elements import (
    Bar,
    Column,
    build_bars,
    build_link,
    build_note,
    build_section,
    build_table,
)
from scenarios.naming import name_rows, name_stages
from scenarios.project_monitoring.analysis import COMPLETED
from scenarios.project_monitoring.monitor import Monitor
from scenarios.project_monitoring.reds import EXPECTED
from scenarios.view import View

_CERTAIN = 0.995  # rounds to 100 %


def build_completion(project: dict[str, Any], monitor: Monitor, view: View) -> Component | None:
    """Set the expected completion with its interval, and the chances by school year."""
    _ = view.language
    if is_missing(project["expected_low_on"]):
        return None
    rules = view.profile.construction.pace
    chances = monitor.chances[monitor.chances["project_id"] == project["project_id"]]
    likely = chances[chances["chance"] >= _CERTAIN]["year"].min()
    last = max(project["opens_year"], likely if pd.notna(likely) else chances["year"].max())
    shown = chances[chances["year"] <= last]
    bars = [
        Bar(str(year), 100 * chance, _.percent(100 * chance, 0))
        for year, chance in zip(shown["year"], shown["chance"], strict=True)
    ]
    return build_section(
        _("Expected completion"),
        build_note(
            _(
                "{day}; with {share} between {low} and {high}",
                day=_.date(project["expected_end_on"]),
                share=_.percent(rules.interval_pct, 0),
                low=_.date(project["expected_low_on"]),
                high=_.date(project["expected_high_on"]),
            )
        ),
        build_bars(bars, greatest=100),
        build_note(_("From {n} courses at the pace of finished stages.", n=_.number(rules.draws))),
        note=_("chance to be ready for the school year"),
    )


def build_turned_red(project: dict[str, Any], monitor: Monitor, view: View) -> Component | None:
    """Set the catchments and years that are red because the project opens later than planned."""
    _ = view.language
    if project["state"] == COMPLETED or is_missing(project["state"]):
        return None
    turned = monitor.turned_red[monitor.turned_red["project_id"] == project["project_id"]]
    stages = name_stages(view.profile, _)
    rows = turned.assign(
        catchment=[
            build_link("catchment", int(id), name)
            for id, name in zip(turned["school_id"], name_rows(turned, "school", _), strict=True)
        ],
        stage_name=turned["stage"].map(stages),
        children=[
            f"{_.number(children)} / {_.number(seats)}"
            for children, seats in zip(turned["counted_children"], turned["seats"], strict=True)
        ],
        how=[
            _("expected") if certainty == EXPECTED else _("possible")
            for certainty in turned["certainty"]
        ],
    )
    columns = [
        Column("catchment", _("Catchment"), format=lambda link: link),
        Column("stage_name", _("Stage of education")),
        Column("year", _("Year"), align="right", format=str),
        Column("children", _("Children / seats"), align="right"),
        Column("how", _("Certainty")),
    ]
    return build_section(
        _("Warnings that the slip turns red"),
        build_table(
            rows,
            columns,
            language=_,
            empty=_("No warning in the counted years that the project would have prevented."),
        ),
        note=_("planned to expected opening"),
    )


def say_turned_red(turned: pd.DataFrame, _: Language) -> str | None:
    """Say in which years a slip turns a warning red; nothing when it does not."""
    expected = turned[turned["certainty"] == EXPECTED]
    if expected.empty:
        return None
    years = ", ".join(str(year) for year in sorted(set(expected["year"])))
    return _("slip turns red: {years}", years=years)
