"""Panel of one resource: which schools have too little of it, where, since when and until when."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash.development.base_component import Component

from catchments.profile import Indicator
from gis.database import read_table
from layers.language import is_missing
from scenarios.elements import (
    Column,
    build_choice,
    build_figures,
    build_heading,
    build_mark,
    build_page,
    build_section,
    build_source,
    build_table,
)
from scenarios.naming import choose_stage, list_rows, name_rows, name_stages
from scenarios.resource_distribution.analysis import FAILED, MET, MISSING, NEAR
from scenarios.resource_distribution.needs_section import build_needs
from scenarios.resource_distribution.outlook_section import build_means, build_warnings
from scenarios.resource_distribution.spread_section import build_areas, build_spots, write_moran
from scenarios.resource_distribution.stored import read_needs, read_outlook, read_spread
from scenarios.view import View

_WORST_FIRST = {MISSING: 0, FAILED: 1, NEAR: 2, MET: 3}


def build_indicator_choice(view: View, chosen: Indicator | None) -> Component:
    """Build the choice of the resource that the page and the map tell: all, or one."""
    _ = view.language
    options: list[tuple[str, bool, dict[str, Any]]] = [
        (_("All indicators"), chosen is None, {"indicator": None})
    ]
    options += [
        (_.name(one), chosen is not None and one.code == chosen.code, {"indicator": one.code})
        for one in view.profile.balance.indicators
    ]
    return build_choice(_("Indicator"), options, is_wrapped=True)


def build_indicator_panel(view: View, results: pd.DataFrame, indicator: Indicator) -> Component:
    """Build the panel of one resource in the stage of the view, or the first that has standards."""
    _ = view.language
    mine = results[results["indicator"] == indicator.code]
    stage = str(choose_stage(view.profile, view.stage, mine["stage"]))
    told = View(**{**vars(view), "stage": stage})
    mine = mine[mine["stage"] == stage]
    standard = indicator.standard.get(stage)
    outlook = read_outlook(view.connection, view.district)
    spread = read_spread(view.connection, view.district)
    return build_page(
        build_heading(*_say_finding(mine, indicator, standard, told)),
        build_indicator_choice(view, indicator),
        _build_figures(mine, spread["inequality"], indicator, told),
        build_warnings(_select_stage(outlook["warnings"], stage), told, indicator.code),
        *build_areas(spread["groups"], told, indicator.code, standard),
        build_spots(spread["spots"], told, indicator.code),
        build_means(outlook["years"], told, indicator.code, standard),
        build_needs(read_needs(view.connection, view.district), told, indicator.code),
        _build_schools(mine, indicator, told),
        build_source(view, run_id=int(results["run_id"].iloc[0]), plan=False),
    )


def _select_stage(rows: pd.DataFrame, stage: str) -> pd.DataFrame:
    return rows[rows["stage"] == stage]


def _say_finding(
    mine: pd.DataFrame, indicator: Indicator, standard: float | None, view: View
) -> tuple[str, str]:
    _ = view.language
    short = int(mine["state"].isin([FAILED, NEAR]).sum())
    title = _.count(
        "{indicator}: {n} of {all} schools is below the standard",
        "{indicator}: {n} of {all} schools are below the standard",
        short,
        indicator=_.name(indicator),
        all=_.number(len(mine)),
    )
    subtitle = _(
        "{stage} {year}: at least {standard} {unit}",
        stage=name_stages(view.profile, _)[view.stage],
        year=int(mine["year"].iloc[0]) if len(mine) else "",
        standard=_.number(standard, 0 if standard is not None and standard >= 100 else 1),
        unit=_.pick(indicator.unit_zh, indicator.unit_en),
    )
    return title, subtitle


def _build_figures(
    mine: pd.DataFrame, inequality: pd.DataFrame, indicator: Indicator, view: View
) -> Component:
    _ = view.language
    limits = read_table(view.connection, "indicator_variations", district_id=view.district.id)
    here = {"stage": view.stage, "indicator": indicator.code}
    limit = list_rows(limits[(limits[list(here)] == pd.Series(here)).all(axis=1)])
    row = list_rows(inequality[(inequality[list(here)] == pd.Series(here)).all(axis=1)])
    met = int((mine["state"] == MET).sum())
    figures: list[tuple] = [(_("Met"), f"{met} / {len(mine)}")]
    if limit:
        uneven = not is_missing(limit[0]["met"]) and not limit[0]["met"]
        figures.append(
            (
                _("Variation"),
                _.number(limit[0]["variation"], 3),
                f"≤ {_.number(limit[0]['limit'], 2)}",
                "red" if uneven else None,
            )
        )
    if row:
        figures.append((_("Gini"), _.number(row[0]["gini"], 3)))
        figures.append((_("Moran's I"), write_moran(row[0], view)))
    return build_figures(figures)


def _build_schools(mine: pd.DataFrame, indicator: Indicator, view: View) -> Component:
    _ = view.language
    rows = mine.assign(
        order=mine["state"].map(_WORST_FIRST), name=name_rows(mine, "school", _)
    ).sort_values(["order", "value"], na_position="first")
    digits = 0 if rows["standard"].max() >= 100 else 1
    columns = [
        Column("name", _("School")),
        Column("value", _("Value"), format=lambda value: _.number(value, digits)),
        Column("state", _("State"), align="left", format=lambda state: build_mark(state, _)),
    ]
    table = build_table(rows, columns, language=_, row_id="school_id", link_kind="school", limit=12)
    return build_section(
        _("Schools, the least first"), table, note=_.pick(indicator.unit_zh, indicator.unit_en)
    )
