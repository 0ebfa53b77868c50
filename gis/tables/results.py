"""What the engine computes: plans, counts, progress, balance, and the runs that made them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Double,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    false,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from gis.tables.columns import OPEN, key, maybe, metadata, refer, shape, value

run = Table(
    "run",
    metadata,
    key("Run"),
    refer("district_id", "district", "District"),
    value("kind", String, "draw, count, progress, balance, …"),
    refer("plan_id", "plan", "Plan it was computed for", nullable=True, index=True),
    value("parameters", JSONB, "Everything that was chosen"),
    value("inputs_digest", String, "SHA-256 over the datasets, plan and parameters it read"),
    value("rule_version", String, "Digest of the rules of the district profile"),
    value("code_version", String, "Version of the program"),
    maybe("datasets", JSONB(none_as_null=True), "Names of the datasets it read; empty: not known"),
    maybe("seed", BigInteger, "Seed of anything drawn by lot"),
    value("started_at", DateTime(timezone=True), "Start"),
    value("finished_at", DateTime(timezone=True), "End", server_default=func.now()),
    value("who", String, "Account"),
    Index(None, "district_id", "kind", "plan_id", "id"),  # current_run
    schema=OPEN,
    comment="From which data, rules, plan and code a result came, and when; written with it",
)

plan = Table(
    "plan",
    metadata,
    key("Plan"),
    refer("district_id", "district", "District"),
    value("code", String, "Short name used in commands"),
    value("name_zh", String, "Name in Chinese"),
    maybe("name_en", String, "Name in English"),
    value("method", String, "statutory, nearest, …"),
    value("source", String, "Document, file or method it came from"),
    value("digest", String, "SHA-256 of its memberships"),
    value("created_at", DateTime(timezone=True), "When", server_default=func.now()),
    value(
        "is_draft",
        Boolean,
        "Whether it is only tried out; drafts are listed on request",
        server_default=false(),
    ),
    UniqueConstraint("district_id", "code"),
    schema=OPEN,
    comment="A complete division of the district into catchments",
)

plan_membership = Table(
    "plan_membership",
    metadata,
    refer("plan_id", "plan", "Plan", primary_key=True),
    value("stage", String, "Stage of education", primary_key=True),
    refer("planning_unit_id", "planning_unit", "Unit", primary_key=True),
    refer("school_id", "school", "School whose catchment holds the unit"),
    Index(None, "school_id"),  # deletes
    Index(None, "planning_unit_id"),  # deletes
    schema=OPEN,
    comment="Which unit belongs to which school's catchment, by plan and stage",
)

plan_measure = Table(
    "plan_measure",
    metadata,
    refer("plan_id", "plan", "Plan", primary_key=True),
    value("stage", String, "Stage of education", primary_key=True),
    value("method", String, "Method that drew the stage; empty text: the plan was given"),
    value("year", SmallInteger, "Year of the pupils and seats"),
    value("on_foot", Boolean, "Whether ways lead over the streets; else straight lines"),
    value("pupils", Integer, "Pupils in planning units", least=0),
    value("outside_pupils", Integer, "Of them in units without a catchment", least=0),
    value("over_capacity_pupils", Integer, "Pupils above the seats of their school", least=0),
    maybe("pupil_km", Double, "Sum of all ways; empty when some school cannot be reached"),
    maybe("mean_distance_m", Double, "Mean way of a pupil to the school"),
    maybe("p95_distance_m", Double, "Way that 95 % of the pupils do not exceed"),
    maybe("radius_m", Double, "Service radius of the stage"),
    maybe("beyond_radius_pct", Double, "Share of pupils whose way is longer than the radius"),
    maybe("moved_pupils", Integer, "Pupils whose unit leaves its school of the default plan"),
    maybe("compactness", Double, "Mean of 4π·area/perimeter² over the catchments"),
    value("connected", Boolean, "Whether each catchment is of one piece"),
    maybe("objective", Double, "What was minimised"),
    value("objective_parts", JSONB, "What the objective is made of"),
    maybe("lower_bound", Double, "No division goes below this objective"),
    maybe("gap_pct", Double, "How far the objective may lie above the best possible"),
    maybe("bound_note", String, "What the bound cannot see"),
    value("stopped", Boolean, "Whether somebody ended the search early"),
    value("seconds", Double, "Time that drawing the stage took"),
    maybe("seed", BigInteger, "Seed of anything drawn by lot"),
    maybe(
        "terms",
        JSONB(none_as_null=True),
        "What the division had to keep, units and schools by code; empty for methods without terms",
    ),
    schema=OPEN,
    comment="What a plan is worth, by stage, and what is proven of it",
)

catchment = Table(
    "catchment",
    metadata,
    key("Catchment"),
    refer("district_id", "district", "District"),
    refer("plan_id", "plan", "Plan"),
    refer("school_id", "school", "School", index=True),
    value("stage", String, "Stage of education"),
    value("valid_from", Date, "First day in force"),
    maybe("valid_to", Date, "Last day in force; empty while in force"),
    value("source", String, "Notice, file or method it came from"),
    value("area_m2", Double, "Area, measured in the metric CRS"),
    refer("run_id", "run", "Run that drew it", nullable=True, index=True),
    shape("MULTIPOLYGON", "Area whose children the school must admit"),
    UniqueConstraint("plan_id", "stage", "school_id"),
    Index(None, "district_id"),  # deletes
    schema=OPEN,
    comment="Catchments (施教区)",
)

unit_demand = Table(
    "unit_demand",
    metadata,
    refer("run_id", "run", "Run", index=True),
    refer("planning_unit_id", "planning_unit", "Unit; empty when unlocated", nullable=True),
    value("stage", String, "Stage that the children enter or attend"),
    value("year", SmallInteger, "Year in which the school year begins"),
    value("children", Integer, "Eligible children", least=0),
    value("registered_children", Integer, "Of them locally registered", least=0),
    Index(None, "planning_unit_id"),  # deletes
    CheckConstraint("registered_children <= children", name="registered"),
    schema=OPEN,
    comment="Eligible children by planning unit, stage and year",
)

catchment_count = Table(
    "catchment_count",
    metadata,
    refer("run_id", "run", "Run", index=True),
    refer("school_id", "school", "School; empty outside every catchment", nullable=True),
    maybe("outside_reason", String, "no_catchment or unlocated, for rows without a school"),
    value("stage", String, "Stage"),
    value("year", SmallInteger, "Year in which the school year begins"),
    value("children", Integer, "Eligible children"),
    value("registered_children", Integer, "Of them locally registered"),
    value("counted_children", Integer, "Those that the warning rule counts"),
    maybe("seats", Integer, "Seats they are set against; empty outside"),
    maybe("shortfall_seats", Integer, "Counted children above the seats"),
    maybe("surplus_seats", Integer, "Seats above the counted children"),
    maybe("ratio_pct", Double, "Counted children per 100 seats; empty without seats"),
    maybe("warning", String, "none, yellow, red, or unknown without stated seats"),
    value(
        "complete",
        Boolean,
        "Whether everyone of that year was already born",
    ),
    Index(None, "school_id"),  # school_counts
    schema=OPEN,
    comment="Demand against seats by catchment, stage and year (入学预警)",
)

register_state = Table(
    "register_state",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    value("stage", String, "Stage that the children enter", primary_key=True),
    value("year", SmallInteger, "Year in which the school year begins", primary_key=True),
    value("sort", String, "state (a child has one) or fault (a child has any)", primary_key=True),
    value("code", String, "State or fault", primary_key=True),
    value("children", Integer, "Children", least=0),
    CheckConstraint("sort in ('state', 'fault')", name="sort"),
    schema=OPEN,
    comment="How far the registers of households, dwellings and children agree (登记比对)",
)

building_progress = Table(
    "building_progress",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    refer("project_building_id", "project_building", "Building", primary_key=True, index=True),
    maybe("construction_stage", String, "Last stage that was begun; empty before the first"),
    value("progress_pct", Double, "Overall progress, weighted by the stages"),
    value("planned_pct", Double, "Overall progress that was planned for the data date"),
    value("delay_days", Integer, "Days behind (positive) or ahead of plan"),
    value("built_height_m", Double, "Height that stands"),
    maybe("course", JSONB(none_as_null=True), "How it grows: days, heights, done, stages"),
    schema=OPEN,
    comment="Progress of each project building on the data date",
)

project_progress = Table(
    "project_progress",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    refer("project_id", "project", "Project", primary_key=True, index=True),
    maybe("construction_stage", String, "Stage of its slowest building; empty before the first"),
    value("progress_pct", Double, "Progress weighted by floor area"),
    value("planned_pct", Double, "Planned progress weighted by floor area"),
    value("delay_days", Integer, "Days behind (positive) or ahead, worst building"),
    value("planned_end_on", Date, "Planned completion"),
    value("expected_end_on", Date, "Planned completion moved by the delay, or the actual day"),
    maybe("expected_low_on", Date, "Early end of the interval; empty once completed"),
    maybe("expected_high_on", Date, "Late end of the interval; empty once completed"),
    value("opens_year", SmallInteger, "School year from which its seats can open"),
    value("state", String, "not_started, on_time, late or completed"),
    maybe("course", JSONB(none_as_null=True), "How it grows: days, done, stages"),
    schema=OPEN,
    comment="Progress of each project on the data date",
)

project_opening_chance = Table(
    "project_opening_chance",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    refer("project_id", "project", "Project", primary_key=True, index=True),
    value("year", SmallInteger, "Year in which the school year begins", primary_key=True),
    value("chance", Double, "Chance to be ready for it, 0 to 1"),
    CheckConstraint("chance >= 0 and chance <= 1", name="chance"),
    schema=OPEN,
    comment="Chance of each project to be ready by each school year",
)

indicator_result = Table(
    "indicator_result",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    refer("school_id", "school", "School", primary_key=True, index=True),
    value("stage", String, "Stage", primary_key=True),
    value("indicator", String, "Resource indicator", primary_key=True),
    value("year", SmallInteger, "Year in which the school year begins"),
    value("pupils", Integer, "Pupils of the stage"),
    maybe("value", Double, "Value per pupil or per 100 pupils; empty when not reported"),
    value("standard", Double, "Least value of the standard"),
    value("state", String, "met, near (85 % or more), failed or missing"),
    schema=OPEN,
    comment="Quality balance by school, stage and indicator",
)

indicator_variation = Table(
    "indicator_variation",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    value("stage", String, "Stage", primary_key=True),
    value("indicator", String, "Resource indicator", primary_key=True),
    value("year", SmallInteger, "Year in which the school year begins"),
    value("schools", Integer, "Schools with a value"),
    maybe("variation", Double, "Coefficient of variation weighted by enrolment"),
    value("limit", Double, "Greatest value of the standard"),
    maybe("met", Boolean, "Whether it keeps the limit; empty when it cannot be computed"),
    schema=OPEN,
    comment="Quality balance between schools, by stage and indicator",
)
