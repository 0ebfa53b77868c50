"""Years behind and ahead, and the limits that were or will be crossed, on the panel."""

from __future__ import annotations

import pandas as pd
from dash import html
from dash.development.base_component import Component

from layers.language import is_missing
from scenarios.elements import (
    Column,
    Line,
    build_lines,
    build_mark,
    build_note,
    build_section,
    build_table,
)
from scenarios.naming import name_rows, name_stages
from scenarios.view import View


def build_standings(standings: pd.DataFrame, view: View) -> Component | None:
    """Draw the share of schools that pass, a line a stage, past and ahead."""
    _ = view.language
    if standings.empty:
        return None
    years = sorted(standings["year"].unique())
    stages = name_stages(view.profile, _)
    share = standings.assign(share=100 * standings["passed"] / standings["schools"])
    lines = [
        Line(stages[code], part.set_index("year")["share"].reindex(years).tolist())
        for code in stages
        if len(part := share[share["stage"] == code])
    ]
    return _draw(_("Schools that pass"), lines, standings, view, unit="%")


def build_means(
    years: pd.DataFrame, view: View, indicator: str, standard: float | None
) -> Component | None:
    """Draw the mean of an indicator in a stage, past and ahead, beside its standard."""
    _ = view.language
    mine = years[(years["indicator"] == indicator) & (years["stage"] == view.stage)]
    if mine.empty:
        return None
    lines = [Line(_("Mean"), mine["mean"].tolist())]
    if standard is not None:
        lines.append(Line(_("Standard"), [standard] * len(mine), dashed=True))
    digits = 0 if mine["mean"].max() >= 100 else 1
    return _draw(_("Mean by pupils"), lines, mine, view, digits=digits)


def _draw(
    title: str,
    lines: list[Line],
    rows: pd.DataFrame,
    view: View,
    *,
    unit: str | None = None,
    digits: int = 0,
) -> Component:
    _ = view.language
    years = sorted(rows["year"].unique())
    newest = rows.loc[~rows["is_forecast"], "year"].max()
    ticks = [str(year) if place % 2 == 0 else "" for place, year in enumerate(years)]
    chart = build_lines(
        lines, ticks, language=_, unit=unit, digits=digits, marked=years.index(newest)
    )
    note = None
    if rows["is_forecast"].any():
        note = build_note(
            _("From {year} on: pupils of the forecast, resources as they are now.", year=newest + 1)
        )
    return build_section(title, chart, note)


def build_warnings(
    warnings: pd.DataFrame, view: View, indicator: str | None = None
) -> Component | None:
    """Build the limits that were crossed or will be within the years that are warned of."""
    if warnings.empty and indicator is not None:
        return None
    _ = view.language
    rows = list_warned(warnings, view, indicator)
    marked = rows.assign(
        name=[
            html.Span(
                [
                    build_mark(level, _, words=False),
                    " ",
                    name,
                    html.Span(what, className="column-unit"),
                ]
            )
            for level, name, what in zip(rows["level"], rows["name"], rows["what"], strict=True)
        ]
    )
    columns = [
        Column("name", _("What"), format=lambda name: name),
        Column("year_told", _("Year"), align="right"),
        Column("value_told", _("Value"), align="right"),
        Column("limit_told", _("Limit"), align="right"),
    ]
    table = build_table(
        marked,
        columns,
        language=_,
        row_id="school_id",
        link_kind="school",
        limit=6,
        empty=_("No limit is newly crossed, and none will be in the next years."),
    )
    return build_section(
        _("Warnings"),
        table,
        note=_("crossed now, or within {n} years", n=view.profile.balance.warn_years),
    )


def list_warned(warnings: pd.DataFrame, view: View, indicator: str | None = None) -> pd.DataFrame:
    """List what is warned of, most urgent first, in words.

    Returns
    -------
    DataFrame
        school_id (missing for a stage), level, name, what, year_told, value_told, limit_told.
    """
    _ = view.language
    rows = warnings[warnings["level"] != "none"]
    if indicator is not None:
        rows = rows[rows["indicator"] == indicator]
    stages = name_stages(view.profile, _)
    names = {one.code: _.name(one) for one in view.profile.balance.indicators}
    is_school = rows["school_id"].notna()
    what = []
    for row in rows.to_dict("records"):
        if is_missing(row["school_id"]):
            what.append(_("Variation of {indicator}", indicator=names.get(row["indicator"], "")))
        elif is_missing(row["indicator"]):
            what.append(_("{stage}: no longer passes", stage=stages[row["stage"]]))
        else:
            what.append(names.get(row["indicator"], row["indicator"]))
    schools = name_rows(rows, "school", _)
    digits = [3 if not known else 0 if limit >= 100 else 2
              for known, limit in zip(is_school, rows["limit"], strict=True)]  # fmt: skip
    return rows.assign(
        name=[
            school if known else stages[stage]
            for school, known, stage in zip(schools, is_school, rows["stage"], strict=True)
        ],
        what=what,
        year_told=rows["year"].astype(str),
        value_told=[_.number(v, d) for v, d in zip(rows["value"], digits, strict=True)],
        limit_told=[_.number(v, d) for v, d in zip(rows["limit"], digits, strict=True)],
        order=rows["level"].map({"red": 0, "yellow": 1}),
    ).sort_values(["order", "year", "stage"], kind="stable")
