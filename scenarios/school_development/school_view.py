"""The appraisal of one school: score, rank, dimensions beside its peers, strengths, years."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from catchments.appraisal.findings import STRENGTH, WEAKNESS
from catchments.appraisal.scheme import WHOLE
from gis.errors import UsageError
from layers.language import MISSING, Language, is_missing
from scenarios.elements import (
    Bar,
    Column,
    Line,
    build_back,
    build_bars,
    build_figures,
    build_heading,
    build_lines,
    build_link,
    build_note,
    build_page,
    build_section,
    build_source,
    build_table,
)
from scenarios.naming import name_rows
from scenarios.school_development.ranking_sections import (
    APPRAISED,
    build_words,
    open_school,
    say_method,
)
from scenarios.school_development.told import ToldAppraisal
from scenarios.school_development.words import (
    list_indicators,
    name_parts,
    say_findings,
    write_rank,
    write_raw,
)
from scenarios.view import View


def build_school_view(view: View, told: ToldAppraisal, school_id: int) -> Component:
    """Build the page of one school's appraisal.

    Raises
    ------
    UsageError
        When it was not appraised in the newest year.
    """
    _, year = view.language, told.years[-1]
    ranking = told.list_ranking(year)
    found = ranking[ranking["school_id"] == school_id]
    if found.empty:
        raise UsageError(f"The school was not appraised in {year}.", mend="Choose another.")
    row: Any = next(found.itertuples())
    said = say_findings(_select(told.find_strengths(year), school_id), told.scheme, _)
    return build_page(
        build_back(_("School development"), **{APPRAISED: None}),
        build_heading(_say_score(row, year, _), _.name(told.scheme)),
        build_figures(_list_figures(row, _)),
        build_section(_("Strengths"), build_words(said, STRENGTH)),
        build_section(_("Weaknesses"), build_words(said, WEAKNESS)),
        build_section(
            _("Scores beside the middle of its peers"), _build_parts(told, school_id, year, view)
        ),
        build_section(_("Score by year"), _build_years(told, school_id, _)),
        build_section(_("Similar schools"), _build_peers(told, school_id, ranking, view)),
        build_section(_("Every indicator"), _build_indicators(told, school_id, year, view)),
        build_link("school", school_id, _("Open the school")),
        build_note(say_method(told, _)),
        build_source(view, run_id=told.run_id, plan=False),
    )


def _select(frame: pd.DataFrame, school_id: int) -> pd.DataFrame:
    return frame[frame["school_id"] == school_id]


def _say_score(row: Any, year: int, _: Language) -> str:
    name = _.pick(row.school_name_zh, row.school_name_en)
    if is_missing(row.score):
        return _("{school}: too little is known in {year} for a score", school=name, year=year)
    return _(
        "{school} {year}: {score} points, rank {rank} of {ranked}",
        school=name,
        year=year,
        score=_.number(row.score, 1),
        rank=write_rank(row, _),
        ranked=_.number(row.ranked),
    )


def _list_figures(row: Any, _: Language) -> list[tuple[str, str]]:
    return [
        (_("Score of 100"), _.number(row.score, 1)),
        (_("Change"), _.signed(row.change_points, 1)),
        (_("Rank (interval)"), write_rank(row, _)),
        (_("Rank stays"), _.percent(row.stays_pct, 0)),
    ]


def _build_parts(told: ToldAppraisal, school_id: int, year: int, view: View) -> Component:
    """Draw each part as a bar with a tick at the middle of the peers."""
    _ = view.language
    compared = _select(told.compare_parts(year), school_id).set_index("part")
    names = name_parts(told.scheme, _)
    bars = [
        Bar(
            name,
            compared["score"][part],
            _.number(compared["score"][part], 1),
            target=compared["peers_median"][part],
        )
        for part, name in names.items()
        if part in compared.index
    ]
    return build_bars(bars, greatest=100, target_label=_("Middle of its peers"))


def _build_years(told: ToldAppraisal, school_id: int, _: Language) -> Component | None:
    """Draw the score of every year."""
    if len(told.years) < 2:
        return None
    parts = _select(told.appraisal.parts, school_id)
    whole = parts[parts["part"] == WHOLE].set_index("year")["score"].reindex(told.years)
    return build_lines(
        [Line(_("Score of 100"), whole.tolist())],
        ticks=[str(year) for year in told.years],
        language=_,
        digits=1,
        from_zero=False,
    )


def _build_peers(
    told: ToldAppraisal, school_id: int, ranking: pd.DataFrame, view: View
) -> Component | None:
    _ = view.language
    peers = _select(told.appraisal.peers, school_id).sort_values("place")
    if peers.empty:
        return None
    rows = peers[["peer_id"]].merge(ranking, left_on="peer_id", right_on="school_id")
    rows = rows.assign(
        name=name_rows(rows, "school", _),
        place=[write_rank(row, _) for row in rows.itertuples()],
    )
    columns = [
        Column("name", _("School")),
        Column("place", _("Rank (interval)"), align="right"),
        Column("score", _("Score of 100"), format=lambda score: _.number(score, 1)),
    ]
    return build_table(rows, columns, language=_, opens=open_school)


def _build_indicators(told: ToldAppraisal, school_id: int, year: int, view: View) -> Component:
    _ = view.language
    indicators = list_indicators(told.scheme)
    scorers = {one.code: _.name(one) for one in told.scheme.scorers}
    compared = _select(told.compare_points(year), school_id).set_index("part")
    known = [code for code in indicators if code in compared.index]
    rows = compared.loc[known].reset_index()
    rows = rows.assign(
        name=[
            html.Span(
                [
                    _.name(indicators[code]),
                    html.Span(
                        f"{scorers[indicators[code].scored_by]} · {_tell_evidence(row, _)}",
                        className="column-unit",
                    ),
                ]
            )
            for code, row in zip(known, rows.to_dict("records"), strict=True)
        ],
        raw=[
            write_raw(value, indicators[code], _)
            for code, value in zip(known, rows["raw_value"], strict=True)
        ],
        weight=[indicators[code].weight for code in known],
    )
    columns = [
        Column("name", _("Indicator and who scored it"), format=lambda name: name),
        Column("raw", _("Found"), align="right"),
        Column("score", _("Points"), format=_.number),
        Column("peers_median", _("Peers"), format=_.number),
        Column("weight", _("Weight"), format=_.number),
    ]
    return build_table(rows, columns, language=_)


def _tell_evidence(row: dict[Any, Any], _: Language) -> str:
    return MISSING if is_missing(row["evidence"]) else str(row["evidence"])
