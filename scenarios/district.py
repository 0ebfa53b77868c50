"""A loaded district: its id, its profile and its plans."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

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


def list_plans(connection: Connection, district: District) -> list[Plan]:
    """Return the plans of the district in the order they were made."""
    plan = tables.plan
    rows = connection.execute(
        select(plan.c.id, plan.c.code, plan.c.name_zh, plan.c.name_en, plan.c.method, plan.c.digest)
        .where(plan.c.district_id == district.id)
        .order_by(plan.c.id)
    )
    return [Plan(*row) for row in rows]


def find_plan(connection: Connection, district: District, code: str | None) -> Plan:
    """Return the plan of that code, or the district's default plan.

    Raises
    ------
    UsageError
        When the district has no such plan; names those it has.
    """
    wanted = code or district.profile.default_plan
    plans = {plan.code: plan for plan in list_plans(connection, district)}
    if wanted not in plans:
        raise UsageError(
            f"District {district.profile.code} has no plan '{wanted}'.",
            mend=f"Use one of {', '.join(plans) or 'none yet'}, or draw one with `onemap draw`.",
        )
    return plans[wanted]


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
