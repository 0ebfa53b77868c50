"""Inequality between schools and areas, on the panel."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from layers.language import is_missing, msgid
from scenarios.elements import Bar, Column, build_bars, build_note, build_section, build_table
from scenarios.naming import list_rows, name_rows, name_stages
from scenarios.view import View

CLUSTER_WORDS = {
    "high_high": msgid("much, among others with much"),
    "low_low": msgid("little, among others with little"),
    "high_low": msgid("much, among others with little"),
    "low_high": msgid("little, among others with much"),
}
CLUSTERS = tuple(CLUSTER_WORDS)


def build_inequality(tables: dict[str, pd.DataFrame], view: View, stage: str) -> Component | None:
    """Build one row an indicator: Gini, share of inequality between areas, Moran's I, clusters."""
    _ = view.language
    rows = list_inequality(tables, view, stage)
    if rows.empty:
        return None
    columns = [
        Column("name", _("Indicator")),
        Column("gini", _("Gini"), format=lambda value: _.number(value, 2)),
        Column("between", _("Areas"), "%", format=lambda value: _.number(value, 0)),
        Column("moran_told", _("Moran's I"), align="right"),
        Column("clusters", _("Hot, cold"), align="right"),
    ]
    table = build_table(
        rows, columns, language=_, opens=lambda row: {"indicator": str(row["indicator"])}
    )
    return build_section(
        _("Inequality between schools"), table, *[build_note(text) for text in list_notes(view)],
        note=name_stages(view.profile, _)[stage],
    )  # fmt: skip


def list_notes(view: View) -> list[str]:
    """Say how the numbers of inequality are to be read."""
    _, rules = view.language, view.profile.balance.spread
    return [
        _(
            "Gini: 0 where all pupils have the same. Areas: share of the inequality (Theil) that"
            " lies between subdistricts. Moran's I: above 0 where like schools lie by like; * where"
            " chance is less likely than {share}. Hot and cold: schools that have much or little as"
            " their {n} nearest have, at most {share} of them by chance.",
            n=rules.nearest,
            share=_.percent(rules.false_discovery_pct, 0),
        )
    ]


def list_inequality(tables: dict[str, pd.DataFrame], view: View, stage: str) -> pd.DataFrame:
    """List the inequality of each indicator of a stage, in the order of the profile.

    Returns
    -------
    DataFrame
        indicator, name, gini, between (per cent), moran_told, clusters (hot and cold schools).
    """
    _ = view.language
    names = {one.code: _.name(one) for one in view.profile.balance.indicators}
    mine = tables["inequality"]
    mine = mine[mine["stage"] == stage].set_index("indicator")
    spots = tables["spots"]
    spots = spots[spots["stage"] == stage]
    found = spots.groupby(["indicator", "cluster"]).size()
    order = [code for code in names if code in mine.index]
    rows = mine.loc[order].reset_index()
    theil = rows["theil"].where(rows["theil"] > 0)
    return rows.assign(
        name=[names[code] for code in order],
        between=100 * rows["theil_subdistricts"] / theil,
        moran_told=[write_moran(row, view) for row in list_rows(rows)],
        clusters=[
            f"{found.get((code, 'high_high'), 0)}, {found.get((code, 'low_low'), 0)}"
            for code in order
        ],
    )


def write_moran(row: dict[str, Any], view: View) -> str:
    """Write Moran's I with a star where chance is unlikely."""
    if is_missing(row["moran"]):
        return view.language.number(None)
    level = view.profile.balance.spread.false_discovery_pct / 100
    star = "*" if row["moran_p"] < level else ""
    return f"{view.language.number(row['moran'], 2)}{star}"


def build_areas(
    groups: pd.DataFrame, view: View, indicator: str, standard: float | None
) -> list[Component]:
    """Build the mean of an indicator by subdistrict, and of urban and rural schools."""
    _ = view.language
    mine = groups[(groups["stage"] == view.stage) & (groups["indicator"] == indicator)]
    digits = 0 if standard is not None and standard >= 100 else 1
    sections = []
    areas = mine[mine["grouping"] == "subdistrict"].sort_values("mean")
    sides = mine[mine["grouping"] == "urban"]
    named = {
        _("By subdistrict"): (areas, name_rows(areas, "subdistrict", _)),
        _("Urban and rural"): (
            sides,
            [_.term("urban" if one else "rural") for one in sides["urban"]],
        ),
    }
    for title, (rows, labels) in named.items():
        if len(rows) < 2:
            continue
        bars = [
            Bar(
                label,
                row["mean"],
                _.number(row["mean"], digits),
                target=standard,
                tone="red" if standard is not None and row["mean"] < standard else None,
                link=None
                if is_missing(row["subdistrict_id"])
                else ("subdistrict", int(row["subdistrict_id"])),
            )
            for row, label in zip(list_rows(rows), labels, strict=True)
        ]
        sections.append(build_section(title, build_bars(bars, target_label=_("Standard"))))
    return sections


def build_spots(spots: pd.DataFrame, view: View, indicator: str) -> Component:
    """Build the schools that lie among others like or unlike them in an indicator."""
    _ = view.language
    mine = spots[(spots["stage"] == view.stage) & (spots["indicator"] == indicator)]
    mine = mine[mine["cluster"] != "none"].sort_values(["cluster", "p"], ascending=[False, True])
    rows = mine.assign(
        name=[
            html.Span([name, html.Span(_(CLUSTER_WORDS[cluster]), className="column-unit")])
            for name, cluster in zip(name_rows(mine, "school", _), mine["cluster"], strict=True)
        ]
    )
    columns = [
        Column("name", _("School and its neighbours"), format=lambda name: name),
        Column("moran", _("Local I"), format=lambda value: _.number(value, 2)),
        Column("p", "p", format=lambda value: _.number(value, 4)),
    ]
    table = build_table(
        rows, columns, language=_, row_id="school_id", link_kind="school", limit=8,
        empty=_("No school stands out among its neighbours more than chance allows."),
    )  # fmt: skip
    return build_section(_("Hot and cold spots"), table)
