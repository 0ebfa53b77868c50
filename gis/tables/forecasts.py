"""Forecasts: what they rest on beside the registers, what they say, and what was published."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
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

from gis.tables.columns import OPEN, key, maybe, metadata, refer, shape, value

housing_project = Table(
    "housing_project",
    metadata,
    key("Housing project"),
    refer("district_id", "district", "District"),
    refer("planning_unit_id", "planning_unit", "Unit it stands in", nullable=True, index=True),
    value("code", String, "Stable code"),
    value("name_zh", String, "Name of the estate"),
    maybe("name_en", String, "Name in English"),
    value("tenure", String, "Tenure of its dwellings, as in property_unit"),
    value("dwellings", Integer, "Dwellings it adds", least=0),
    value("completed_on", Date, "Day of completion, planned while it is not built"),
    value("state", String, "planned, under_construction or completed"),
    shape("POINT", "Place of the site"),
    UniqueConstraint("district_id", "code"),
    CheckConstraint("state in ('planned', 'under_construction', 'completed')", name="state"),
    schema=OPEN,
    comment="Homes under construction or planned, which bring children (在建、规划住宅)",
)

women = Table(
    "women",
    metadata,
    refer("planning_unit_id", "planning_unit", "Unit of residence", primary_key=True),
    value("age_from", SmallInteger, "First year of age of a group of five", primary_key=True),
    value("women", Integer, "Women of the age group on the data date", least=0),
    CheckConstraint("age_from in (15, 20, 25, 30, 35, 40, 45)", name="age_from"),
    schema=OPEN,
    comment="Women of child-bearing age by planning unit, from the household register",
)


def _interval(what: str) -> list[Column[Any]]:
    """Columns of the 80 and 95 per cent intervals."""
    return [
        value(f"{side}_{level}", Double, f"{what}: {side} end of the {level} % interval")
        for level in (80, 95)
        for side in ("low", "high")
    ]


forecast_unit = Table(
    "forecast_unit",
    metadata,
    refer("run_id", "run", "Run", index=True),
    refer("planning_unit_id", "planning_unit", "Unit; empty when unlocated", nullable=True),
    value("stage", String, "Stage that the children enter"),
    value("year", SmallInteger, "Year in which the school year begins"),
    value("children", Double, "Expected children", least=0),
    value("registered_children", Double, "Of them locally registered", least=0),
    Index(None, "planning_unit_id"),  # deletes
    schema=OPEN,
    comment="Children expected to enter a stage, by planning unit and year",
)

forecast_source = Table(
    "forecast_source",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    value("stage", String, "Stage that the children enter", primary_key=True),
    value("year", SmallInteger, "Year in which the school year begins", primary_key=True),
    value(
        "source",
        String,
        "register (born and registered), births, migration, homes, elsewhere (no graduates of the"
        " district) or official (scaled to a total)",
        primary_key=True,
    ),
    value("children", Double, "Children that it adds; negative: takes away"),
    schema=OPEN,
    comment="What the district's expected children are made of; the sources sum to the total",
)

forecast_catchment = Table(
    "forecast_catchment",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    refer("school_id", "school", "School", primary_key=True, index=True),
    value("stage", String, "Stage of education", primary_key=True),
    value("year", SmallInteger, "Year in which the school year begins", primary_key=True),
    value("children", Double, "Expected children"),
    value("counted_children", Double, "Those that the warning rule counts, expected"),
    *_interval("Counted children"),
    maybe("seats", Integer, "Seats they are set against, those of projects left out"),
    value("project_seats", Integer, "Further seats that projects have opened by then"),
    maybe("shortfall_seats", Double, "Mean of the counted children above all seats"),
    maybe("warning", String, "none, yellow, red or unknown, by expected children and all seats"),
    maybe("yellow_chance", Double, "Chance of yellow or red, 0 to 1"),
    maybe("red_chance", Double, "Chance of red, 0 to 1"),
    value("basis", String, "registered (all are born), partly_born or unborn"),
    schema=OPEN,
    comment="Expected demand against seats by catchment and year, with the chance of a warning",
)

forecast_pupil = Table(
    "forecast_pupil",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    refer("school_id", "school", "School", primary_key=True, index=True),
    value("stage", String, "Stage of education", primary_key=True),
    value("grade", SmallInteger, "Grade within the stage, from 1; 0 for all", primary_key=True),
    value("year", SmallInteger, "Year in which the school year begins", primary_key=True),
    value("pupils", Double, "Expected pupils"),
    *_interval("Pupils"),
    schema=OPEN,
    comment="Expected pupils by school, grade and year",
)

forecast_total = Table(
    "forecast_total",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    value("stage", String, "Stage of education", primary_key=True),
    value("measure", String, "children (who enter) or pupils (enrolled)", primary_key=True),
    value("grade", SmallInteger, "Grade within the stage; 0 for all", primary_key=True),
    value("year", SmallInteger, "Year in which the school year begins", primary_key=True),
    value("expected", Double, "Expected number in the district"),
    *_interval("Number"),
    CheckConstraint("measure in ('children', 'pupils')", name="measure"),
    schema=OPEN,
    comment="District totals of a forecast; intervals do not sum, so they are computed here",
)

forecast_backtest = Table(
    "forecast_backtest",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    value("stage", String, "Stage of education", primary_key=True),
    value("level", String, "school, school_grade, grade or district", primary_key=True),
    value("horizon", SmallInteger, "Years ahead", primary_key=True, least=1),
    value("method", String, "forecast, last_year or cohort_survival", primary_key=True),
    value("origins", Integer, "Years from which it was told"),
    value("cases", Integer, "Numbers that were scored"),
    maybe("mape_pct", Double, "Mean of |told − came| ÷ came"),
    maybe("bias_pct", Double, "Mean of (told − came) ÷ came"),
    maybe("covered_80_pct", Double, "Share inside the 80 % interval; empty for naive methods"),
    maybe("covered_95_pct", Double, "Share inside the 95 % interval; empty for naive methods"),
    schema=OPEN,
    comment="How far off forecasts from earlier years of enrolment would have been",
)

forecast_publication = Table(
    "forecast_publication",
    metadata,
    key("Published forecast"),
    # By code, not by key: a published forecast outlives the data that it was made from.
    value("district_code", String, "Code of the district"),
    value("scenario", String, "low, middle or high"),
    value("plan_code", String, "Plan whose catchments it tells"),
    value("data_date", Date, "Day on which its registers were drawn"),
    value("inputs_digest", String, "Digest of everything it was made from"),
    value("code_version", String, "Version of the program"),
    value("published_at", DateTime(timezone=True), "When", server_default=func.now()),
    value("who", String, "Account"),
    Index(None, "district_code"),  # forecast_scores
    schema=OPEN,
    comment="Forecasts that were published, never changed, scored when their years have come",
)

forecast_record = Table(
    "forecast_record",
    metadata,
    refer("publication_id", "forecast_publication", "Published forecast", primary_key=True),
    value("level", String, "school, district or catchment", primary_key=True),
    value("school_code", String, "School; empty text for the district", primary_key=True),
    value("stage", String, "Stage of education", primary_key=True),
    value("grade", SmallInteger, "Grade within the stage; 0 for all", primary_key=True),
    value("year", SmallInteger, "Year in which the school year begins", primary_key=True),
    value("expected", Double, "Expected pupils, or counted children of the catchment"),
    *_interval("Number"),
    CheckConstraint("level in ('school', 'district', 'catchment')", name="level"),
    schema=OPEN,
    comment="Numbers of a published forecast",
)
