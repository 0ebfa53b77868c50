"""All that the pages about single schools and catchments tell, read by one question a subject."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from gis.database import read_table
from gis.errors import UsageError
from layers.language import Language
from layers.print_map.warnings import WarningMap
from scenarios.briefings.material import Material
from scenarios.enrolment_warning.answer import read_counts
from scenarios.enrolment_warning.clear import Sources, read_sources
from scenarios.enrolment_warning.states import read_states
from scenarios.naming import list_rows
from scenarios.resource_distribution.panel import read_results
from scenarios.view import View


@dataclass(frozen=True, eq=False)
class Facts:
    """What is known of all schools and catchments of a plan.

    Parameters
    ----------
    counts
        As ``queries/catchment_counts.sql`` returns it, all stages and years.
    grades
        As ``queries/school_grades.sql`` returns it.
    seats
        As ``queries/seats.sql`` returns it.
    results
        As ``queries/indicator_results.sql`` returns it.
    neighbours
        stage, school_id, neighbour_id.
    places
        As ``queries/catchment_places.sql`` returns it, of the view's stage.
    ways
        school_id, mean_distance_m, radius_m, beyond_radius_pct of the view's stage.
    sources
        For the outlooks of the view's stage.
    """

    counts: pd.DataFrame
    grades: pd.DataFrame
    seats: pd.DataFrame
    results: pd.DataFrame
    neighbours: pd.DataFrame
    places: pd.DataFrame
    ways: pd.DataFrame
    sources: Sources

    def select_grades(self, school_id: int) -> pd.DataFrame:
        """Return the grades of a school in the newest year that it has any."""
        mine = self.grades[self.grades["school_id"] == school_id]
        return mine[mine["year"] == mine["year"].max()]

    def select_years(self, school_id: int, stage: str) -> pd.DataFrame:
        """Return the count of one catchment, year by year."""
        counts = self.counts
        mine = (counts["school_id"] == school_id) & (counts["stage"] == stage)
        return counts[mine].sort_values("year")

    def select_neighbours(self, school_id: int, stage: str, year: int) -> pd.DataFrame:
        """Return the count of the bordering catchments in a year, those with most free first."""
        pairs = self.neighbours
        around = pairs.loc[
            (pairs["school_id"] == school_id) & (pairs["stage"] == stage), "neighbour_id"
        ]
        counts = self.counts
        near = counts[
            counts["school_id"].isin(around) & (counts["year"] == year) & (counts["stage"] == stage)
        ]
        return near.sort_values(
            ["surplus_seats", "school_code"], ascending=[False, True], na_position="last"
        )


def read_facts(view: View) -> Facts:
    """Read the facts of all schools and catchments of the view's plan."""
    asked: dict[str, Any] = {"district_id": view.district.id, "school_id": None}
    plan = {"plan_id": view.plan.id, "school_id": None}
    states = read_states(view.connection, view.district, view.plan, view.stage, view.year).schools
    return Facts(
        counts=read_counts(view.connection, view.district, view.plan),
        grades=read_table(view.connection, "school_grades", **asked),
        seats=read_table(view.connection, "seats", **asked),
        results=read_results(view),
        neighbours=read_table(view.connection, "catchment_neighbours", **plan, stage=None),
        places=read_table(view.connection, "catchment_places", **plan, stage=view.stage),
        ways=states[["school_id", "mean_distance_m", "radius_m", "beyond_radius_pct"]],
        sources=read_sources(view.connection, view.district, view.plan, view.stage),
    )


def find_school(material: Material, school_id: int) -> dict[str, Any]:
    """Return the row of a school.

    Raises
    ------
    UsageError
        When it is not open in the year.
    """
    schools = material.ground.schools
    found = schools[schools["school_id"] == school_id].drop(columns="flat")
    if found.empty:
        raise UsageError(
            f"The school is not open in {material.view.year}.",
            mend="Choose another year, or another school.",
        )
    row = list_rows(found)[0]
    return row | {"name_zh": row["school_name_zh"], "name_en": row["school_name_en"]}


def draw_around(
    material: Material, counts: pd.DataFrame, stage: str, focus: Any, school_id: int
) -> WarningMap:
    """Describe the map about a school and its areas: warnings of a stage and year, all schools."""
    view = material.view
    chosen = counts[(counts["stage"] == stage) & (counts["year"] == view.year)]
    return WarningMap(
        material.ground,
        chosen,
        view.language,
        name_pt=material.paper.name_pt + 0.4,
        focus=focus,
        has_others=True,
        subject_id=school_id,
    )


def join_facts(parts: list[str], language: Language) -> str:
    """Join short facts with the sign that separates them in both languages."""
    return language("; ").join(part for part in parts if part)
