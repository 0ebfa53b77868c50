"""Sections of the network panel: density, walks, white spots, sites, growth."""

from __future__ import annotations

import pandas as pd
from dash.development.base_component import Component

from layers.language import MISSING, Language, is_missing
from scenarios.elements import (
    Column,
    Line,
    build_lines,
    build_note,
    build_opener,
    build_section,
    build_table,
)
from scenarios.naming import name_rows, name_stages
from scenarios.resource_distribution.analysis import FAILED
from scenarios.school_network.analysis import sum_sites
from scenarios.school_network.network import SchoolNetwork
from scenarios.view import View

_LAYERS = ("white_spots", "schools", "subdistricts", "basemap")  # that show white spots


def build_density(network: SchoolNetwork, view: View) -> Component:
    """Set the schools and seats of each subdistrict against its residents."""
    _, places = view.language, network.subdistricts
    told = None
    if network.residents and len(places):
        named = places.assign(name=name_rows(places, "subdistrict", _))
        columns = [
            Column("name", _("Subdistrict")),
            Column("residents", _("Residents"), format=_.number),
            Column("schools_per_10k", _("Schools"), format=lambda value: _.number(value, 1)),
            Column("seats_per_10k", _("Seats"), format=_.number),
        ]
        told = build_table(
            named, columns, language=_, row_id="subdistrict_id", link_kind="subdistrict"
        )
    return build_section(_("Per 10,000 residents"), told, note=str(network.year))


def build_walks(network: SchoolNetwork, view: View) -> Component:
    """Tell which share of the residents has a school of each type within so many metres."""
    _ = view.language
    rows = spread_walks(network, view)
    told = None
    if not rows.empty:
        columns = [
            Column("name", _("Type")),
            *(
                Column(name, f"{name} m", "%", format=lambda share: _.number(share, 1))
                for name in rows.columns[1:]
            ),
        ]
        told = build_table(rows, columns, language=_)
    return build_section(_("Residents with a school on foot within"), told, note=name_sector(view))


def spread_walks(network: SchoolNetwork, view: View) -> pd.DataFrame:
    """Return a row a stage, named, with the share of residents in a column a limit."""
    names = name_stages(view.profile, view.language)
    limits = [float(limit) for limit in view.profile.network.bands_m]
    rows = network.within[network.within["within_m"].isin(limits)]
    wide = rows.pivot_table(index="stage", columns="within_m", values="residents_pct", sort=False)
    known = [stage for stage in names if stage in wide.index]
    wide = wide.loc[known].rename(columns=lambda limit: f"{limit:g}").reset_index()
    return wide.assign(stage=wide["stage"].map(names)).rename(columns={"stage": "name"})


def name_sector(view: View) -> str:
    """Say to whose schools walks are measured."""
    _ = view.language
    is_public = view.profile.network.white_spots_to == "public"
    return _("to public schools") if is_public else _("to all schools")


def list_white_spots(network: SchoolNetwork, view: View) -> pd.DataFrame:
    """List the subdistricts with children beyond the radius of the view's stage, most first."""
    spots = network.white_spots[network.white_spots["stage"] == view.stage]
    rows = network.places.merge(spots, on="subdistrict_code")
    return rows.sort_values("beyond_children", ascending=False, na_position="last")


def say_white_spots(network: SchoolNetwork, view: View) -> str | None:
    """Say how many children of the stage no school serves within its radius."""
    _, spots = view.language, network.white_spots
    whole = spots[(spots["stage"] == view.stage) & spots["subdistrict_code"].isna()]
    if whole.empty or is_missing(whole["beyond_children"].iloc[0]):
        return None
    row = whole.iloc[0]
    return _(
        "{n} of {all} children ({share}) live farther than {radius} m from a school",
        n=_.number(row["beyond_children"]),
        all=_.number(row["children"]),
        share=_.percent(row["beyond_pct"], 0),
        radius=_.number(row["radius_m"]),
    )


def build_white_spots(network: SchoolNetwork, view: View) -> Component:
    """Count the children beyond the service radius by subdistrict."""
    _, rows = view.language, list_white_spots(network, view)
    words = say_white_spots(network, view)
    if rows.empty:
        return build_section(_("White spots: {stage}", stage=view.stage_name), None)
    named = rows.assign(
        name=name_rows(rows, "subdistrict", _),
        told=[write_hidden(count, view) for count in rows["children"]],
        beyond=[write_hidden(count, view) for count in rows["beyond_children"]],
        share=[_.percent(share, 0) for share in rows["beyond_pct"].astype(float)],
    )
    columns = [
        Column("name", _("Subdistrict")),
        Column("told", _("Children"), str(view.profile.years.shown), align="right"),
        Column("beyond", _("Beyond"), align="right"),
        Column("share", _("Share"), align="right"),
    ]
    table = build_table(
        named, columns, language=_, row_id="subdistrict_id", link_kind="subdistrict", limit=8
    )
    return build_section(
        _("White spots: {stage}", stage=view.stage_name),
        build_note(words) if words else None,
        table,
        build_opener(_("Show on the map"), layers=list(_LAYERS), selection=None),
        note=name_sector(view),
    )


def write_hidden(count: object, view: View) -> str:
    """Write a count of children, a star where it is hidden."""
    return "*" if is_missing(count) else view.language.number(count)


def build_sites(network: SchoolNetwork, view: View) -> Component:
    """Set ground and building a pupil against the norms, by kind, and name who falls short."""
    _, sums = view.language, sum_sites(network.sites)
    if sums.empty:
        return build_section(_("Site and building per pupil"), None)
    rows = pd.DataFrame(
        {
            "kind": sums["kind"],
            "site": sums["site_median_m2"],
            "site_met": _write_met(sums, "site", _),
            "building": sums["building_median_m2"],
            "building_met": _write_met(sums, "building", _),
        }
    )
    columns = [
        Column("kind", _("Type"), format=_.term),
        Column("site", _("Site"), "m²", format=lambda value: _.number(value, 1)),
        Column("site_met", _("Keep the norm"), align="right"),
        Column("building", _("Floor area"), "m²", format=lambda value: _.number(value, 1)),
        Column("building_met", _("Keep the norm"), align="right"),
    ]
    short = list_short_sites(network, view)
    return build_section(
        _("Site and building per pupil"),
        build_table(rows, columns, language=_),
        _build_short(short, view) if len(short) else None,
        note=_("middle school of each type"),
    )


def _write_met(sums: pd.DataFrame, what: str, _: Language) -> list[str]:
    pairs = zip(sums[f"{what}_met"], sums[f"{what}_known"], strict=True)
    return [f"{_.number(met)} / {_.number(known)}" if known else MISSING for met, known in pairs]


def list_short_sites(network: SchoolNetwork, view: View) -> pd.DataFrame:
    """List the schools that fall short of a norm, the farthest below the norm of their site first.

    Returns
    -------
    DataFrame
        school_id, its names, name, kind, site and building: value and norm in words where it is
        failed, else a dash.
    """
    _, sites = view.language, network.sites
    failed = sites[(sites["site_state"] == FAILED) | (sites["building_state"] == FAILED)]
    failed = failed.assign(
        name=name_rows(failed, "school", _),
        below=failed["site_m2_per_pupil"] / failed["site_norm_m2"],
    )
    for what in ("site", "building"):
        states, value = failed[f"{what}_state"], failed[f"{what}_m2_per_pupil"]
        failed[what] = [
            f"{_.number(m2, 1)} / {_.number(norm, 1)}" if state == FAILED else MISSING
            for state, m2, norm in zip(states, value, failed[f"{what}_norm_m2"], strict=True)
        ]
    return failed.sort_values("below", na_position="last")


def _build_short(short: pd.DataFrame, view: View) -> Component:
    _ = view.language
    columns = [
        Column("name", _("Below the norm")),
        Column("site", _("Site"), "m²", align="right"),
        Column("building", _("Floor area"), "m²", align="right"),
    ]
    return build_table(short, columns, language=_, row_id="school_id", link_kind="school", limit=8)


def build_growth(network: SchoolNetwork, view: View) -> Component:
    """Draw seats and pupils of all types over the years, and say how many schools there were."""
    _, growth = view.language, network.growth
    if len(growth) < 2:
        return build_section(_("Growth over the years"), None)
    first, last = growth.iloc[0], growth.iloc[-1]
    chart = build_lines(
        [
            Line(_("Seats"), growth["seats"].tolist()),
            Line(_("Pupils"), growth["pupils"].tolist(), dashed=True),
        ],
        ticks=[str(int(year)) for year in growth["year"]],
        language=_,
        from_zero=False,
    )
    words = _(
        "{first} schools in {from_year}, {last} in {to_year}",
        first=_.number(first["schools"]),
        from_year=int(first["year"]),
        last=_.number(last["schools"]),
        to_year=int(last["year"]),
    )
    return build_section(_("Growth over the years"), chart, build_note(words), note=_("all types"))
