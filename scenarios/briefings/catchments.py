"""The briefing of the catchments: who admits where, how large they are, how far children walk."""

from __future__ import annotations

import pandas as pd

from layers.print_map.divisions import DivisionMap
from scenarios.briefings.legends import build_ground_legend
from scenarios.briefings.material import Material, end_sentence, list_names
from scenarios.briefings.sheet import PaperColumn, Sheet, SheetTable, set_table
from scenarios.briefings.warning import place_counts, read_stage_counts, say_choice
from scenarios.district import find_plan
from scenarios.elements import Figure
from scenarios.enrolment_warning.answer import count_moved, sum_counts
from scenarios.enrolment_warning.panel import name_counted
from scenarios.enrolment_warning.states import read_states, sum_states
from scenarios.naming import list_rows
from scenarios.view import View


def build_catchments(material: Material) -> list[Sheet]:
    """Build the sheet of the catchments of one stage and plan.

    Raises
    ------
    UsageError
        When the stage has no counted catchments under the plan.
    """
    view = material.view
    _ = view.language
    counts = read_stage_counts(view)
    chosen = counts[counts["year"] == view.year]
    rows = _measure_rows(chosen, material)
    far = sum_states(
        read_states(view.connection, view.district, view.plan, view.stage, view.year).schools
    )["far_schools"]
    drawing = material.compose(DivisionMap(material.ground, _, name_pt=material.paper.name_pt))
    totals = sum_counts(chosen)
    findings = (
        _say_sizes(rows, totals, view),
        _say_ways(rows, far, view),
        _say_moved(view),
    )
    sheet = Sheet(
        title=_say_title(rows, far, view),
        subtitle=f"{_('Catchments')} · {_.name(view.profile)} · {say_choice(view)}",
        bookmark=f"{_('Catchments')} {view.stage_name} {view.year}",
        map=drawing,
        findings=tuple(end_sentence(words, _) for words in findings if words),
        figures=(
            Figure(_("Catchments"), _.number(totals["catchments"])),
            Figure(name_counted(view), _.number(rows["counted_children"].sum())),
            Figure(_("Seats"), _.number(totals["seats"])),
            Figure(_("Outside catchments"), _.number(totals["outside_children"])),
        ),
        legend_title=_("Legend"),
        legend=build_ground_legend(material),
        tables=(_set_rows(rows, view),),
        notes=(_("Tints tell neighbours apart and mean nothing else."),),
    )
    return [sheet]


def _measure_rows(chosen: pd.DataFrame, material: Material) -> pd.DataFrame:
    """Put area, planning units and ways beside each counted catchment."""
    view = material.view
    states = read_states(view.connection, view.district, view.plan, view.stage, view.year).schools
    ways = states[["school_id", "mean_distance_m", "radius_m", "beyond_radius_pct"]]
    areas = material.ground.catchments[["school_id", "area_m2", "units"]]
    rows = place_counts(chosen, material).merge(areas, on="school_id", how="left")
    rows = rows.merge(ways.astype({"school_id": int}), on="school_id", how="left")
    columns = ["mean_distance_m", "radius_m", "beyond_radius_pct"]
    return rows.astype(dict.fromkeys(columns, float))


def _say_title(rows: pd.DataFrame, far: int, view: View) -> str:
    _ = view.language
    about = {"stage": view.stage_name, "year": view.year}
    if not far:
        return _.count(
            "{stage} {year}: {n} catchment, in none do most children live beyond the radius",
            "{stage} {year}: {n} catchments, in none do most children live beyond the radius",
            len(rows),
            **about,
        )
    return _.count(
        "{stage} {year}: {n} catchment, in {far} most children live beyond {radius} m",
        "{stage} {year}: {n} catchments, in {far} most children live beyond {radius} m",
        len(rows),
        far=_.number(far),
        radius=_.number(view.get_stage().radius_m),
        **about,
    )


def _say_sizes(rows: pd.DataFrame, totals: dict[str, int], view: View) -> str:
    """Say which catchments are the largest and the smallest, and who is outside of all."""
    _ = view.language
    known = rows.dropna(subset=["area_m2"])
    if known.empty:
        return ""
    by_area = list_rows(known.sort_values("area_m2", kind="stable"))
    small, large = by_area[0], by_area[-1]
    most = max(list_rows(known), key=lambda row: row["counted_children"])
    words = _(
        "The largest is {large} with {large_km2} km², the smallest {small} with {small_km2} km²; "
        "most children live in {most} ({children})",
        large=large["name"],
        large_km2=_.number(large["area_m2"] / 1e6, 2),
        small=small["name"],
        small_km2=_.number(small["area_m2"] / 1e6, 2),
        most=most["name"],
        children=_.number(most["counted_children"]),
    )
    if totals["outside_children"]:
        words += _(
            "; {n} children live outside every catchment or at no known address",
            n=_.number(totals["outside_children"]),
        )
    return words


def _say_ways(rows: pd.DataFrame, far: int, view: View) -> str:
    """Say how far the children have, and where they have farthest."""
    _ = view.language
    known = rows.dropna(subset=["mean_distance_m"])
    if known.empty:
        return ""
    longest = known.sort_values("mean_distance_m", ascending=False, kind="stable")
    parts = [
        f"{row['name']} {_.number(row['mean_distance_m'])} m" for row in list_rows(longest.head(3))
    ]
    return _(
        "In {far} of {all} catchments {share} or more of the children live beyond {radius} m; "
        "the longest mean ways: {names}",
        far=_.number(far),
        all=_.number(len(rows)),
        share=_.percent(view.profile.warning.beyond_radius_from_pct, 0),
        radius=_.number(view.get_stage().radius_m),
        names=list_names(parts, _),
    )


def _say_moved(view: View) -> str:
    """Say how many children a plan moves against the one in force."""
    _ = view.language
    default = find_plan(view.connection, view.district, None)
    if default.id == view.plan.id:
        return _("These are the catchments in force: {plan}", plan=_.name(view.plan))
    moved = count_moved(
        view.connection, view.district, view.plan, default, stage=view.stage, year=view.year
    )
    return _.count(
        "Against {plan}, {n} child changes its school",
        "Against {plan}, {n} children change their school",
        moved,
        plan=_.name(default),
    )


def _set_rows(rows: pd.DataFrame, view: View) -> SheetTable:
    _ = view.language
    ordered = rows.sort_values("school_code")
    told = ordered.assign(
        area=[_.number(area / 1e6, 2) for area in ordered["area_m2"]],
        beyond=[_.percent(share, 0) for share in ordered["beyond_radius_pct"]],
    )
    columns = [
        PaperColumn("name", _("Catchment"), is_numeric=False),
        PaperColumn("place", _("Subdistrict"), is_numeric=False, is_extra=True),
        PaperColumn("units", _("Units"), is_extra=True),
        PaperColumn("area", _("km²")),
        PaperColumn("counted_children", name_counted(view)),
        PaperColumn("seats", _("Seats")),
        PaperColumn("mean_distance_m", _("Mean way, m"), is_extra=True),
        PaperColumn("beyond", _("Beyond radius")),
    ]
    return set_table(_("Catchments by code of the school"), told, columns, _)
