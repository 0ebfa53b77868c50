"""Section of the subdistrict panel: the same measures of another subdistrict beside."""

from __future__ import annotations

import pandas as pd
from dash.development.base_component import Component

from layers.language import Language, msgid
from scenarios.elements import Column, build_choice, build_section, build_table
from scenarios.naming import list_rows, name_rows, name_stages
from scenarios.school_network.comparison import compare_places, find_place
from scenarios.school_network.network import read_network
from scenarios.school_network.panel import list_kinds, read_groups, read_pupil_year
from scenarios.view import View

BESIDE = "beside"
# Words of a measure, decimals of its value.
MEASURES = {
    "residents": (msgid("Residents"), 0),
    "schools": (msgid("Schools"), 0),
    "private_schools": (msgid("of them private"), 0),
    "seats": (msgid("Seats"), 0),
    "pupils": (msgid("Pupils"), 0),
    "schools_per_10k": (msgid("Schools per 10,000 residents"), 1),
    "seats_per_10k": (msgid("Seats per 10,000 residents"), 0),
    "kind": (msgid("{kind}: schools"), 0),
    "white_spot_pct": (msgid("{stage}: children beyond the radius, %"), 0),
    "site_met_pct": (msgid("Sites that keep the norm, %"), 0),
    "building_met_pct": (msgid("Buildings that keep the norm, %"), 0),
}


def build_comparison(view: View, code: str, places: pd.DataFrame) -> Component:
    """Build the choice of another subdistrict, and the measures of both once it is chosen.

    Parameters
    ----------
    code
        Of the subdistrict whose panel is open.
    places
        subdistrict_code and names of all.
    """
    _ = view.language
    others = places[places["subdistrict_code"] != code]
    if others.empty:
        return build_section(_("Side by side"), None)
    chosen = view.chosen.get(BESIDE)
    options = [
        (name, row["subdistrict_code"] == chosen, _choose(row["subdistrict_code"], chosen))
        for name, row in zip(name_rows(others, "subdistrict", _), list_rows(others), strict=True)
    ]
    choice = build_choice(_("Compare with"), options, is_wrapped=True)
    is_other = chosen in set(others["subdistrict_code"])
    table = _build_measures(view, code, str(chosen)) if is_other else None
    return build_section(_("Side by side"), choice, table, note=_("with another subdistrict"))


def _choose(code: str, chosen: str | None) -> dict[str, str | None]:
    """Choose a subdistrict, or take back the choice of the same."""
    return {BESIDE: None if code == chosen else code}


def _build_measures(view: View, code: str, other: str) -> Component:
    _ = view.language
    pupil_year = read_pupil_year(view)
    network = read_network(
        view.connection,
        view.district,
        read_groups(view, pupil_year),
        year=view.year,
        pupil_year=pupil_year,
    )
    first, second = find_place(network, code), find_place(network, other)
    rows = compare_places(network, first, second, list_kinds(view.profile))
    names = [
        _.pick(place["subdistrict_name_zh"], place["subdistrict_name_en"])
        for place in (first, second)
    ]
    told = pd.DataFrame(
        {
            "words": name_measures(rows, view),
            "first": _write(rows, "first", _),
            "second": _write(rows, "second", _),
        }
    )
    columns = [
        Column("words", _("What is compared")),
        Column("first", names[0], align="right"),
        Column("second", names[1], align="right"),
    ]
    return build_table(told, columns, language=_)


def name_measures(rows: pd.DataFrame, view: View) -> list[str]:
    """Name each measure of a comparison in the language of the view."""
    _ = view.language
    stages = name_stages(view.profile, _)
    return [
        _(MEASURES[code][0], kind=_.term(of) if code == "kind" else "", stage=stages.get(of, of))
        for code, of in zip(rows["measure"], rows["of"], strict=True)
    ]


def _write(rows: pd.DataFrame, side: str, _: Language) -> list[str]:
    digits = [MEASURES[code][1] for code in rows["measure"]]
    return [_.number(value, digit) for value, digit in zip(rows[side], digits, strict=True)]
