"""Panel of scenario 3: which schools pass the resource standard, and how far schools differ."""

from __future__ import annotations

import pandas as pd
from dash import html
from dash.development.base_component import Component

from gis.database import read_table
from layers.balance import find_indicator
from layers.language import Language, is_missing
from scenarios.elements import (
    Bar,
    Column,
    build_bars,
    build_figures,
    build_heading,
    build_note,
    build_page,
    build_section,
    build_source,
    build_table,
)
from scenarios.naming import choose_stage, list_rows, name_rows, name_stages
from scenarios.resource_distribution.analysis import (
    FAILED,
    MISSING,
    NEAR,
    NOT_PASSED,
    judge_schools,
)
from scenarios.resource_distribution.indicator_panel import (
    build_indicator_choice,
    build_indicator_panel,
)
from scenarios.resource_distribution.needs_section import build_needs
from scenarios.resource_distribution.outlook_section import build_standings, build_warnings
from scenarios.resource_distribution.spread_section import build_inequality
from scenarios.resource_distribution.stored import read_needs, read_outlook, read_spread
from scenarios.resource_distribution.verdict import judge_stages
from scenarios.resource_distribution.verdict_section import build_verdict
from scenarios.school_network.panel import build_network_figures, read_groups, read_pupil_year
from scenarios.view import View


def build_panel(view: View) -> Component:
    """Build the panel of the balance of resources: the verdict, why, and what it would take."""
    _ = view.language
    results = read_results(view)
    if results.empty:
        return build_without_facts(view, _("Resource distribution"))
    indicator = find_indicator(view.profile, view.chosen.get("indicator"))
    if indicator is not None:
        return build_indicator_panel(view, results, indicator)
    variations = read_table(view.connection, "indicator_variations", district_id=view.district.id)
    judged = judge_schools(results, view.profile.balance)
    stage = str(choose_stage(view.profile, view.stage, judged["stage"]))
    year = int(results["year"].iloc[0])
    outlook = read_outlook(view.connection, view.district)
    return build_page(
        build_heading(*say_finding(judged, variations, year, _)),
        _build_figures(judged, variations, view),
        build_verdict(judge_stages(results, judged, variations, view.profile.balance), view),
        build_indicator_choice(view, None),
        build_warnings(outlook["warnings"], view),
        build_needs(read_needs(view.connection, view.district), view, None),
        build_standings(outlook["standings"], view),
        *_build_variations(variations, view),
        build_inequality(read_spread(view.connection, view.district), view, stage),
        build_section(
            _("Not passed, or too little reported"),
            _build_failing(results, judged, view, stage),
            note=name_stages(view.profile, _)[stage],
        ),
        build_note(
            _(
                "A school passes with {must} indicators met and the others at {near} or more.",
                must=view.profile.balance.must_meet,
                near=_.percent(view.profile.balance.near_pct, 0),
            )
        ),
        build_source(view, run_id=int(results["run_id"].iloc[0]), plan=False),
    )


def read_results(view: View, school_id: int | None = None) -> pd.DataFrame:
    """Read the newest indicator results of all schools, or of one."""
    return read_table(
        view.connection, "indicator_results", district_id=view.district.id, school_id=school_id
    )


def build_without_facts(view: View, subject: str) -> Component:
    """Say which data the panel needs in a district that has loaded none, and show what it has."""
    _ = view.language
    pupil_year = read_pupil_year(view)
    return build_page(
        build_heading(_("No resources of schools are loaded"), subject),
        build_network_figures(read_groups(view, pupil_year), pupil_year, view),
        build_note(_("Load pupils by grade and the yearly resource facts of schools.")),
        build_source(view, plan=False),
    )


def say_finding(
    judged: pd.DataFrame, variations: pd.DataFrame, year: int, _: Language
) -> tuple[str, str]:
    """Say how many schools miss the standard, and in how many indicators schools differ."""
    failing = int((judged["verdict"] == NOT_PASSED).sum())
    uneven = int((variations["met"] == False).sum())  # noqa: E712  (missing is not uneven)
    title = _.count(
        "{n} of {all} schools misses the resource standard",
        "{n} of {all} schools miss the resource standard",
        failing,
        all=_.number(len(judged)),
    )
    subtitle = _.count(
        "{year}: schools differ too much in {n} indicator",
        "{year}: schools differ too much in {n} indicators",
        uneven,
        year=year,
    )
    return title, subtitle


def _build_figures(judged: pd.DataFrame, variations: pd.DataFrame, view: View) -> Component:
    _ = view.language
    figures = []
    for code, name in name_stages(view.profile, _).items():
        part = judged[judged["stage"] == code]
        if part.empty:
            continue
        passed = int(part["passed"].sum())
        figures.append((_("{stage}: pass", stage=name), f"{passed} / {len(part)}"))
    kept = int((variations["met"] == True).sum())  # noqa: E712
    figures.append((_("Variation within limit"), f"{kept} / {len(variations)}"))
    return build_figures(figures)


def _build_variations(variations: pd.DataFrame, view: View) -> list[Component]:
    _ = view.language
    names = {one.code: _.name(one) for one in view.profile.balance.indicators}
    sections = []
    for code, name in name_stages(view.profile, _).items():
        part = variations[variations["stage"] == code].set_index("indicator")
        shown = [indicator for indicator in names if indicator in part.index]
        bars = [
            Bar(
                names[indicator],
                row["variation"],
                _.number(row["variation"], 3),
                target=row["limit"],
                tone="red" if not is_missing(row["met"]) and not row["met"] else None,
            )
            for indicator, row in zip(shown, list_rows(part.loc[shown]), strict=True)
        ]
        if bars:
            title = _("Variation between schools: {stage}", stage=name)
            sections.append(build_section(title, build_bars(bars, target_label=_("Limit"))))
    return sections


def list_failing(
    results: pd.DataFrame, judged: pd.DataFrame, view: View, stage: str
) -> pd.DataFrame:
    """List the schools of a stage that have not passed, the worst first, with what each lacks.

    Those of which too little is reported to say are among them; what is not reported is marked.

    Returns
    -------
    DataFrame
        school_id, met, near, failed, missing, verdict, school_name_zh, school_name_en, unmet (names
        of the indicators that are not met, joined).
    """
    _ = view.language
    names = {one.code: _.name(one) for one in view.profile.balance.indicators}
    short = results[results["state"].isin([FAILED, NEAR, MISSING])]
    comma = "、" if _.code == "zh" else ", "
    labels = [
        _("{indicator} (not reported)", indicator=names.get(code, code))
        if state == MISSING
        else names.get(code, code)
        for code, state in zip(short["indicator"], short["state"], strict=True)
    ]
    unmet = short.assign(label=labels).groupby(["school_id", "stage"])["label"].agg(comma.join)
    rows = judged[~judged["passed"] & (judged["stage"] == stage)]
    schools = results.drop_duplicates("school_id").set_index("school_id")
    rows = rows.join(schools[["school_name_zh", "school_name_en"]], on="school_id")
    return rows.join(unmet.rename("unmet"), on=["school_id", "stage"]).sort_values(
        ["met", "failed"], ascending=[True, False]
    )


def _build_failing(
    results: pd.DataFrame, judged: pd.DataFrame, view: View, stage: str
) -> Component:
    _ = view.language
    rows = list_failing(results, judged, view, stage)
    every = judged[["met", "near", "failed", "missing"]].sum(axis=1).max()
    rows = rows.assign(
        name=[
            html.Span([name, html.Span(words, className="column-unit")])
            for name, words in zip(name_rows(rows, "school", _), rows["unmet"], strict=True)
        ]
    )
    columns = [
        Column("name", _("School and what it lacks"), format=lambda name: name),
        Column("met", _("Met"), _("of {n}", n=every)),
        Column("failed", _("Not met")),
    ]
    return build_table(
        rows,
        columns,
        language=_,
        row_id="school_id",
        link_kind="school",
        limit=12,
        empty=_("Every school of this stage passes."),
    )
