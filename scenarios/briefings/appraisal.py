"""The briefing of the appraisal: ranks with their stability, dimensions, who rose and fell."""

from __future__ import annotations

from typing import Any

import pandas as pd

from catchments.appraisal.findings import FELL, ROSE, WEAKNESS
from gis.errors import UsageError
from layers.language import Language
from layers.print_map import style
from layers.print_map.points import Sign, SignMap
from layers.print_map.swatches import draw_number_swatch
from layers.print_map.warnings import name_school
from scenarios.briefings.legends import build_boundary_legend
from scenarios.briefings.material import Material, end_sentence, list_names, name_schools
from scenarios.briefings.sheet import LegendItem, PaperColumn, Sheet, SheetTable, set_table
from scenarios.elements import Figure
from scenarios.school_development.ranking_sections import (
    list_group_figures,
    say_method,
    say_ranking,
    sum_parts,
)
from scenarios.school_development.told import ToldAppraisal, choose_group, read_told
from scenarios.school_development.words import list_indicators, name_parts, write_rank
from scenarios.view import View

_RADIUS_MM = 1.9


def build_appraisal(material: Material) -> list[Sheet]:
    """Build the sheet of the newest appraisal of the group that teaches the view's stage.

    Raises
    ------
    UsageError
        When the schools have not been appraised.
    """
    view = material.view
    _ = view.language
    told = read_told(view.connection, view.district)
    if told is None:
        raise UsageError(
            f"The schools of district {view.profile.code} have not been appraised.",
            mend="Load datasets appraisal_scheme and appraisal_score first.",
        )
    year = told.years[-1]
    ranking = told.list_ranking(year)
    group = choose_group(told.scheme, view.profile, view.stage)
    mine = ranking[ranking["school_group"] == group]
    if mine.empty:
        mine = ranking[ranking["school_group"] == ranking["school_group"].iloc[0]]
    findings = (_say_courses(mine, view), _say_weaknesses(told, mine, year, _))
    sheet = Sheet(
        title=say_ranking(told, mine, year, _),
        subtitle=f"{_('School development')} · {_.name(view.profile)} · {_.name(told.scheme)}",
        bookmark=f"{_('School development')} {year}",
        map=_draw_map(material, mine),
        findings=tuple(end_sentence(words, _) for words in findings if words),
        figures=tuple(Figure(*one) for one in list_group_figures(mine, _)),
        legend_title=_("Legend"),
        legend=(
            LegendItem(draw_number_swatch(style.BALANCE, _RADIUS_MM, "1"), _("Rank, if firm")),
            LegendItem(
                draw_number_swatch(style.FAINT_INK, _RADIUS_MM, "4"), _("Rank that is not firm")
            ),
            *build_boundary_legend(material),
        ),
        tables=(_set_ranking(mine, view), _set_parts(told, mine, year, _)),
        notes=(say_method(told, _),),
    )
    return [sheet]


def _draw_map(material: Material, ranking: pd.DataFrame) -> Any:
    view = material.view
    ranked = ranking.dropna(subset=["rank"])
    places = ranked.merge(material.ground.schools[["school_id", "flat"]], on="school_id")
    rows: Any = list(places.itertuples())
    signs = [
        Sign(
            rank=float(row.rank),
            lines=name_school(row, view.language, view.profile),
            fill=style.BALANCE if row.rank_low == row.rank_high else style.FAINT_INK,
            radius_mm=_RADIUS_MM,
            number=str(int(row.rank)),
        )
        for row in rows
    ]
    answer = SignMap(material.ground, places, signs, name_pt=material.paper.name_pt)
    return material.compose(answer)


def _say_courses(ranking: pd.DataFrame, view: View) -> str | None:
    """Say which schools rose and which fell since the year before."""
    _ = view.language
    rose, fell = (
        name_schools(ranking[ranking["course"] == course], view) for course in (ROSE, FELL)
    )
    if not rose and not fell:
        return None
    none = _("none")
    return _(
        "Since the year before rose: {rose}; fell: {fell}",
        rose=list_names(rose, _) if rose else none,
        fell=list_names(fell, _) if fell else none,
    )


def _say_weaknesses(
    told: ToldAppraisal, ranking: pd.DataFrame, year: int, _: Language
) -> str | None:
    """Say which indicators are weak at most schools of a group, against their peers."""
    found = told.find_strengths(year)
    weak = found[(found["finding"] == WEAKNESS) & found["school_id"].isin(ranking["school_id"])]
    if weak.empty:
        return None
    counts = weak["part"].value_counts(sort=False).sort_index()
    counts = counts.sort_values(ascending=False, kind="stable").head(3)
    names = list_indicators(told.scheme)
    parts = [
        _.count(
            "{name} at {n} school", "{name} at {n} schools", n, name=_.name(names[str(indicator)])
        )
        for indicator, n in counts.items()
    ]
    return _("Most often weak against similar schools: {parts}", parts=list_names(parts, _))


def _set_ranking(ranking: pd.DataFrame, view: View) -> SheetTable:
    _ = view.language
    told: Any = list(ranking.itertuples())
    rows = pd.DataFrame(
        {
            "place": [write_rank(row, _) for row in told],
            "name": name_schools(ranking, view),
            "score": [_.number(row.score, 1) for row in told],
            "change": [_.signed(row.change_points, 1) for row in told],
            "stays": [_.percent(row.stays_pct, 0) for row in told],
        }
    )
    columns = [
        PaperColumn("place", _("Rank (interval)")),
        PaperColumn("name", _("School"), is_numeric=False),
        PaperColumn("score", _("Score of 100")),
        PaperColumn("change", _("Change")),
        PaperColumn("stays", _("Rank stays")),
    ]
    return set_table(_("Ranking, with how far it rests on the weights"), rows, columns, _)


def _set_parts(told: ToldAppraisal, ranking: pd.DataFrame, year: int, _: Language) -> SheetTable:
    sums = sum_parts(told, ranking, year)
    names = name_parts(told.scheme, _)
    rows = pd.DataFrame(
        {
            "name": [names[part] for part in sums["part"]],
            "weight": sums["weight"],
            **{
                name: [_.number(value, 1) for value in sums[name]]
                for name in ("lowest", "median", "highest")
            },
        }
    )
    columns = [
        PaperColumn("name", _("Dimension"), is_numeric=False),
        PaperColumn("weight", _("Weight")),
        PaperColumn("lowest", _("Lowest")),
        PaperColumn("median", _("Median")),
        PaperColumn("highest", _("Highest")),
    ]
    return set_table(_("Scores by dimension and kind of indicator"), rows, columns, _)
