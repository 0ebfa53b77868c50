"""The eight scenarios in the order of the district's plan, and the panels of single things."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dash.development.base_component import Component

from gis.errors import UsageError
from layers.language import msgid
from scenarios.academic_results import panel as academic_results
from scenarios.enrolment_warning import panel as enrolment_warning
from scenarios.enrolment_warning.catchment_panel import build_catchment_panel
from scenarios.project_monitoring import panel as project_monitoring
from scenarios.project_monitoring.project_panel import build_project_panel
from scenarios.resource_distribution import panel as resource_distribution
from scenarios.school_development import panel as school_development
from scenarios.school_network import panel as school_network
from scenarios.school_network.school_panel import build_school_panel
from scenarios.school_network.subdistrict_panel import build_subdistrict_panel
from scenarios.student_growth import panel as student_growth
from scenarios.teacher_analysis import panel as teacher_analysis
from scenarios.view import View


@dataclass(frozen=True)
class Scenario:
    """One application scenario (典型应用场景).

    Parameters
    ----------
    name
        Msgid of its name.
    layers
        Map layers that are on when it opens.
    build_panel
        Builds its answer, while nothing is selected.
    """

    code: str
    name: str
    layers: tuple[str, ...]
    build_panel: Callable[[View], Component]


_GROUND = ("subdistricts", "basemap")

SCENARIOS = (
    Scenario(
        "school_network",
        msgid("School network"),
        ("schools", "buildings", *_GROUND),
        school_network.build_panel,
    ),
    Scenario(
        "enrolment_warning",
        msgid("Enrolment warning"),
        ("catchments", "columns", *_GROUND),
        enrolment_warning.build_panel,
    ),
    Scenario(
        "resource_distribution",
        msgid("Resource distribution"),
        ("balance", *_GROUND),
        resource_distribution.build_panel,
    ),
    Scenario(
        "project_monitoring",
        msgid("Project monitoring"),
        ("projects", "buildings", *_GROUND),
        project_monitoring.build_panel,
    ),
    Scenario(
        "school_development",
        msgid("School development"),
        ("schools", *_GROUND),
        school_development.build_panel,
    ),
    Scenario(
        "teacher_analysis",
        msgid("Teacher analysis"),
        ("teacher_shortage", *_GROUND),
        teacher_analysis.build_panel,
    ),
    Scenario(
        "student_growth",
        msgid("Student growth"),
        ("schools", *_GROUND),
        student_growth.build_panel,
    ),
    Scenario(
        "academic_results",
        msgid("Academic results"),
        ("value_added", "schools", *_GROUND),
        academic_results.build_panel,
    ),
)

# What a click on the map or on a name in a panel opens; the id of a catchment is its school's.
ENTITY_PANELS: dict[str, Callable[[View, int], Component]] = {
    "school": build_school_panel,
    "catchment": build_catchment_panel,
    "project": build_project_panel,
    "subdistrict": build_subdistrict_panel,
}


def find_scenario(code: str) -> Scenario:
    """Return the scenario of that code.

    Raises
    ------
    UsageError
        When there is none.

    Examples
    --------
    >>> find_scenario("enrolment_warning").name
    'Enrolment warning'
    """
    for scenario in SCENARIOS:
        if scenario.code == code:
            return scenario
    known = ", ".join(scenario.code for scenario in SCENARIOS)
    raise UsageError(f"There is no scenario '{code}'.", mend=f"Use one of {known}.")
