"""Panel of scenario 7: levels in five domains, who rose and who fell, schools and classes."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash.development.base_component import Component

from catchments.growth.changes import DOWN, UP
from catchments.growth.rules import OVERALL, UNRATED, GrowthRules
from gis.database import read_table
from layers.language import Language, is_missing
from scenarios.elements import (
    Column,
    Figure,
    Interval,
    build_back,
    build_choice,
    build_figures,
    build_heading,
    build_intervals,
    build_note,
    build_page,
    build_section,
    build_source,
    build_table,
    write_interval,
)
from scenarios.naming import choose_stage, list_rows, name_rows, name_stages
from scenarios.student_growth.cohort_panel import build_cohort_panel
from scenarios.student_growth.growth import Growth, read_growth, share_levels
from scenarios.view import View

HIDDEN = "*"
_SHOWN = 12


def build_panel(view: View) -> Component:
    """Build the panel of growth, or that of cohorts where no record of growth is rated."""
    growth = read_stage(view)
    if growth is None:
        return build_cohort_panel(view)
    stage = str(growth.counts["stage"].iloc[0])
    within = view.chosen.get("within")
    if within is not None and within.isdecimal():
        return _build_school(growth, stage, int(within), view)
    _ = view.language
    domain = _choose_domain(growth, view)
    name = name_domains(growth.rules, _)[domain]
    return build_page(
        build_heading(*say_finding(growth, stage, view)),
        build_figures(list_figures(growth, view)),
        build_section(
            _("Levels by domain"), _build_domains(growth, view), note=name_year(growth.years[-1], _)
        ),
        build_section(
            _("Rose less fell, by domain"), _build_changes(growth, view), note=_("% of pupils")
        ),
        _build_choice(growth, domain, view),
        build_section(
            _("Schools: {domain}", domain=name),
            _build_places(growth, domain, view),
            note=_("% of pupils; a name opens its classes"),
        ),
        build_section(
            _("Rose less fell by school: {domain}", domain=name),
            _build_school_changes(growth, domain, view),
            note=_("by name; % of pupils"),
        ),
        *list_notes(growth, view),
        build_source(view, run_id=growth.run_id, plan=False),
    )


def read_stage(view: View, *, domain: str | None = None) -> Growth | None:
    """Read the newest year of the view's stage, or of the first stage that is rated.

    Parameters
    ----------
    domain
        Domain of which schools are told; by default the one that was chosen inside the panel.
    """
    chosen = domain or view.chosen.get("domain") or OVERALL

    def read(stage: str | None) -> Growth | None:
        place = view.connection, view.district
        return read_growth(*place, stage=stage, newest=True, domain=chosen)

    growth = read(view.stage)
    if growth is not None and growth.counts.empty:
        rated = read(None)
        known = pd.Series(dtype=str) if rated is None else rated.counts["stage"]
        growth = read(choose_stage(view.profile, view.stage, known))
    return None if growth is None or growth.counts.empty else growth


def name_domains(rules: GrowthRules, language: Language) -> dict[str, str]:
    """Return the names of the growth grade and of each domain, by code."""
    names = {domain.code: language.name(domain) for domain in rules.domains}
    return {OVERALL: language("Growth grade"), **names}


def name_levels(rules: GrowthRules, domain: str, language: Language) -> dict[str, str]:
    """Return the names of the levels of a domain from the highest, ``unrated`` last."""
    levels = reversed(rules.list_levels(domain))
    return {**{one.code: language.name(one) for one in levels}, UNRATED: language("Unrated")}


def name_year(year: int, language: Language) -> str:
    """Return how people call a school year: 2024–2025."""
    return language("School year {first}–{last}", first=year, last=year + 1)


def _choose_domain(growth: Growth, view: View) -> str:
    asked = view.chosen.get("domain")
    return asked if asked in growth.list_domains() else OVERALL


def _build_choice(growth: Growth, domain: str, view: View) -> Component:
    _ = view.language
    options = [
        (name, code == domain, {"domain": code})
        for code, name in name_domains(growth.rules, _).items()
    ]
    return build_choice(_("Domain of growth"), options, is_wrapped=True)


def list_district_shares(growth: Growth) -> pd.DataFrame:
    """List what share of the district's pupils reach each level, a row a domain.

    Returns
    -------
    DataFrame
        domain, of_pupils, upper_pct (the upper half of the levels), and the shares of
        :func:`share_levels` for domains, by the levels of the rules.
    """
    newest = growth.counts[
        growth.counts["school_id"].isna() & (growth.counts["year"] == growth.years[-1])
    ]
    rows = []
    for code in growth.list_domains()[1:]:
        shares = share_levels(newest[newest["domain"] == code], growth.rules, code)
        rows.append(shares.assign(domain=code))
    told = pd.concat(rows, ignore_index=True)
    upper = [f"{level.code}_pct" for level in growth.rules.levels[len(growth.rules.levels) // 2 :]]
    return told.assign(upper_pct=told[upper].sum(axis=1))


def say_finding(growth: Growth, stage: str, view: View) -> tuple[str, str]:
    """Say in which domain fewest pupils reach the upper levels, and how the district moves."""
    _ = view.language
    shares = list_district_shares(growth)
    last = list_rows(shares.sort_values("upper_pct", kind="stable"))[0]
    levels = growth.rules.levels
    title = _(
        "{stage}: {domain} is furthest behind, {share} reach {level} or more",
        stage=name_stages(view.profile, _)[stage],
        domain=name_domains(growth.rules, _)[last["domain"]],
        share=_.percent(last["upper_pct"], 0),
        level=_.name(levels[len(levels) // 2]),
    )
    moved = growth.changes[growth.changes["school_id"].notna()]
    fell = moved.loc[moved["state"] == DOWN, "school_id"].nunique()
    rose = moved.loc[moved["state"] == UP, "school_id"].nunique()
    subtitle = _(
        "{year}; by more than chance {up} schools rose in a domain, {down} fell",
        year=name_year(growth.years[-1], _),
        up=_.number(rose),
        down=_.number(fell),
    )
    return title, subtitle


def list_figures(growth: Growth, view: View) -> list[Figure]:
    """List the key figures: pupils, the highest growth grade, the net change of the grade."""
    _ = view.language
    newest = growth.counts[
        growth.counts["school_id"].isna() & (growth.counts["year"] == growth.years[-1])
    ]
    shares = share_levels(newest[newest["domain"] == OVERALL], growth.rules, OVERALL).iloc[0]
    grades = growth.rules.list_levels(OVERALL)
    figures = [Figure(_("Pupils"), _.number(shares["of_pupils"]))]
    figures += [
        Figure(_("Grade {grade}", grade=_.name(one)), _.percent(shares[f"{one.code}_pct"], 1))
        for one in (grades[-1], grades[0])
    ]
    change = growth.changes[
        growth.changes["school_id"].isna() & (growth.changes["domain"] == OVERALL)
    ]
    if len(change):
        row = list_rows(change)[0]
        net, *ends = (_.signed(row[f"net_{part}pct"], 0) for part in ("", "low_", "high_"))
        figures.append(
            Figure(_("Rose less fell"), f"{net}%", _("{low} to {high}", low=ends[0], high=ends[1]))
        )
    return figures


def write_change(row: dict[str, Any], _: Language) -> str:
    """Write a net change with its interval; it never stands alone."""
    return write_interval(row["net_pct"], row["net_low_pct"], row["net_high_pct"], _)


def _build_domains(growth: Growth, view: View) -> Component:
    _ = view.language
    names = name_domains(growth.rules, _)
    shares = list_district_shares(growth)
    rows = shares.assign(name=shares["domain"].map(names))
    return build_table(
        rows,
        [Column("name", _("Domain")), *_list_level_columns(growth.rules, "domain", _)],
        language=_,
        opens=lambda row: {"domain": row["domain"]},
    )


def _list_level_columns(rules: GrowthRules, domain: str, _: Language) -> list[Column]:
    return [
        Column(f"{code}_pct", name, "%", format=lambda share: _.number(share, 0))
        for code, name in name_levels(rules, domain, _).items()
    ]


def _build_changes(growth: Growth, view: View) -> Component | None:
    _ = view.language
    district = growth.changes[growth.changes["school_id"].isna()]
    changes = {str(row["domain"]): row for row in list_rows(district)}
    names = name_domains(growth.rules, _)
    rows = [
        _set_interval(name, changes[code], _) for code, name in names.items() if code in changes
    ]
    if not rows:
        return None
    return build_intervals(rows, middle=0, middle_label=_("As many rose as fell"))


def _set_interval(
    label: str, row: dict[str, Any], _: Language, opens: dict[str, Any] | None = None
) -> Interval:
    return Interval(
        label,
        row["net_pct"],
        row["net_low_pct"],
        row["net_high_pct"],
        write_change(row, _),
        row["state"] in (UP, DOWN),
        opens,
    )


def _build_places(growth: Growth, domain: str, view: View) -> Component:
    """List the schools of the district by name with the share of their pupils at each level."""
    _ = view.language
    mine = growth.counts[
        growth.counts["school_id"].notna()
        & (growth.counts["year"] == growth.years[-1])
        & (growth.counts["domain"] == domain)
    ]
    shares = share_levels(mine, growth.rules, domain)
    shares = shares.assign(name=name_rows(shares, "school", _)).sort_values("name", kind="stable")
    columns = [Column("name", _("School")), *_list_level_columns(growth.rules, domain, _)]
    return build_table(
        mark_hidden(shares, _),
        columns_as_text(columns),
        language=_,
        opens=lambda row: {"within": str(int(row["school_id"]))},
        limit=_SHOWN,
    )


def mark_hidden(shares: pd.DataFrame, _: Language) -> pd.DataFrame:
    """Write shares as they may be shown: "*" for a cell that is hidden."""
    told = {
        str(name): [HIDDEN if is_missing(share) else _.number(share, 0) for share in shares[name]]
        for name in shares
        if str(name).endswith("_pct")
    }
    return shares.assign(**told)


def columns_as_text(columns: list[Column]) -> list[Column]:
    """Return columns whose cells are written already, shares to the right."""
    return [
        Column(one.name, one.label, one.unit, "right" if one.unit else one.align) for one in columns
    ]


def _build_school_changes(growth: Growth, domain: str, view: View) -> Component | None:
    _ = view.language
    mine = growth.changes[
        growth.changes["school_id"].notna() & (growth.changes["domain"] == domain)
    ]
    if mine.empty:
        return None
    named = mine.assign(name=name_rows(mine, "school", _)).sort_values("name", kind="stable")
    rows = [
        _set_interval(row["name"], row, _, {"within": str(int(row["school_id"]))})
        for row in list_rows(named)
    ]
    label = _("As many rose as fell")
    return build_intervals(rows, middle=0, middle_label=label, limit=_SHOWN)


def _build_school(growth: Growth, stage: str, school_id: int, view: View) -> Component:
    """Build the page of the classes of one school."""
    _ = view.language
    school = read_growth(view.connection, view.district, stage=stage, school_id=school_id)
    back = build_back(_("All schools"), within=None)
    if school is None or school.counts.empty:
        title = _("This school has no growth records of the stage")
        return build_page(back, build_heading(title, _("Student growth")))
    domain = _choose_domain(growth, view)
    facts = read_table(
        view.connection, "school_facts", district_id=view.district.id, school_id=school_id
    ).iloc[0]
    newest = school.counts[
        (school.counts["year"] == school.years[-1]) & (school.counts["domain"] == domain)
    ]
    shares = share_levels(newest, school.rules, domain)
    shares = shares.assign(name=[name_class(row, _) for row in list_rows(shares)])
    columns = [
        Column("name", _("Class")),
        Column("of_pupils", _("Pupils"), align="right"),
        *columns_as_text(_list_level_columns(school.rules, domain, _)),
    ]
    changes = school.changes[school.changes["domain"] == domain]
    rows = [_set_interval(name_class(row, _), row, _) for row in list_rows(changes)]
    chart = build_intervals(rows, middle=0, middle_label=_("As many rose as fell"))
    return build_page(
        back,
        build_heading(_.pick(facts["name_zh"], facts["name_en"]), name_year(school.years[-1], _)),
        _build_choice(school, domain, view),
        build_section(
            _("Classes: {domain}", domain=name_domains(school.rules, _)[domain]),
            build_table(mark_hidden(shares, _), columns, language=_),
            note=_("% of pupils"),
        ),
        build_section(_("Rose less fell"), chart if rows else None, note=_("% of pupils")),
        *list_notes(school, view),
        build_source(view, run_id=school.run_id, plan=False),
    )


def name_class(row: dict[str, Any], language: Language) -> str:
    """Return the name of a class of a school, or that of the whole school."""
    if is_missing(row["class_number"]):
        return language("Whole school")
    grade, number = int(row["grade"]), int(row["class_number"])
    return language("Grade {grade}, class {number}", grade=grade, number=number)


def list_notes(growth: Growth, view: View) -> list[Component]:
    """List what a reader must know: rules, hidden cells, what chance alone brings."""
    _ = view.language
    rules = growth.rules
    return [
        build_note(_("Rules: {name} ({source}).", name=_.name(rules), source=rules.source)),
        build_note(
            _(
                "*: fewer than {least} pupils, or would give such a number away.",
                least=view.profile.minimum_cell,
            )
        ),
        build_note(
            _(
                "Brackets and lines: {interval} intervals. Dark are changes beyond chance among"
                " all compared ({discovery} false discoveries). Classes as on the register today.",
                interval=_.percent(view.profile.growth.interval_pct, 0),
                discovery=_.percent(view.profile.growth.false_discovery_pct, 0),
            )
        ),
    ]
