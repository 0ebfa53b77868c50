"""The briefing of quality balance: which schools miss the standard, in what, and where."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gis.database import read_table
from gis.errors import UsageError
from layers.language import is_missing
from layers.print_map import style
from layers.print_map.points import Sign, SignMap
from layers.print_map.swatches import draw_number_swatch
from layers.print_map.warnings import name_school
from scenarios.briefings.balance_tables import (
    say_needs,
    set_inequality,
    set_needs,
    set_warnings,
)
from scenarios.briefings.legends import build_boundary_legend
from scenarios.briefings.material import (
    Material,
    end_sentence,
    list_names,
    name_schools,
)
from scenarios.briefings.sheet import LegendItem, PaperColumn, Sheet, SheetTable, set_table
from scenarios.elements import Figure
from scenarios.naming import choose_stage, name_rows, name_stages
from scenarios.resource_distribution.analysis import FAILED, NOT_PASSED, judge_schools
from scenarios.resource_distribution.needs_section import list_notes as list_need_notes
from scenarios.resource_distribution.panel import list_failing, read_results, say_finding
from scenarios.resource_distribution.spread_section import list_notes as list_spread_notes
from scenarios.resource_distribution.stored import read_needs, read_outlook, read_spread
from scenarios.resource_distribution.verdict import judge_stages, say_verdict
from scenarios.view import View


def build_balance(material: Material) -> list[Sheet]:
    """Build the sheet of the newest assessment of resources.

    Raises
    ------
    UsageError
        When the district has none.
    """
    view = material.view
    _ = view.language
    results = read_results(view)
    if results.empty:
        raise UsageError(
            f"The schools of district {view.profile.code} have not been assessed.",
            mend="Load pupils by grade and the yearly resource facts of schools first.",
        )
    variations = read_table(view.connection, "indicator_variations", district_id=view.district.id)
    judged = judge_schools(results, view.profile.balance)
    stage = str(choose_stage(view.profile, view.stage, judged["stage"]))
    year = int(results["year"].iloc[0])
    title, subtitle = say_finding(judged, variations, year, _)
    failing = list_failing(results, judged, view, stage)
    stage_name = name_stages(view.profile, _)[stage]
    needs = read_needs(view.connection, view.district)
    verdicts = judge_stages(results, judged, variations, view.profile.balance)
    findings = (
        say_verdict(verdicts, _),
        _say_failing(failing, judged, results, stage, view),
        _say_indicators(results, stage, view),
        _say_variation(variations, view),
        "" if needs is None else say_needs(needs, view),
    )
    sheet = Sheet(
        title=title,
        subtitle=f"{_('Resource distribution')} · {_.name(view.profile)} · {subtitle}",
        bookmark=f"{_('Resource distribution')} {year}",
        map=_draw_map(material, results, stage),
        findings=tuple(end_sentence(words, _) for words in findings if words),
        figures=_list_figures(judged, variations, view),
        legend_title=f"{_('Legend')} · {stage_name}",
        legend=(*_build_legend(view), *build_boundary_legend(material)),
        tables=(
            _set_variations(variations, stage, stage_name, view),
            _set_failing(failing, stage_name, view),
            *([] if needs is None else [set_needs(needs, view)]),
            set_warnings(read_outlook(view.connection, view.district)["warnings"], view),
            set_inequality(read_spread(view.connection, view.district), stage, stage_name, view),
        ),
        notes=(
            _(
                "A school passes with {must} indicators met and the others at {near} or more.",
                must=view.profile.balance.must_meet,
                near=_.percent(view.profile.balance.near_pct, 0),
            ),
            *([] if needs is None else list_need_notes(needs, _)),
            *list_spread_notes(view),
        ),
    )
    return [sheet]


def count_failed(results: pd.DataFrame, stage: str) -> pd.DataFrame:
    """Count the indicators that each school of a stage fails, most first.

    Returns
    -------
    DataFrame
        school_id, school_name_zh, school_name_en, failed.
    """
    mine = results[results["stage"] == stage]
    failed = (mine["state"] == FAILED).groupby(mine["school_id"]).sum()
    names = mine.drop_duplicates("school_id")[["school_id", "school_name_zh", "school_name_en"]]
    counted = names.assign(failed=names["school_id"].map(failed).astype(int))
    return counted.sort_values("failed", ascending=False, kind="stable").reset_index(drop=True)


def _draw_map(material: Material, results: pd.DataFrame, stage: str) -> Any:
    view = material.view
    counted = count_failed(results, stage)
    places = counted.merge(material.ground.schools[["school_id", "flat"]], on="school_id")
    rows: Any = list(places.itertuples())
    signs = [
        Sign(
            rank=-float(row.failed),
            lines=name_school(row, view.language, view.profile),
            fill=get_fill(row.failed),
            radius_mm=get_radius_mm(row.failed),
            number=str(row.failed) if row.failed else "",
            is_required=row.failed >= 2,
        )
        for row in rows
    ]
    answer = SignMap(material.ground, places, signs, name_pt=material.paper.name_pt)
    return material.compose(answer)


def get_radius_mm(failed: int) -> float:
    """Return the radius of the disc of a school that fails so many indicators."""
    return 0.9 if not failed else round(1.3 + 0.3 * failed, 2)


def get_fill(failed: int) -> str:
    """Return the fill of that disc: empty where none is failed."""
    return style.BALANCE if failed else style.RIM


def _build_legend(view: View) -> tuple[LegendItem, ...]:
    _ = view.language
    discs = [
        LegendItem(
            draw_number_swatch(style.BALANCE, get_radius_mm(n), str(n)),
            _.count("{n} indicator not met", "{n} indicators not met", n),
        )
        for n in (1, 3)
    ]
    none = LegendItem(draw_number_swatch(style.RIM, get_radius_mm(0), ""), _("None failed"))
    return (*discs, none)


def _say_failing(
    failing: pd.DataFrame, judged: pd.DataFrame, results: pd.DataFrame, stage: str, view: View
) -> str:
    """Say how many schools of the stage do not pass, which are worst and where they stand."""
    _ = view.language
    stage_name = name_stages(view.profile, _)[stage]
    every = int((judged["stage"] == stage).sum())
    if failing.empty:
        return _("All {n} schools of stage {stage} pass", n=_.number(every), stage=stage_name)
    failing = failing[failing["verdict"] == NOT_PASSED]
    if failing.empty:
        return ""  # the verdict says of how many too little is reported
    words = _(
        "{stage}: {n} of {all} schools do not pass, worst {names}",
        stage=stage_name,
        n=_.number(len(failing)),
        all=_.number(every),
        names=list_names(name_schools(failing, view), _, most=3),
    )
    first = results.drop_duplicates("school_id").set_index("school_id")
    places = failing.join(first[["subdistrict_name_zh", "subdistrict_name_en"]], on="school_id")
    known = places.dropna(subset=["subdistrict_name_zh"])
    counts = pd.Series(name_rows(known, "subdistrict", _)).value_counts(sort=False)
    counts = counts.sort_index().sort_values(ascending=False, kind="stable")
    parts = [f"{place} {_.number(n)}" for place, n in counts.head(3).items()]
    return words + _("; by subdistrict: {places}", places=list_names(parts, _))


def _say_indicators(results: pd.DataFrame, stage: str, view: View) -> str:
    """Say which indicators most schools of the stage fail."""
    _ = view.language
    names = {one.code: _.name(one) for one in view.profile.balance.indicators}
    failed = results[(results["stage"] == stage) & (results["state"] == FAILED)]
    counts = failed["indicator"].value_counts(sort=False).sort_index()
    counts = counts.sort_values(ascending=False, kind="stable")
    if counts.empty:
        return _("No school of the stage fails an indicator")
    parts = [
        _.count("{name} at {n} school", "{name} at {n} schools", n, name=names.get(str(code), code))
        for code, n in counts.head(3).items()
    ]
    return _("Most often failed: {parts}", parts=list_names(parts, _))


def _say_variation(variations: pd.DataFrame, view: View) -> str:
    """Say in which indicators schools differ by more than the limit."""
    _ = view.language
    names = {one.code: _.name(one) for one in view.profile.balance.indicators}
    stages = name_stages(view.profile, _)
    uneven = variations[variations["met"].map(lambda met: not is_missing(met) and not met)]
    if uneven.empty:
        return _("In no indicator do schools differ by more than the limit")
    rows: Any = list(uneven.itertuples())
    parts = [
        f"{stages[row.stage]} {names.get(row.indicator, row.indicator)} "
        f"{_.number(row.variation, 3)} > {_.number(row.limit, 2)}"
        for row in rows
    ]
    return _("Schools differ too much in: {parts}", parts=list_names(parts, _))


def _list_figures(judged: pd.DataFrame, variations: pd.DataFrame, view: View) -> tuple[Figure, ...]:
    _ = view.language
    figures = []
    for code, name in name_stages(view.profile, _).items():
        part = judged[judged["stage"] == code]
        if not part.empty:
            passed = f"{int(part['passed'].sum())} / {len(part)}"
            figures.append(Figure(_("{stage}: pass", stage=name), passed))
    kept = int(variations["met"].map(lambda met: not is_missing(met) and bool(met)).sum())
    return (*figures, Figure(_("Variation within limit"), f"{kept} / {len(variations)}"))


def _set_variations(
    variations: pd.DataFrame, stage: str, stage_name: str, view: View
) -> SheetTable:
    _ = view.language
    names = {one.code: _.name(one) for one in view.profile.balance.indicators}
    mine = variations[variations["stage"] == stage]
    rows = pd.DataFrame(
        {
            "name": [names.get(code, code) for code in mine["indicator"]],
            "schools": mine["schools"].to_list(),
            "variation": [_.number(value, 3) for value in mine["variation"]],
            "limit": [_.number(value, 2) for value in mine["limit"]],
            "state": [
                "" if is_missing(met) else _("within limit") if met else f"▲ {_('above limit')}"
                for met in mine["met"]
            ],
        }
    )
    columns = [
        PaperColumn("name", _("Indicator"), is_numeric=False, is_long=True),
        PaperColumn("schools", _("Schools")),
        PaperColumn("variation", _("Variation")),
        PaperColumn("limit", _("Limit")),
        PaperColumn("state", _("State"), is_numeric=False),
    ]
    title = _("Variation between schools: {stage}", stage=stage_name)
    return set_table(title, rows, columns, _)


def _set_failing(failing: pd.DataFrame, stage_name: str, view: View) -> SheetTable:
    _ = view.language
    rows = failing.assign(name=name_schools(failing, view))
    columns = [
        PaperColumn("name", _("School"), is_numeric=False),
        PaperColumn("met", _("Met")),
        PaperColumn("near", _("Nearly met"), is_extra=True),
        PaperColumn("failed", _("Not met")),
        PaperColumn("unmet", _("What it lacks"), is_numeric=False, is_long=True),
    ]
    title = f"{_('Not passed, or too little reported')} · {stage_name}"
    return set_table(title, rows, columns, _, empty=_("Every school of this stage passes."))
