"""Section with projects summed by subdistrict, year, type or state, as one chooses."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash.development.base_component import Component

from layers.language import MISSING, Language, is_missing
from scenarios.elements import Column, build_choice, build_section, build_table
from scenarios.project_monitoring.groups import GROUPINGS, sum_groups
from scenarios.view import View


def build_group_section(projects: pd.DataFrame, view: View) -> Component:
    """Build the table of sums with the choice of what they are grouped by.

    Parameters
    ----------
    projects
        Of :class:`scenarios.project_monitoring.monitor.Monitor`.
    """
    _ = view.language
    words = {
        "subdistrict": _("Subdistrict"),
        "year": _("Planned year"),
        "kind": _("Kind"),
        "state": _("State"),
    }
    asked = view.chosen.get("by")
    by = asked if asked in GROUPINGS else next(iter(GROUPINGS))
    rows = sum_groups(projects, by)
    rows = rows.assign(group=_name_groups(rows[GROUPINGS[by]], projects, by, _))
    columns = [
        Column("group", words[by]),
        Column("projects", _("Projects")),
        Column("late", _("Late")),
        Column("seats", _("Seats")),
        Column("progress_pct", _("Done"), "%", format=_.number),
        Column("paid_pct", _("Paid"), "%", format=_.number),
        Column("open_findings", _("Open findings")),
    ]
    choice = build_choice(
        _("Grouped by"),
        [(label, code == by, {"by": code}) for code, label in words.items()],
        is_wrapped=True,
    )
    return build_section(_("Statistics"), choice, build_table(rows, columns, language=_))


def _name_groups(values: pd.Series, projects: pd.DataFrame, by: str, _: Language) -> list[str]:
    if by == "subdistrict":
        names = {
            row["subdistrict_id"]: _.pick(row["subdistrict_name_zh"], row["subdistrict_name_en"])
            for row in projects.drop_duplicates("subdistrict_id").to_dict("records")
            if not is_missing(row["subdistrict_id"])
        }
        return [MISSING if is_missing(value) else names[value] for value in values]
    if by == "year":
        return [MISSING if is_missing(value) else str(int(value)) for value in values]
    return [_name_code(value, _) for value in values]


def _name_code(value: Any, _: Language) -> str:
    return MISSING if is_missing(value) else _.term(value)
