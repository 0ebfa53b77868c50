"""What a person decides about an address: a row that is only ever added, and remembered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import Connection, insert, update

from gis import tables
from gis.access import Role
from gis.crs import STORE_SRID
from gis.database import read_table
from gis.errors import UsageError
from layers.language import is_missing
from scenarios.access import log_reading
from scenarios.district import District

LONGEST_REASON, LONGEST_NAME = 300, 60


@dataclass(frozen=True)
class Queued:
    """An address of the queue, with what it may be, best first."""

    id: int
    text: str
    written: str
    source: str
    times: int
    why: str
    level: str
    state: str
    candidates: list[dict[str, Any]]
    who: str | None
    reason: str | None


@dataclass(frozen=True)
class Place:
    """A place of the district.

    Parameters
    ----------
    unit, building
        Codes of what lies there; no building on open ground.
    """

    lon: float
    lat: float
    unit: str
    unit_name: str | None
    building: str | None
    label: str | None


def find_queued(connection: Connection, district: District, id: int) -> Queued:
    """Return an address of the queue.

    Raises
    ------
    UsageError
        When the queue of the district has no such number.
    """
    found = read_table(
        connection, "address_queue", district_id=district.id, id=id, state=None, most=1
    )
    if found.empty:
        raise UsageError(
            f"The queue of {district.profile.code} has no address {id}.",
            mend="See `onemap locate queue`.",
        )
    row = found.astype(object).where(found.notna(), None).iloc[0]
    return Queued(**{name: row[name] for name in Queued.__dataclass_fields__})


def find_place(connection: Connection, district: District, lon: float, lat: float) -> Place:
    """Return what lies at a place.

    Raises
    ------
    UsageError
        When no planning unit of the district holds it.
    """
    found = read_table(connection, "address_place", district_id=district.id, lon=lon, lat=lat)
    if found.empty:
        raise UsageError(
            f"The place {lon:g},{lat:g} lies outside district {district.profile.code}.",
            mend="Give longitude, latitude in degrees, inside the district.",
        )
    row = found.astype(object).where(found.notna(), None).iloc[0]
    label = [row[name] for name in ("building_name", "building_address") if row[name]]
    return Place(
        lon, lat, row["unit"], row["unit_name"], row["building"], " · ".join(label) or None
    )


def find_candidate(queued: Queued, code: str) -> dict[str, Any]:
    """Return the candidate of that code.

    Raises
    ------
    UsageError
        When the address has no such candidate, or it lies nowhere.
    """
    for candidate in queued.candidates:
        if candidate["code"] == code and not is_missing(candidate["lon"]):
            return candidate
    known = ", ".join(str(one["code"]) for one in queued.candidates) or "none"
    raise UsageError(
        f"Address {queued.id} has no candidate '{code}'.", mend=f"It has {known}; or give a point."
    )


def decide_address(
    connection: Connection,
    district: District,
    queued: Queued,
    place: Place,
    *,
    reason: str,
    who: str,
    building: str | None = None,
) -> int:
    """Enter where an address lies; the next run takes it from here. Return the decision's number.

    Needs the steward's rights. A later decision on the same address counts instead of this one.

    Parameters
    ----------
    building
        Code of the building that was chosen; by default the one that stands at the place.

    Raises
    ------
    UsageError
        When reason or name is empty or too long.
    """
    reason, who = " ".join(reason.split()), " ".join(who.split())
    if not reason or not who:
        raise UsageError(
            "A decision needs a reason and the name of who decides.",
            mend="Give both, with --reason and --by.",
        )
    if len(reason) > LONGEST_REASON or len(who) > LONGEST_NAME:
        raise UsageError(
            "The reason or the name is too long.",
            mend=f"Use at most {LONGEST_REASON} and {LONGEST_NAME} letters.",
        )
    decision = connection.execute(
        insert(tables.address_decision)
        .values(
            district_code=district.profile.code,
            text=queued.text,
            building_code=building or place.building,
            reason=reason,
            who=who,
            queue_id=queued.id,
            geom=from_shape(shapely.Point(place.lon, place.lat), srid=STORE_SRID),
        )
        .returning(tables.address_decision.c.id)
    ).scalar_one()
    queue = tables.address_queue
    connection.execute(update(queue).where(queue.c.id == queued.id).values(state="resolved"))
    log_reading(
        connection,
        district,
        f"decision {decision} on address {queued.id}",
        rows=1,
        role=Role.STEWARD,
    )
    return int(decision)
