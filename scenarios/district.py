"""A loaded district: its id, its profile and its plans."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, delete, select, update

from catchments.profile import Profile, parse_profile
from gis import tables
from gis.errors import UsageError


@dataclass(frozen=True)
class District:
    """A district as the database holds it; its profile is the one in force."""

    id: int
    profile: Profile


@dataclass(frozen=True)
class Plan:
    """A plan as the database holds it."""

    id: int
    code: str
    name_zh: str
    name_en: str | None
    method: str
    digest: str
    is_draft: bool = False


def find_district(connection: Connection, code: str) -> District:
    """Return the loaded district of that code.

    Raises
    ------
    UsageError
        When no such district is loaded; names those that are.
    """
    district = tables.district
    row = connection.execute(
        select(district.c.id, district.c.profile).where(district.c.code == code)
    ).one_or_none()
    if row is None:
        known = list(
            connection.execute(select(district.c.code).order_by(district.c.code)).scalars()
        )
        loaded = ", ".join(known) if known else "none"
        raise UsageError(
            f"District '{code}' is not loaded (loaded: {loaded}).",
            mend="Load it with `onemap load sample` or `onemap load district`.",
        )
    return District(row.id, parse_profile(row.profile, origin=f"of district {code}"))


def list_plans(connection: Connection, district: District, *, drafts: bool = False) -> list[Plan]:
    """Return the plans of the district in the order they were made; drafts on request."""
    plan = tables.plan
    columns = (plan.c[field.name] for field in fields(Plan))
    mine = select(*columns).where(plan.c.district_id == district.id).order_by(plan.c.id)
    rows = connection.execute(mine if drafts else mine.where(~plan.c.is_draft))
    return [Plan(*row) for row in rows]


def find_plan(connection: Connection, district: District, code: str | None) -> Plan:
    """Return the plan of that code, which may be a draft, or the district's default plan.

    Raises
    ------
    UsageError
        When the district has no such plan; names those it has.
    """
    wanted = code or district.profile.default_plan
    plans = list_plans(connection, district, drafts=True)
    for plan in plans:
        if plan.code == wanted:
            return plan
    kept = ", ".join(plan.code for plan in plans if not plan.is_draft)
    raise UsageError(
        f"District {district.profile.code} has no plan '{wanted}'.",
        mend=f"Use one of {kept or 'none yet'}, or draw one with `onemap draw`.",
    )


def keep_draft(
    connection: Connection,
    district: District,
    code: str,
    *,
    new_code: str,
    name_zh: str,
    name_en: str | None = None,
) -> Plan:
    """Keep a draft as a plan of another name; its catchments, counts and measures stay with it.

    Raises
    ------
    UsageError
        When there is no such draft, or another plan bears the new code already.
    """
    draft = _find_draft(connection, district, code)
    plans = list_plans(connection, district, drafts=True)
    if new_code in {plan.code for plan in plans if plan.id != draft.id}:
        raise UsageError(
            f"District {district.profile.code} has a plan '{new_code}' already.",
            mend="Choose another code.",
        )
    kept = connection.execute(
        update(tables.plan)
        .where(tables.plan.c.id == draft.id, tables.plan.c.is_draft)
        .values(code=new_code, name_zh=name_zh, name_en=name_en, is_draft=False)
    )
    _check_hit(kept.rowcount, code)
    return find_plan(connection, district, new_code)


def drop_draft(connection: Connection, district: District, code: str) -> None:
    """Remove a draft with all that was computed for it.

    Raises
    ------
    UsageError
        When there is no such draft; plans that were kept are never dropped.
    """
    draft = _find_draft(connection, district, code)
    dropped = connection.execute(
        delete(tables.plan).where(tables.plan.c.id == draft.id, tables.plan.c.is_draft)
    )
    _check_hit(dropped.rowcount, code)


def _find_draft(connection: Connection, district: District, code: str) -> Plan:
    plan = find_plan(connection, district, code)
    if not plan.is_draft:
        raise UsageError(f"Plan '{code}' is no draft.", mend="Name a draft.")
    return plan


def _check_hit(rows: int, code: str) -> None:
    """Refuse when somebody else kept or dropped the draft between the look and the change."""
    if not rows:
        raise UsageError(
            f"Draft '{code}' was kept or dropped meanwhile.", mend="Look at the plans again."
        )


def find_place_id(connection: Connection, district_id: int, kind: str, code: str) -> int:
    """Return the id of the school or subdistrict that a code or a name names.

    Raises
    ------
    UsageError
        When the district has none of that code or name.
    """
    table: Any = {"school": tables.school, "subdistrict": tables.subdistrict}[kind]
    rows = connection.execute(
        select(table.c.id)
        .where(table.c.district_id == district_id)
        .where((table.c.code == code) | (table.c.name_zh == code) | (table.c.name_en == code))
        .order_by(table.c.id)
    ).scalars()
    found = list(rows)
    if not found:
        raise UsageError(
            f"There is no {kind} '{code}' in the district.",
            mend=f"Give the code or the full name of a {kind}.",
        )
    return int(found[0])


def check_choice(district: District, *, stage: str | None, year: int | None) -> int:
    """Check a stage and a year against the profile; return the year, or the one it shows first.

    Raises
    ------
    UsageError
        When the district has no such stage or does not show that year.
    """
    if stage is not None:
        district.profile.get_stage(stage)
    years = district.profile.years
    if year is not None and not years.first <= year <= years.last:
        raise UsageError(
            f"Year {year} is not counted in district {district.profile.code}.",
            mend=f"Use a year from {years.first} to {years.last}.",
        )
    return year if year is not None else years.shown
