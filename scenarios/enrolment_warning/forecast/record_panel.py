"""The honest record on a page: how far off the forecast was, beside two naive ones."""

from __future__ import annotations

import pandas as pd
from dash.development.base_component import Component

from gis.database import read_table
from layers.language import Language
from scenarios.elements import Column, build_note, build_table
from scenarios.enrolment_warning.forecast.record import LEAST_PUPILS, score_published
from scenarios.enrolment_warning.forecast.runs import ForecastRuns
from scenarios.view import View


def build_record(view: View, runs: ForecastRuns) -> list[Component | None]:
    """Build the scores on the district's past, and those of what was published."""
    _ = view.language
    scores = read_table(
        view.connection, "forecast_backtests", run_id=runs.demand_id, stage=view.stage
    )
    published = read_table(view.connection, "forecast_published", district_id=view.district.id)
    if scores.empty:
        return [build_note(_("Too few years of enrolment to look back."))]
    return [
        build_scores(scores, _),
        build_note(
            _(
                "Mean error, told from earlier years of enrolment alone; schools of {n} pupils"
                " or more.",
                n=_.number(LEAST_PUPILS, 0),
            )
        ),
        _build_published(published, score_published(view.connection, view.district), view),
    ]


def build_scores(scores: pd.DataFrame, language: Language) -> Component:
    """Set the errors of schools and of the district by years ahead, beside the naive ones."""
    _ = language
    shown = scores[scores["level"].isin(["school", "district"])]
    table = shown.pivot_table(index=["level", "horizon"], columns="method", values="mape_pct")
    held = shown[shown["method"] == "forecast"].set_index(["level", "horizon"])["covered_80_pct"]
    words = {"school": _("A school"), "district": _("The district")}
    rows = table.join(held).reset_index()
    rows = rows.assign(
        what=[
            _.count("{what}, {n} year ahead", "{what}, {n} years ahead", int(n), what=words[level])
            for level, n in zip(rows["level"], rows["horizon"], strict=True)
        ]
    ).sort_values(["level", "horizon"], ascending=[False, True])

    def write(value: float) -> str:
        return _.percent(value, 1)

    columns = [
        Column("what", _("Error of")),
        Column("forecast", _("Forecast"), align="right", format=write),
        Column("last_year", _("Last year again"), align="right", format=write),
        Column("cohort_survival", _("Cohorts alone"), align="right", format=write),
        Column("covered_80_pct", _("Inside 80 %"), align="right", format=lambda v: _.percent(v, 0)),
    ]
    return build_table(rows, columns, language=_)


def _build_published(published: pd.DataFrame, scored: pd.DataFrame, view: View) -> Component:
    _ = view.language
    if published.empty:
        return build_note(_("No forecast of this district was published yet."))
    latest = published.iloc[0]
    if scored.empty:
        return build_note(
            _.count(
                "{n} forecast is published, the last on {day}; none of its years has come yet.",
                "{n} forecasts are published, the last on {day}; none of their years has come yet.",
                len(published),
                day=_.date(latest["published_at"]),
            )
        )
    mine = scored[scored["stage"] == view.stage]
    words = {"school": _("A school"), "district": _("The district"), "catchment": _("Catchment")}
    rows = mine.assign(what=mine["level"].map(words))
    columns = [
        Column("data_date", _("Data of"), format=_.date),
        Column("what", _("Error of")),
        Column("horizon", _("Years ahead")),
        Column("mape_pct", _("Forecast"), align="right", format=lambda v: _.percent(v, 1)),
        Column("covered_80_pct", _("Inside 80 %"), align="right", format=lambda v: _.percent(v, 0)),
    ]
    return build_table(rows, columns, language=_, limit=8)
