"""Tables of the briefing of quality balance beyond the assessment: needs, inequality, warnings."""

from __future__ import annotations

import pandas as pd

from scenarios.briefings.material import name_schools
from scenarios.briefings.sheet import PaperColumn, SheetTable, set_table
from scenarios.resource_distribution.answer import sum_needs
from scenarios.resource_distribution.needs_section import (
    list_by_school,
    write_amounts,
    write_yuan,
)
from scenarios.resource_distribution.outlook_section import list_warned
from scenarios.resource_distribution.spread_section import list_inequality
from scenarios.resource_distribution.stored import StoredNeeds
from scenarios.view import View


def say_needs(needs: StoredNeeds, view: View) -> str:
    """Say in one sentence what it would take, and how sure that is."""
    _ = view.language
    rows = pd.DataFrame(sum_needs(needs.additions, view.profile.balance))
    rows = rows[rows["amount"] > 0]
    if rows.empty:
        return _("Nothing need be added.")
    names = {one.code: _.name(one) for one in view.profile.balance.indicators}
    comma = "、" if _.code == "zh" else ", "
    parts = [
        f"{names[code]} +{amount}"
        for code, amount in zip(rows["indicator"], write_amounts(rows, view), strict=True)
    ]
    return _("To pass it would take: {parts}", parts=comma.join(parts))


def set_needs(needs: StoredNeeds, view: View) -> SheetTable:
    """Set what each school needs, those that weigh most first."""
    _ = view.language
    rows = list_by_school(needs.additions, view)
    rows = rows.assign(
        name=name_schools(rows, view), cost=[write_yuan(cost, _) for cost in rows["cost_yuan"]]
    )
    columns = [
        PaperColumn("name", _("School"), is_numeric=False),
        PaperColumn("told", _("What it needs"), is_numeric=False, is_long=True),
        PaperColumn("cost", _("Weighs")),
    ]
    return set_table(_("What it would take"), rows, columns, _, empty=_("Nothing need be added."))


def set_inequality(
    tables: dict[str, pd.DataFrame], stage: str, stage_name: str, view: View
) -> SheetTable:
    """Set the inequality of each indicator of a stage."""
    _ = view.language
    rows = list_inequality(tables, view, stage)
    rows = rows.assign(
        gini=[_.number(value, 3) for value in rows["gini"]],
        theil=[_.number(value, 3) for value in rows["theil"]],
        between=[_.percent(value, 0) for value in rows["between"]],
    )
    columns = [
        PaperColumn("name", _("Indicator"), is_numeric=False, is_long=True),
        PaperColumn("gini", _("Gini")),
        PaperColumn("theil", _("Theil"), is_extra=True),
        PaperColumn("between", _("Areas")),
        PaperColumn("moran_told", _("Moran's I")),
        PaperColumn("clusters", _("Hot, cold")),
    ]
    return set_table(f"{_('Inequality between schools')} · {stage_name}", rows, columns, _)


def set_warnings(warnings: pd.DataFrame, view: View) -> SheetTable:
    """Set the limits that were crossed, or will be within the years that are warned of."""
    _ = view.language
    rows = list_warned(warnings, view)
    rows = rows.assign(state=[_.term(level) for level in rows["level"]])
    columns = [
        PaperColumn("name", _("School"), is_numeric=False),
        PaperColumn("what", _("What"), is_numeric=False, is_long=True),
        PaperColumn("year_told", _("Year")),
        PaperColumn("value_told", _("Value")),
        PaperColumn("limit_told", _("Limit")),
        PaperColumn("state", _("State"), is_numeric=False, is_extra=True),
    ]
    empty = _("No limit is newly crossed, and none will be in the next years.")
    return set_table(_("Warnings"), rows, columns, _, empty=empty)
