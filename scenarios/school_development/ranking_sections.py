"""The appraisal of a group of schools: ranking with its stability, dimensions, changes."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from catchments.appraisal.findings import FELL, ROSE
from catchments.appraisal.scheme import WHOLE
from layers.language import Language
from scenarios.elements import (
    Column,
    build_figures,
    build_note,
    build_section,
    build_table,
)
from scenarios.naming import name_rows
from scenarios.school_development.told import ToldAppraisal
from scenarios.school_development.words import count_firm, name_groups, name_parts, write_rank
from scenarios.view import View

APPRAISED = "appraised"  # school whose appraisal is open, as the state of the page names it


def say_ranking(told: ToldAppraisal, ranking: pd.DataFrame, year: int, _: Language) -> str:
    """Say how many ranks of a group hold when the weights vary."""
    ranked = ranking.dropna(subset=["rank"])
    group = name_groups(told.scheme, _)[str(ranking["school_group"].iloc[0])]
    return _.count(
        "{group} {year}: {n} of {all} ranks is firm",
        "{group} {year}: {n} of {all} ranks are firm",
        count_firm(ranking),
        group=group,
        year=year,
        all=_.number(len(ranked)),
    )


def say_method(told: ToldAppraisal, _: Language) -> str:
    """Say how points are made and how ranks are tried."""
    rule = told.scheme.stability
    return _(
        "Points lie on a straight line between the bounds of each indicator. A rank is firm if"
        " the middle {interval} of {draws} draws with every weight ±{pct} give no other.",
        interval=_.percent(rule.interval_pct, 0),
        draws=_.number(rule.draws),
        pct=_.percent(rule.vary_pct, 0),
    )


def list_group_figures(ranking: pd.DataFrame, _: Language) -> list[tuple[str, str]]:
    """List the key figures of a group: who has a score, the middle one, who rose and fell."""
    return [
        (_("Schools with a score"), f"{int(ranking['score'].notna().sum())} / {len(ranking)}"),
        (_("Middle score"), _.number(ranking["score"].median(), 1)),
        (_("Rose"), _.number((ranking["course"] == ROSE).sum())),
        (_("Fell"), _.number((ranking["course"] == FELL).sum())),
    ]


def build_ranking(told: ToldAppraisal, ranking: pd.DataFrame, view: View) -> list[Component]:
    """Build the ranking of a group; no rank stands without its interval."""
    _ = view.language
    rows = ranking.assign(
        name=name_rows(ranking, "school", _),
        place=[write_rank(row, _) for row in ranking.itertuples()],
    )
    columns = [
        Column("name", _("School")),
        Column("place", _("Rank (interval)"), align="right"),
        Column("stays_pct", _("Stays"), "%", format=_.number),
        Column("score", _("Score of 100"), format=lambda score: _.number(score, 1)),
        Column("change_points", _("Change"), format=lambda change: _.signed(change, 1)),
    ]
    table = build_table(rows, columns, language=_, opens=open_school, limit=15)
    lacking = int(ranking["rank"].isna().sum())
    note = (
        _.count(
            "{n} school has no rank: too few of its indicators are known.",
            "{n} schools have no rank: too few of their indicators are known.",
            lacking,
        )
        if lacking
        else None
    )
    interval = _.percent(told.scheme.stability.interval_pct, 0)
    return [
        build_figures(list_group_figures(ranking, _)),
        build_section(
            _("Ranking, with how far it rests on the weights"),
            table,
            build_note(note) if note else None,
            note=_("interval of {pct}", pct=interval),
        ),
    ]


def open_school(row: dict[Any, Any]) -> dict[str, Any]:
    """Return what opens the appraisal of a school on the page."""
    return {APPRAISED: str(row["school_code"])}


def sum_parts(told: ToldAppraisal, ranking: pd.DataFrame, year: int) -> pd.DataFrame:
    """Tell the middle, lowest and highest score of each part among the schools of a ranking.

    Returns
    -------
    DataFrame
        part, weight, median, lowest, highest; dimensions and tiers in the order of the scheme.
    """
    parts = told.appraisal.parts
    mine = parts[(parts["year"] == year) & parts["school_id"].isin(ranking["school_id"])]
    weights = {part: told.scheme.weights[at].sum() for part, at in told.scheme.iterate_parts()}
    sums = mine[mine["part"] != WHOLE].groupby("part")["score"].agg(["median", "min", "max"])
    order = [part for part in weights if part in sums.index]
    sums = sums.loc[order].rename(columns={"min": "lowest", "max": "highest"}).reset_index()
    return sums.assign(weight=sums["part"].map(weights))


def build_parts(told: ToldAppraisal, ranking: pd.DataFrame, year: int, view: View) -> Component:
    """Build the table of the dimensions and tiers of a group."""
    _ = view.language
    names = name_parts(told.scheme, _)
    rows = sum_parts(told, ranking, year)
    rows = rows.assign(name=rows["part"].map(names))

    def write(score: float) -> str:
        return _.number(score, 1)

    columns = [
        Column("name", _("Dimension")),
        Column("weight", _("Weight"), "%", format=_.number),
        Column("lowest", _("Lowest"), format=write),
        Column("median", _("Median"), format=write),
        Column("highest", _("Highest"), format=write),
    ]
    return build_section(
        _("Scores by dimension and kind of indicator"), build_table(rows, columns, language=_)
    )


def build_words(said: list[tuple[str, str]], finding: str) -> Component | None:
    """Set the sentences of one kind of finding below each other."""
    mine = [html.Li(words) for kind, words in said if kind == finding]
    return html.Ul(mine, className="panel-note", style={"paddingLeft": "1.1em"}) if mine else None
