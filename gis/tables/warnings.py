"""Warnings and what they rest on: children by age and batch, ways, and the life of each warning."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    Double,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    func,
)

from gis.tables.columns import OPEN, key, maybe, metadata, refer, value

unit_age = Table(
    "unit_age",
    metadata,
    refer("run_id", "run", "Run", index=True),
    refer("planning_unit_id", "planning_unit", "Unit; empty when unlocated", nullable=True),
    value("age", SmallInteger, "Full years on the data date", least=0),
    value("children", Integer, "Children of the register", least=0),
    value("registered_children", Integer, "Of them locally registered", least=0),
    Index(None, "planning_unit_id"),  # area_ages
    CheckConstraint("registered_children <= children", name="registered"),
    schema=OPEN,
    comment="Children of the register by planning unit and age",
)

unit_batch = Table(
    "unit_batch",
    metadata,
    refer("run_id", "run", "Run of the assignment", index=True),
    refer("planning_unit_id", "planning_unit", "Unit; empty when unlocated", nullable=True),
    value("batch", String, "Code of the batch; empty text: for a person to decide"),
    value("children", Integer, "Children", least=0),
    Index(None, "planning_unit_id"),  # area_batches
    schema=OPEN,
    comment="Children of an assignment by planning unit and batch",
)

catchment_reach = Table(
    "catchment_reach",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    refer("school_id", "school", "School", primary_key=True, index=True),
    value("stage", String, "Stage of education", primary_key=True),
    value("year", SmallInteger, "Year of the pupils"),
    value("pupils", Integer, "Counted children of the catchment", least=0),
    maybe("mean_distance_m", Double, "Mean way to the school; empty where there is none"),
    value("radius_m", Double, "Service radius of the stage"),
    value("beyond_radius_pct", Double, "Share whose way is longer than the radius"),
    value("on_foot", Boolean, "Whether ways lead over the streets; else straight lines"),
    schema=OPEN,
    comment="How far the children of each catchment have to its school",
)

warning = Table(
    "warning",
    metadata,
    key("Warning"),
    # By codes, not by keys: a warning outlives the data that raised it.
    value("district_code", String, "Code of the district"),
    value("plan_code", String, "Plan whose catchment it speaks of"),
    value("stage", String, "Stage of education"),
    value("school_code", String, "School of the catchment"),
    value("year", SmallInteger, "Year in which the school year begins"),
    value("level", String, "yellow or red; none once it is cleared"),
    value("raised_at", DateTime(timezone=True), "When first raised", server_default=func.now()),
    value("raised_by_run", BigInteger, "Run that first raised it"),
    UniqueConstraint("district_code", "plan_code", "stage", "school_code", "year"),
    CheckConstraint("level in ('none', 'yellow', 'red')", name="level"),
    schema=OPEN,
    comment="Enrolment warnings of the plan in force, from being raised to being cleared",
)

warning_event = Table(
    "warning_event",
    metadata,
    key("Event"),
    refer("warning_id", "warning", "Warning", index=True),
    value(
        "kind",
        String,
        "raised, acknowledged, measure, expected_to_clear, cleared or reopened",
    ),
    value("at", DateTime(timezone=True), "When", server_default=func.now()),
    value("who", String, "Name of the officer, or the account whose run it was"),
    maybe("level", String, "Level that a run found"),
    maybe("text", String, "What was said or decided"),
    maybe("expected_year", SmallInteger, "Year from which it is expected to be cleared"),
    maybe("run_id", BigInteger, "Run that raised or cleared it"),
    CheckConstraint(
        "kind in ('raised', 'acknowledged', 'measure', 'expected_to_clear', 'cleared', 'reopened')",
        name="kind",
    ),
    schema=OPEN,
    comment="What happened to a warning; only ever added to",
)
