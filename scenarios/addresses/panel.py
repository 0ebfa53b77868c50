"""The steward's page of addresses: what waits, what it may be, and the place that is chosen."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from gis.access import Role
from gis.database import read_table
from gis.errors import UsageError
from gis.selected_areas import SEPARATOR
from layers.language import Language, is_missing
from layers.scene import Spot
from scenarios.access import log_reading
from scenarios.addresses.decide import (
    Place,
    Queued,
    find_candidate,
    find_place,
    find_queued,
)
from scenarios.addresses.page import CLOSED, LIST, Page
from scenarios.addresses.words import LEVEL_WORDS, WHY_SENTENCES, WHY_WORDS
from scenarios.elements import (
    Column,
    build_back,
    build_figures,
    build_heading,
    build_input,
    build_note,
    build_page,
    build_section,
    build_source,
    build_table,
    order,
    patch,
)
from scenarios.view import View

MOST_ROWS = 200
_FINE = ("building", "unit")
_CLOSE_M, _WIDE_M = 60, 2_500  # what the map shows around a house, and around a road or a village


def build_addresses_entry(view: View) -> Component:
    """Build the button that opens the queue of addresses."""
    _ = view.language
    return html.Button(
        [
            _("Place addresses"),
            html.Span(_("What no rule could place"), className="button-note"),
        ],
        id="open-addresses",
        type="button",
        className="button button-wide",
        **patch(**{**CLOSED, "addresses": LIST, "selection": None}),
    )


def build_addresses_panel(view: View, page: Page, below: str) -> list[Component]:
    """Build the page that is asked for, below the way back; needs the steward's rights.

    Parameters
    ----------
    below
        Name of the page below the list.
    """
    if page.id is None:
        return [build_back(below, **CLOSED), _build_list(view)]
    queued = find_queued(view.connection, view.district, page.id)
    log_reading(
        view.connection, view.district, f"address {page.id} of the queue", rows=1, role=Role.STEWARD
    )
    back = build_back(view.language("Place addresses"), addresses=LIST, spot=None)
    return [back, _build_address(view, queued, page)]


def _build_list(view: View) -> Component:
    _ = view.language
    asked = {"district_id": view.district.id}
    found = read_table(
        view.connection, "address_queue", **asked, id=None, state="open", most=MOST_ROWS
    )
    counts = read_table(view.connection, "address_queue_counts", **asked)
    log_reading(
        view.connection, view.district, "queue of addresses", rows=len(found), role=Role.STEWARD
    )
    waiting = 0 if found.empty else int(found["total"].iloc[0])
    title = _.count("{n} address waits for a person", "{n} addresses wait for a person", waiting)
    rows = found.assign(why=[_(WHY_WORDS[why]) for why in found["why"]])
    columns = [
        Column("written", _("Address")),
        Column("why", _("Why")),
        Column("times", _("Rows")),
    ]
    return build_page(
        build_heading(title, _("Two places are about as good, or none is good enough")),
        _build_counts(counts, _),
        build_section(
            _("Waiting"),
            build_table(
                rows,
                columns,
                language=_,
                opens=_open_address,
                limit=25,
                empty=_("There is none. Addresses come by onemap locate --addresses FILE."),
            ),
        ),
        build_note(_("The first {n}; all by onemap locate queue.", n=MOST_ROWS))
        if waiting > MOST_ROWS
        else None,
        build_source(view, plan=False),
    )


def _build_counts(counts: pd.DataFrame, _: Language) -> Component | None:
    if counts.empty:
        return None
    by_state = counts.groupby("state")["addresses"].sum()
    return build_figures(
        [
            (_("Waiting"), _.number(by_state.get("open", 0))),
            (_("Resolved"), _.number(by_state.get("resolved", 0))),
            (_("Found since"), _.number(by_state.get("found", 0))),
        ]
    )


def _open_address(row: dict[Any, Any]) -> dict[str, Any]:
    """Open an address and bring the map to what it may be."""
    changes: dict[str, Any] = {"addresses": str(row["id"]), "spot": None, "selection": None}
    circles = [
        f"o{one['lon']:.6f},{one['lat']:.6f},{_CLOSE_M if one['kind'] in _FINE else _WIDE_M}"
        for one in row["candidates"]
        if not is_missing(one["lon"])
    ]
    if circles:
        changes["place"] = {"kind": "area", "area": SEPARATOR.join(circles)}
    return changes


def _build_address(view: View, queued: Queued, page: Page) -> Component:
    _ = view.language
    place, building, fault = _find_chosen(view, queued, page)
    facts = f"{_(WHY_WORDS[queued.why])} · {_(LEVEL_WORDS[queued.level])} · {queued.source}"
    return build_page(
        build_heading(queued.written, facts),
        build_note(_(WHY_SENTENCES[queued.why])),
        _build_decided(queued, _),
        build_section(_("What it may be"), _build_candidates(queued, page, _)),
        build_section(
            _("Chosen place"),
            build_note(fault or _tell_place(place, _)),
            _build_form(queued, place, building, _) if place else None,
        ),
        build_source(view, plan=False),
    )


def _find_chosen(
    view: View, queued: Queued, page: Page
) -> tuple[Place | None, str | None, str | None]:
    """Return the place that is chosen, the building if it is one, and what is wrong with it."""
    _ = view.language
    point, building = page.point, None
    if page.spot is not None:
        chosen = find_candidate(queued, page.spot)
        point = float(chosen["lon"]), float(chosen["lat"])
        building = page.spot if chosen["kind"] == "building" else None
    if point is None:
        return None, None, _("Click a candidate, or the map where the address lies.")
    try:
        return find_place(view.connection, view.district, *point), building, None
    except UsageError:
        return None, None, _("That place lies outside the district. Click inside.")


def _build_decided(queued: Queued, _: Language) -> Component | None:
    if queued.who is None:
        return None
    return build_note(
        _("Decided by {who}: {reason}. A new decision takes its place.",
          who=queued.who, reason=queued.reason)
    )  # fmt: skip


def _build_candidates(queued: Queued, page: Page, _: Language) -> Component:
    rows = pd.DataFrame(
        [
            {
                "mark": str(at),
                "label": one["label"],
                "unit": one.get("unit_name"),
                "score": _.percent(100 * one["score"], 0),
                "code": one["code"],
                "chosen": "●" if one["code"] == page.spot else "",
            }
            for at, one in enumerate(queued.candidates, start=1)
        ],
        columns=["mark", "label", "unit", "score", "code", "chosen"],
    )
    columns = [
        Column("label", _("Candidate")),
        Column("unit", _("Planning unit")),
        Column("mark", _("On the map"), align="center"),
        Column("score", _("Fits"), align="right"),
        Column("chosen", "", align="center"),
    ]
    return build_table(
        rows,
        columns,
        language=_,
        opens=lambda row: {"spot": row["code"]},
        empty=_("Nothing was found. Click the map where the address lies."),
    )


def _tell_place(place: Place | None, _: Language) -> str | None:
    if place is None:
        return None
    named = place.label or _("open ground")
    return _(
        "{place}, planning unit {unit} ({lon}, {lat})",
        place=named,
        unit=place.unit_name or place.unit,
        lon=f"{place.lon:.5f}",
        lat=f"{place.lat:.5f}",
    )


def _build_form(queued: Queued, place: Place, building: str | None, _: Language) -> Component:
    fields = [
        build_input(
            id="address-reason",
            name="reason",
            label=_("Reason"),
            required=True,
            className="report-wide",
        ),
        build_input(
            id="address-who",
            name="who",
            label=_("Name of who decides"),
            required=True,
            className="report-wide",
        ),
    ]
    button = html.Button(_("Place it here"), type="submit", className="button button-main")
    return html.Form(
        [
            html.Div(fields, className="report-fields"),
            html.Div(button, className="buttons"),
            build_note(_("The next file with this address finds it here.")),
        ],
        id="address-form",
        className="draft-form",
        **order("place", address=queued.id, lon=place.lon, lat=place.lat, building=building),
    )


def list_spots(view: View, page: Page | None) -> tuple[Spot, ...]:
    """List what the open address may be, and the place that is chosen, for the map."""
    if page is None or page.id is None:
        return ()
    queued = find_queued(view.connection, view.district, page.id)
    spots = [
        Spot(
            str(at),
            str(one["label"]),
            one["lon"],
            one["lat"],
            one["code"],
            one["code"] == page.spot,
        )
        for at, one in enumerate(queued.candidates, start=1)
        if not is_missing(one["lon"])
    ]
    if page.point is not None:
        spots.append(Spot("✓", view.language("Chosen place"), *page.point, "", is_chosen=True))
    return tuple(sorted(spots, key=lambda spot: spot.is_chosen))  # the chosen one lies on top
