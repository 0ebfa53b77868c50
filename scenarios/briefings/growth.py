"""The briefing of student growth: levels by domain, schools where pupils rose or fell."""

from __future__ import annotations

import pandas as pd

from catchments.growth.changes import DOWN, UP
from catchments.growth.rules import OVERALL
from gis.errors import UsageError
from scenarios.briefings.legends import build_boundary_legend
from scenarios.briefings.material import Material, end_sentence, list_names, name_schools
from scenarios.briefings.school_signs import build_sign_legend, draw_school_signs
from scenarios.briefings.sheet import PaperColumn, Sheet, SheetTable, set_table
from scenarios.naming import list_rows
from scenarios.student_growth.growth import Growth
from scenarios.student_growth.panel import (
    list_district_shares,
    list_figures,
    name_domains,
    name_levels,
    read_stage,
    say_finding,
    write_change,
)
from scenarios.view import View

MARKS = {UP: "↑", DOWN: "↓"}


def build_growth(material: Material) -> list[Sheet]:
    """Build the sheet of the newest rating of growth.

    Raises
    ------
    UsageError
        When the district has none.
    """
    view = material.view
    _ = view.language
    growth = read_stage(view)
    if growth is None:
        raise UsageError(
            f"The growth of pupils of district {view.profile.code} has not been rated.",
            mend="Name a rule file in the profile, and load pupils and growth records first.",
        )
    stage = str(growth.counts["stage"].iloc[0])
    title, subtitle = say_finding(growth, stage, view)
    moved = growth.changes[growth.changes["school_id"].notna()]
    sheet = Sheet(
        title=title,
        subtitle=f"{_('Student growth')} · {_.name(view.profile)} · {subtitle}",
        bookmark=f"{_('Student growth')} {growth.years[-1]}",
        map=draw_school_signs(material, rate_schools(moved), MARKS),
        findings=tuple(end_sentence(words, _) for words in _say_moves(growth, moved, view)),
        figures=tuple(list_figures(growth, view)),
        legend_title=f"{_('Legend')} · {_('Rose less fell')}",
        legend=(
            *build_sign_legend(
                material,
                MARKS,
                {
                    UP: _("Rose in a domain, beyond chance"),
                    DOWN: _("Fell in a domain, beyond chance"),
                },
            ),
            *build_boundary_legend(material),
        ),
        tables=(_set_domains(growth, view), _set_schools(growth, moved, view)),
        notes=(
            _("Rules: {name} ({source}).", name=_.name(growth.rules), source=growth.rules.source),
        ),
    )
    return [sheet]


def rate_schools(moved: pd.DataFrame) -> pd.DataFrame:
    """Say of each school whether it fell in some domain, rose in some, or neither; falls first.

    Returns
    -------
    DataFrame
        school_id, state.
    """
    fell, rose = (
        (moved["state"] == state).groupby(moved["school_id"]).any() for state in (DOWN, UP)
    )
    state = pd.Series("within", index=fell.index).mask(rose, UP).mask(fell, DOWN)
    return state.rename("state").reset_index()


def _say_moves(growth: Growth, moved: pd.DataFrame, view: View) -> list[str]:
    """Say how the district moved, and which schools rose or fell in what, with the interval."""
    _ = view.language
    names = name_domains(growth.rules, _)
    told = []
    whole = growth.changes[growth.changes["school_id"].isna()]
    parts = [
        f"{names[str(row['domain'])]} {write_change(row, _)}%"
        for row in list_rows(whole)
        if row["state"] != "within"
    ]
    if parts:
        told.append(_("The district changed beyond chance in: {parts}", parts=list_names(parts, _)))
    if fell := _name_moved(moved, DOWN, growth, view):
        told.append(_("Fell beyond chance: {names}", names=fell))
    if rose := _name_moved(moved, UP, growth, view):
        told.append(_("Rose beyond chance: {names}", names=rose))
    return told or [_("No school changed by more than chance")]


def _name_moved(moved: pd.DataFrame, state: str, growth: Growth, view: View) -> str:
    """Name the schools of one state, each with the domain and the interval."""
    _ = view.language
    names = name_domains(growth.rules, _)
    mine = moved[moved["state"] == state]
    parts = [
        f"{name} ({names[str(row['domain'])]} {write_change(row, _)}%)"
        for name, row in zip(name_schools(mine, view), list_rows(mine), strict=True)
    ]
    return list_names(parts, _, most=4) if parts else ""


def _set_domains(growth: Growth, view: View) -> SheetTable:
    _ = view.language
    names = name_domains(growth.rules, _)
    shares = list_district_shares(growth)
    levels = name_levels(growth.rules, growth.rules.domains[0].code, _)
    written = {f"{code}_pct": [_.percent(v, 0) for v in shares[f"{code}_pct"]] for code in levels}
    rows = shares.assign(name=shares["domain"].map(names), **written)
    columns = [
        PaperColumn("name", _("Domain"), is_numeric=False),
        *[PaperColumn(f"{code}_pct", name) for code, name in levels.items()],
    ]
    return set_table(_("Levels by domain"), rows, columns, _)


def _set_schools(growth: Growth, moved: pd.DataFrame, view: View) -> SheetTable:
    """Set the schools by name with the net change of each domain, all with their intervals."""
    _ = view.language
    names = name_domains(growth.rules, _)
    written = moved.assign(
        name=name_schools(moved, view), told=[write_change(row, _) for row in list_rows(moved)]
    )
    wide = written.pivot_table(index="name", columns="domain", values="told", aggfunc="first")
    rows = wide.reset_index().sort_values("name", kind="stable")
    shown = [code for code in names if code in rows.columns]
    columns = [
        PaperColumn("name", _("School"), is_numeric=False),
        *[PaperColumn(code, names[code], is_extra=code != OVERALL) for code in shown],
    ]
    title = f"{_('Rose less fell')} · {_('by name; % of pupils')}"
    return set_table(title, rows, columns, _)
