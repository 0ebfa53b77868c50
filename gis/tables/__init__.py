"""Tables of the database: aggregates in schema ``onemap``, personal rows in ``registry``.

A table here is also the contract of the dataset of that name: see :mod:`gis.ingest.contract`.
"""

from gis.tables.columns import OPEN, PERSONAL, metadata
from gis.tables.places import (
    building,
    community,
    dataset,
    district,
    planning_unit,
    rejected_row,
    road,
    subdistrict,
    water,
)
from gis.tables.registry import (
    access_log,
    child,
    household,
    property_certificate,
    property_unit,
)
from gis.tables.results import (
    building_progress,
    catchment,
    catchment_count,
    indicator_result,
    indicator_variation,
    plan,
    plan_measure,
    plan_membership,
    project_progress,
    run,
    unit_demand,
)
from gis.tables.schools import (
    campus_building,
    enrolment,
    project,
    project_building,
    project_seat,
    resource_fact,
    school,
    seat,
    stage_record,
)

__all__ = [
    "OPEN",
    "PERSONAL",
    "access_log",
    "building",
    "building_progress",
    "campus_building",
    "catchment",
    "catchment_count",
    "child",
    "community",
    "dataset",
    "district",
    "enrolment",
    "household",
    "indicator_result",
    "indicator_variation",
    "metadata",
    "plan",
    "plan_measure",
    "plan_membership",
    "planning_unit",
    "project",
    "project_building",
    "project_progress",
    "project_seat",
    "property_certificate",
    "property_unit",
    "rejected_row",
    "resource_fact",
    "road",
    "run",
    "school",
    "seat",
    "stage_record",
    "subdistrict",
    "unit_demand",
    "water",
]
