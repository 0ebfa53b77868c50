"""Panel of scenario 5: the yearly appraisal of schools, and which grow or are too large."""

from __future__ import annotations

import pandas as pd
from dash.development.base_component import Component

from gis.database import read_table
from gis.errors import UsageError
from layers.language import MISSING, Language, is_missing
from scenarios.elements import (
    Column,
    Line,
    build_figures,
    build_heading,
    build_lines,
    build_note,
    build_page,
    build_section,
    build_source,
    build_table,
)
from scenarios.naming import choose_stage, name_rows, name_stages
from scenarios.resource_distribution.analysis import judge_schools
from scenarios.resource_distribution.panel import build_without_facts, read_results
from scenarios.school_development.analysis import measure_class_sizes, measure_development
from scenarios.school_development.appraise import read_schools
from scenarios.school_development.ranking_sections import (
    APPRAISED,
    build_parts,
    build_ranking,
    say_method,
    say_ranking,
)
from scenarios.school_development.school_view import build_school_view
from scenarios.school_development.told import choose_group, read_told
from scenarios.view import View

NOBODY = 0  # no school has this id: points of indicators are not read


def build_panel(view: View) -> Component:
    """Build the panel of the appraisal with growth and class size, or that of one school."""
    chosen = view.chosen.get(APPRAISED)
    if chosen is not None:
        return _build_school(view, chosen)
    _ = view.language
    told = read_told(view.connection, view.district, school_id=NOBODY)
    sizes = read_table(view.connection, "school_sizes", district_id=view.district.id)
    if sizes.empty and told is None:
        return build_without_facts(view, _("School development"))
    growth = [] if sizes.empty else _build_growth(sizes, view)
    if told is None:
        return build_page(
            *growth,
            build_note(_("Yearly appraisals of schools are not loaded.")),
            build_source(view, plan=False),
        )
    year = told.years[-1]
    ranking = told.list_ranking(year)
    group = choose_group(told.scheme, view.profile, view.stage)
    mine = ranking[ranking["school_group"] == group]
    if mine.empty:
        mine = ranking[ranking["school_group"] == ranking["school_group"].iloc[0]]
    return build_page(
        build_heading(say_ranking(told, mine, year, _), _.name(told.scheme)),
        *build_ranking(told, mine, view),
        build_parts(told, mine, year, view),
        build_note(say_method(told, _)),
        *growth[1:],
        build_source(view, run_id=told.run_id, plan=False),
    )


def _build_school(view: View, code: str) -> Component:
    """Build the page of the appraisal of one school.

    Raises
    ------
    UsageError
        When there is no such school, or it was not appraised.
    """
    schools = read_schools(view.connection, view.district)
    found = schools.loc[schools["school_code"] == code, "school_id"]
    told = None
    if len(found):
        told = read_told(view.connection, view.district, school_id=int(found.iloc[0]))
    if told is None:
        raise UsageError(
            f"There is no appraisal of a school '{code}'.", mend="Choose one of the ranking."
        )
    return build_school_view(view, told, int(found.iloc[0]))


def _build_growth(sizes: pd.DataFrame, view: View) -> list[Component]:
    """Build what registers tell: a heading, key figures, class sizes, who grows."""
    _ = view.language
    judged = judge_schools(read_results(view), view.profile.balance)
    schools = measure_development(sizes, judged, view.profile)
    stage = str(choose_stage(view.profile, view.stage, schools["stage"]))
    chosen = schools[schools["stage"] == stage]
    name = name_stages(view.profile, _)[stage]
    return [
        build_heading(*_say_finding(chosen, name, _)),
        _build_figures(chosen, _),
        build_section(
            _("Pupils in a class: {stage}", stage=name), _build_class_sizes(sizes, stage, view)
        ),
        build_section(
            _("Schools, the fastest growing first"),
            _build_schools(chosen, _),
            note=_("{first} to {last}", **_get_span(chosen)),
        ),
    ]


def _get_span(chosen: pd.DataFrame) -> dict[str, int]:
    row = chosen.iloc[0]
    return {"first": int(row["first_year"]), "last": int(row["year"])}


def _say_finding(chosen: pd.DataFrame, stage: str, _: Language) -> tuple[str, str]:
    crowded = int((chosen["class_size"] > chosen["design_class"]).sum())
    title = _.count(
        "{stage}: {n} of {all} schools has classes above the design size",
        "{stage}: {n} of {all} schools have classes above the design size",
        crowded,
        all=_.number(len(chosen)),
        stage=stage,
    )
    span = _get_span(chosen)
    return title, _("Growth, class size and resources, {first} to {last}", **span)


def _build_figures(chosen: pd.DataFrame, _: Language) -> Component:
    old = chosen.dropna(subset=["growth_pct"])
    began = (old["pupils"] / (1 + old["growth_pct"] / 100)).sum()
    growth = 100 * (old["pupils"].sum() / began - 1) if began else None
    large = int((chosen["school_pupils"] > chosen["size_limit"]).sum())
    figures = [
        (_("Pupils"), _.number(chosen["pupils"].sum())),
        (_("Growth"), f"{_.signed(growth, 1)}%"),
        (_("Above the size limit"), _.number(large), _("schools")),
    ]
    judged = chosen.dropna(subset=["met"])
    if not judged.empty:
        passed = int(judged["passed"].astype(bool).sum())
        figures.append((_("Pass the standard"), f"{passed} / {len(judged)}"))
    return build_figures(figures)


def _build_class_sizes(sizes: pd.DataFrame, stage: str, view: View) -> Component:
    _ = view.language
    part = measure_class_sizes(sizes[sizes["stage"] == stage])
    design = view.profile.get_stage(stage).design_class
    return build_lines(
        [
            Line(_("Average class"), part["class_size"].tolist()),
            Line(_("Design size"), [design] * len(part), dashed=True),
        ],
        ticks=[str(year) for year in part["year"]],
        language=_,
        digits=1,
        from_zero=False,
    )


def _build_schools(chosen: pd.DataFrame, _: Language) -> Component:
    rows = chosen.assign(
        name=name_rows(chosen, "school", _),
        resources=[
            MISSING if is_missing(met) else f"{_.number(met)} / {_.number(indicators)}"
            for met, indicators in zip(chosen["met"], chosen["indicators"], strict=True)
        ],
    )
    columns = [
        Column("name", _("School")),
        Column("pupils", _("Pupils")),
        Column("growth_pct", _("Growth"), "%", format=lambda growth: _.signed(growth, 1)),
        Column("class_size", _("In a class"), format=lambda size: _.number(size, 1)),
        Column("resources", _("Indicators met"), align="right"),
    ]
    return build_table(rows, columns, language=_, row_id="school_id", link_kind="school", limit=15)
