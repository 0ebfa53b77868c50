"""Panel of scenario 1: how many schools and seats of each type stand where."""

from __future__ import annotations

import datetime as dt

import pandas as pd
from dash.development.base_component import Component

from catchments.profile import Profile
from gis.database import read_table
from layers.language import Language, is_missing
from scenarios.addresses.panel import build_addresses_entry
from scenarios.elements import (
    Bar,
    Column,
    build_bars,
    build_figures,
    build_heading,
    build_note,
    build_page,
    build_section,
    build_source,
    build_table,
)
from scenarios.naming import list_rows, name_rows
from scenarios.school_network.analysis import sum_groups
from scenarios.school_network.drafting_panel import build_drafting_entry
from scenarios.school_network.network import read_network
from scenarios.school_network.network_sections import (
    build_density,
    build_growth,
    build_sites,
    build_walks,
    build_white_spots,
)
from scenarios.view import View

_SUBDISTRICT = [
    "subdistrict_id",
    "subdistrict_code",
    "subdistrict_name_zh",
    "subdistrict_name_en",
]


def build_panel(view: View) -> Component:
    """Build the panel of the school network: by type, by subdistrict, urban and rural."""
    _ = view.language
    pupil_year = read_pupil_year(view)
    groups = read_groups(view, pupil_year)
    network = read_network(
        view.connection, view.district, groups, year=view.year, pupil_year=pupil_year
    )
    return build_page(
        build_heading(
            say_network(groups, view), _("Schools, kindergartens and training institutions")
        ),
        build_network_figures(groups, pupil_year, view),
        build_drafting_entry(view),
        build_addresses_entry(view),
        build_section(_("By type"), _build_kinds(groups, pupil_year, view)),
        build_section(
            _("Pupils against seats"), _build_occupancy(groups, pupil_year, _), note=_("all grades")
        ),
        build_section(_("By subdistrict"), _build_subdistricts(groups, pupil_year, _)),
        build_section(_("Urban and rural"), _build_places(groups, pupil_year, _)),
        build_density(network, view),
        build_walks(network, view),
        build_white_spots(network, view),
        build_sites(network, view),
        build_growth(network, view),
        build_note(_("Seats of {year}, existing buildings only.", year=view.year)),
        build_source(view, run_id=network.run_id, plan=False),
    )


def say_network(groups: pd.DataFrame, view: View) -> str:
    """Say how many schools and seats there are."""
    _ = view.language
    return _.count(
        "{n} school with {seats} seats in {year}",
        "{n} schools with {seats} seats in {year}",
        int(groups["schools"].sum()),
        seats=_.number(groups["seats"].sum()),
        year=view.year,
    )


def read_pupil_year(view: View) -> int | None:
    """Return the newest year for which pupils are loaded, or nothing."""
    newest = read_table(view.connection, "latest_enrolment_year", district_id=view.district.id)
    year = newest["year"].iloc[0]
    return None if is_missing(year) else int(year)


def read_groups(view: View, pupil_year: int | None) -> pd.DataFrame:
    """Read the schools of the view's year by kind, subdistrict, public or private, and place."""
    return read_table(
        view.connection,
        "school_groups",
        district_id=view.district.id,
        year=view.year,
        pupil_year=pupil_year,
        day=get_first_day(view.year),
    )


def get_first_day(year: int) -> dt.date:
    """Return the first day of a school year; schools are counted as they are open on it."""
    return dt.date(year, 9, 1)


def list_kinds(profile: Profile) -> list[str]:
    """Return the kinds of school of a district in order of the age of their pupils."""
    return list(dict.fromkeys(kind for stage in profile.stages for kind in stage.kinds))


def build_network_figures(groups: pd.DataFrame, pupil_year: int | None, view: View) -> Component:
    """Set the sums of schools, seats and pupils side by side."""
    _ = view.language
    figures = [
        (_("Schools"), _.number(groups["schools"].sum())),
        (_("Seats {year}", year=view.year), _.number(groups["seats"].sum())),
    ]
    if pupil_year is not None:
        pupils = _.number(groups["pupils"].sum())
        figures.append((_("Pupils {year}", year=pupil_year), pupils))
    return build_figures(figures)


def _build_kinds(groups: pd.DataFrame, pupil_year: int | None, view: View) -> Component:
    _ = view.language
    order = list_kinds(view.profile)
    kinds = sum_groups(groups, by=["kind"]).sort_values(
        "kind", key=lambda kinds: kinds.map({kind: at for at, kind in enumerate(order)})
    )
    columns = [Column("kind", _("Type"), format=_.term), *_list_columns(pupil_year, _)]
    return build_table(kinds, columns, language=_)


def _build_occupancy(groups: pd.DataFrame, pupil_year: int | None, _: Language) -> Component | None:
    """Set the pupils of each subdistrict against its seats."""
    if pupil_year is None:
        return None
    places = sum_groups(groups, by=_SUBDISTRICT).dropna(subset=["subdistrict_id"])
    bars = [
        Bar(
            name,
            row["pupils"],
            _.number(row["pupils"]),
            target=row["seats"],
            link=("subdistrict", int(row["subdistrict_id"])),
        )
        for name, row in zip(name_rows(places, "subdistrict", _), list_rows(places), strict=True)
    ]
    return build_bars(bars, target_label=_("Seats")) if bars else None


def _build_subdistricts(
    groups: pd.DataFrame, pupil_year: int | None, _: Language
) -> Component | None:
    places = sum_groups(groups, by=_SUBDISTRICT).dropna(subset=["subdistrict_id"])
    if places.empty:
        return None
    columns = [Column("name", _("Subdistrict")), *_list_columns(pupil_year, _)]
    named = places.assign(name=name_rows(places, "subdistrict", _))
    return build_table(named, columns, language=_, row_id="subdistrict_id", link_kind="subdistrict")


def _build_places(groups: pd.DataFrame, pupil_year: int | None, _: Language) -> Component | None:
    known = groups.dropna(subset=["urban"])
    if known.empty:
        return None
    terms = known["urban"].map({True: "urban", False: "rural"})
    places = sum_groups(known.assign(place=terms), by=["place"]).sort_values(
        "place", ascending=False
    )
    columns = [Column("place", _("Place"), format=_.term), *_list_columns(pupil_year, _)]
    return build_table(places, columns, language=_)


def _list_columns(pupil_year: int | None, _: Language) -> list[Column]:
    columns = [
        Column("schools", _("Schools")),
        Column("private_schools", _("of them private")),
        Column("seats", _("Seats")),
    ]
    if pupil_year is not None:
        columns.append(Column("pupils", _("Pupils"), str(pupil_year)))
    return columns
