"""What city GIS can take: one entry a collection, and the question that its features answer.

A new collection is an entry here and a file in ``gis/queries``: rows with a stable ``code``, a
``geom`` where they have a place, no row about a person, no count of few children.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from gis.database import read_table
from gis.errors import UsageError
from gis.services.feature_tiles import FEATURE_ZOOMS
from gis.services.features import Source
from layers.language import msgid
from scenarios.district import District, Plan


@dataclass(frozen=True)
class Entry:
    """A collection of features.

    Parameters
    ----------
    title, description
        Source strings, translated where they are shown.
    query
        Question in ``gis/queries``; it may ask with district_id, district_code, plan_id,
        plan_code, run_id (newest count of the plan), stage (none: all), kinds, year and day.
    start, end
        Columns of the days from and to which a feature holds.
    zooms
        Zooms that its vector tiles have.
    """

    code: str
    title: str
    description: str
    query: str
    start: str | None = None
    end: str | None = None
    zooms: range = FEATURE_ZOOMS


COLLECTIONS = (
    Entry(
        "schools",
        msgid("Schools"),
        msgid("Schools and kindergartens with seats of the year shown and newest pupils."),
        "export_schools",
        start="opened_on",
    ),
    Entry(
        "catchments",
        msgid("Catchments"),
        msgid("Catchments of the plan in force, by stage, with children, seats and warning."),
        "export_catchments",
        start="valid_from",
        end="valid_to",
    ),
    Entry(
        "planning_units",
        msgid("Planning units"),
        msgid("Smallest areas that move between catchments as a whole."),
        "collection_planning_units",
        zooms=range(11, FEATURE_ZOOMS.stop),  # from farther off they are smaller than a pixel
    ),
    Entry(
        "subdistricts",
        msgid("Subdistricts"),
        msgid("Subdistricts and towns with their number of open schools."),
        "collection_subdistricts",
    ),
    Entry(
        "warnings",
        msgid("Enrolment warnings"),
        msgid("Warnings raised under the plan in force, by catchment and year, and their state."),
        "collection_warnings",
        start="raised_on",
        end="cleared_on",
    ),
    Entry(
        "projects",
        msgid("Building projects"),
        msgid("New schools and extensions: progress, delay, expected completion, seats."),
        "collection_projects",
        start="started_on",
        end="expected_end_on",
    ),
    Entry(
        "project_buildings",
        msgid("Project buildings"),
        msgid("Buildings of the projects and how much of each stands."),
        "collection_project_buildings",
    ),
    Entry(
        "balance",
        msgid("Quality balance"),
        msgid("Resource indicators of each school against the standard."),
        "collection_balance",
    ),
)


def find_entry(code: str) -> Entry:
    """Return the collection of that code.

    Raises
    ------
    UsageError
        When there is none; names those there are.

    Examples
    --------
    >>> find_entry("catchments").end
    'valid_to'
    """
    for entry in COLLECTIONS:
        if entry.code == code:
            return entry
    raise UsageError(
        f"There is no collection '{code[:60]}'.",
        mend=f"Use one of {', '.join(entry.code for entry in COLLECTIONS)}.",
    )


def build_source(connection: Connection, district: District, plan: Plan, entry: Entry) -> Source:
    """Return the source of a collection for a district and plan, by the newest stored count."""
    profile = district.profile
    runs = read_table(
        connection, "newest_run", district_id=district.id, kind="count", plan_id=plan.id
    )
    parameters = {
        "district_id": district.id,
        "district_code": profile.code,
        "plan_id": plan.id,
        "plan_code": plan.code,
        "run_id": None if runs.empty else int(runs["id"].iloc[0]),
        "stage": None,
        "kinds": [],
        "year": profile.years.shown,
        "day": profile.data_date,
    }
    return Source(entry.query, parameters, entry.start, entry.end)
