"""The briefing of the school network: schools by type, density, walks, white spots, sites."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gis.errors import UsageError
from layers.print_map import style
from layers.print_map.points import Sign, SignMap
from layers.print_map.swatches import draw_dot_swatch
from layers.print_map.warnings import name_school
from scenarios.briefings.legends import build_boundary_legend
from scenarios.briefings.material import Material, end_sentence, list_names, name_schools
from scenarios.briefings.sheet import LegendItem, PaperColumn, Sheet, SheetTable, set_table
from scenarios.elements import Figure
from scenarios.naming import name_rows
from scenarios.school_network.analysis import sum_sites
from scenarios.school_network.network import SchoolNetwork, read_network
from scenarios.school_network.network_sections import (
    list_short_sites,
    list_white_spots,
    name_sector,
    say_white_spots,
    spread_walks,
    write_hidden,
)
from scenarios.school_network.panel import list_kinds, read_groups, read_pupil_year, say_network
from scenarios.view import View

_RADIUS_MM = {"kindergarten": 0.8, "training": 0.7}
_OTHERS_MM = 1.25


def build_network(material: Material) -> list[Sheet]:
    """Build the sheet of the school network of the view's year.

    Raises
    ------
    UsageError
        When the district has no schools.
    """
    view = material.view
    _ = view.language
    pupil_year = read_pupil_year(view)
    groups = read_groups(view, pupil_year)
    if groups.empty:
        raise UsageError(
            f"District {view.profile.code} has no schools.", mend="Load its schools first."
        )
    network = read_network(
        view.connection, view.district, groups, year=view.year, pupil_year=pupil_year
    )
    findings = (say_white_spots(network, view), _say_sites(network, view), _say_sparse(network, _))
    sheet = Sheet(
        title=say_network(groups, view),
        subtitle=f"{_('School network')} · {_.name(view.profile)} · {view.stage_name}",
        bookmark=f"{_('School network')} {view.year}",
        map=_draw_map(material),
        findings=tuple(end_sentence(words, _) for words in findings if words),
        figures=_list_figures(network, view),
        legend_title=_("Legend"),
        legend=(*_build_legend(material), *build_boundary_legend(material)),
        tables=(
            _set_kinds(network, view),
            _set_walks(network, view),
            _set_white_spots(network, view),
            _set_density(network, view),
            _set_sites(network, view),
        ),
        notes=(_("Walks are measured {sector}.", sector=name_sector(view)),),
    )
    return [sheet]


def _draw_map(material: Material) -> Any:
    view = material.view
    places = material.ground.schools.reset_index(drop=True)
    rows: Any = list(places.itertuples())
    signs = [
        Sign(
            rank=0.0 if row.kind not in _RADIUS_MM else 1.0,
            lines=() if row.kind in _RADIUS_MM else name_school(row, view.language, view.profile),
            fill=style.SCHOOLS.get(row.kind, style.INK),
            radius_mm=_RADIUS_MM.get(row.kind, _OTHERS_MM),
        )
        for row in rows
    ]
    answer = SignMap(material.ground, places, signs, name_pt=material.paper.name_pt)
    return material.compose(answer)


def _build_legend(material: Material) -> tuple[LegendItem, ...]:
    """Name the types of school that the map shows."""
    _, view = material.view.language, material.view
    present = set(material.ground.schools["kind"])
    return tuple(
        LegendItem(
            draw_dot_swatch(style.SCHOOLS.get(kind, style.INK), 2 * _RADIUS_MM.get(kind, 1.2)),
            _.term(kind),
        )
        for kind in list_kinds(view.profile)
        if kind in present
    )


def _say_sites(network: SchoolNetwork, view: View) -> str | None:
    _, short = view.language, list_short_sites(network, view)
    if sum_sites(network.sites).empty:
        return None
    if short.empty:
        return _("Every school keeps the norms of site and building")
    return _.count(
        "{n} school has less site or building per pupil than the norm: {names}",
        "{n} schools have less site or building per pupil than the norm: {names}",
        len(short),
        names=list_names(name_schools(short, view), _),
    )


def _say_sparse(network: SchoolNetwork, _: Any) -> str | None:
    """Say where residents have the fewest seats."""
    places = network.subdistricts.dropna(subset=["seats_per_10k"])
    if len(places) < 2:
        return None
    row = places.sort_values("seats_per_10k").iloc[0]
    return _(
        "Fewest seats by residents in {place}: {n} per 10,000",
        place=_.pick(row["subdistrict_name_zh"], row["subdistrict_name_en"]),
        n=_.number(row["seats_per_10k"]),
    )


def _list_figures(network: SchoolNetwork, view: View) -> tuple[Figure, ...]:
    _, kinds = view.language, network.kinds
    figures = [
        Figure(_("Schools"), _.number(kinds["schools"].sum())),
        Figure(_("of them private"), _.number(kinds["private_schools"].sum())),
        Figure(_("Seats {year}", year=view.year), _.number(kinds["seats"].sum())),
    ]
    if network.residents:
        figures.append(Figure(_("Residents"), _.number(network.residents)))
    return tuple(figures)


def _set_kinds(network: SchoolNetwork, view: View) -> SheetTable:
    _ = view.language
    order = {kind: at for at, kind in enumerate(list_kinds(view.profile))}
    rows = network.kinds.sort_values("kind", key=lambda kinds: kinds.map(order))
    rows = rows.assign(
        kind=rows["kind"].map(_.term),
        per_10k=[_.number(value, 2) for value in rows["schools_per_10k"]],
    )
    columns = [
        PaperColumn("kind", _("Type"), is_numeric=False),
        PaperColumn("schools", _("Schools")),
        PaperColumn("private_schools", _("of them private")),
        PaperColumn("seats", _("Seats")),
        PaperColumn("pupils", _("Pupils")),
        PaperColumn("per_10k", _("Schools per 10,000 residents"), is_extra=True),
    ]
    return set_table(_("By type"), rows, columns, _)


def _set_walks(network: SchoolNetwork, view: View) -> SheetTable:
    _ = view.language
    rows = spread_walks(network, view)
    limits = list(rows.columns[1:])
    shares = {name: [_.percent(share, 1) for share in rows[name]] for name in limits}
    columns = [PaperColumn("name", _("Type"), is_numeric=False)]
    columns += [PaperColumn(name, f"{name} m") for name in limits]
    title = _("Residents with a school on foot within")
    return set_table(title, rows.assign(**shares), columns, _, empty=_("Walks are not measured."))


def _set_white_spots(network: SchoolNetwork, view: View) -> SheetTable:
    _, spots = view.language, list_white_spots(network, view)
    rows = pd.DataFrame(
        {
            "name": name_rows(spots, "subdistrict", _),
            "children": [write_hidden(count, view) for count in spots["children"]],
            "beyond": [write_hidden(count, view) for count in spots["beyond_children"]],
            "share": [_.percent(share, 0) for share in spots["beyond_pct"].astype(float)],
        }
    )
    columns = [
        PaperColumn("name", _("Subdistrict"), is_numeric=False),
        PaperColumn("children", _("Children")),
        PaperColumn("beyond", _("Beyond")),
        PaperColumn("share", _("Share")),
    ]
    title = _("White spots: {stage}", stage=view.stage_name)
    return set_table(title, rows, columns, _, empty=_("Walks are not measured."))


def _set_density(network: SchoolNetwork, view: View) -> SheetTable:
    _, places = view.language, network.subdistricts
    rows = places.assign(
        name=name_rows(places, "subdistrict", _),
        per_10k=[_.number(value, 1) for value in places["schools_per_10k"]],
        seats_10k=[_.number(value) for value in places["seats_per_10k"]],
    )
    columns = [
        PaperColumn("name", _("Subdistrict"), is_numeric=False),
        PaperColumn("residents", _("Residents")),
        PaperColumn("schools", _("Schools")),
        PaperColumn("seats", _("Seats"), is_extra=True),
        PaperColumn("per_10k", _("Schools per 10,000 residents")),
        PaperColumn("seats_10k", _("Seats per 10,000 residents")),
    ]
    empty = _("No subdistricts are loaded.")
    return set_table(_("By subdistrict"), rows, columns, _, empty=empty)


def _set_sites(network: SchoolNetwork, view: View) -> SheetTable:
    _, short = view.language, list_short_sites(network, view)
    rows = short.assign(kind=short["kind"].map(_.term)) if len(short) else short
    columns = [
        PaperColumn("name", _("School"), is_numeric=False),
        PaperColumn("kind", _("Type"), is_numeric=False, is_extra=True),
        PaperColumn("site", _("Site, m² per pupil / norm")),
        PaperColumn("building", _("Building, m² per pupil / norm")),
    ]
    empty = _("Every school keeps the norms of site and building")
    if sum_sites(network.sites).empty:
        empty = _("The profile sets no norms.")
    return set_table(_("Below the norm"), rows, columns, _, empty=empty)
