"""What city GIS can take: one entry a collection, and the question that its features answer.

A new collection is an entry here and a file in ``gis/queries``: rows with a stable ``code``, a
``geom`` where they have a place, no row about a person, no count of few children.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from gis.errors import UsageError
from gis.runs import find_newest_run
from gis.services.feature_tiles import FEATURE_ZOOMS
from gis.services.features import Source
from layers.language import msgid
from scenarios.district import District, Plan
from scenarios.exporting import LAYERS


@dataclass(frozen=True)
class Entry:
    """A collection of features: the rows of the export of that name.

    Parameters
    ----------
    title, description
        Source strings, translated where they are shown.
    zooms
        Zooms that its vector tiles have.
    """

    code: str
    title: str
    description: str
    zooms: range = FEATURE_ZOOMS

    @property
    def query(self) -> str:
        """Question in ``gis/queries``, the same that fills the exported files."""
        return f"export_{self.code}"


COLLECTIONS = (
    Entry(
        "schools",
        msgid("Schools"),
        msgid("Schools and kindergartens with seats of the year shown and newest pupils."),
    ),
    Entry(
        "catchments",
        msgid("Catchments"),
        msgid("Catchments of the plan in force, by stage, with children, seats and warning."),
    ),
    Entry(
        "planning_units",
        msgid("Planning units"),
        msgid("Smallest areas that move between catchments as a whole."),
        zooms=range(11, FEATURE_ZOOMS.stop),  # from farther off they are smaller than a pixel
    ),
    Entry(
        "subdistricts",
        msgid("Subdistricts"),
        msgid("Subdistricts and towns with their number of open schools."),
    ),
    Entry(
        "warnings",
        msgid("Enrolment warnings"),
        msgid("Warnings raised under the plan in force, by catchment and year, and their state."),
    ),
    Entry(
        "projects",
        msgid("Building projects"),
        msgid("New schools and extensions: progress, delay, expected completion, seats."),
    ),
    Entry(
        "project_buildings",
        msgid("Project buildings"),
        msgid("Buildings of the projects and how much of each stands."),
    ),
    Entry(
        "balance",
        msgid("Quality balance"),
        msgid("Resource indicators of each school against the standard."),
    ),
    Entry(
        "teacher_posts",
        msgid("Posts of teachers"),
        msgid("Posts needed and filled at each school by subject, and the teachers missing."),
    ),
    Entry(
        "accessibility",
        msgid("Accessibility"),
        msgid("Seats within reach of a child of each planning unit, and its nearest school."),
        zooms=range(11, FEATURE_ZOOMS.stop),
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
    >>> find_entry("catchments").query
    'export_catchments'
    """
    for entry in COLLECTIONS:
        if entry.code == code:
            return entry
    raise UsageError(
        f"There is no collection '{code[:60]}'.",
        mend=f"Use one of {', '.join(entry.code for entry in COLLECTIONS)}.",
    )


def build_source(connection: Connection, district: District, plan: Plan, entry: Entry) -> Source:
    """Return the source of a collection for a district and plan, by the newest stored run."""
    profile, kind = district.profile, LAYERS[entry.code.replace("_", "-")].run
    run_id = None
    if kind is not None:
        run_id = find_newest_run(connection, district_id=district.id, kind=kind, plan_id=plan.id)
    parameters: dict[str, Any] = {
        "district_id": district.id,
        "plan_id": plan.id,
        "run_id": run_id,
        "stage": None,
        "kinds": [],
        "year": profile.years.shown,
        "asked_year": None,
        "day": profile.data_date,
    }
    return Source(entry.query, parameters, "valid_from", "valid_to")
