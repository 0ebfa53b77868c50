"""Schools, their seats, pupils, resources, and the projects that build them."""

from __future__ import annotations

from sqlalchemy import (
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
    func,
)

from gis.tables.columns import OPEN, key, maybe, metadata, refer, shape, value

school = Table(
    "school",
    metadata,
    key("School"),
    refer("district_id", "district", "District"),
    refer("subdistrict_id", "subdistrict", "Subdistrict", nullable=True, index=True),
    refer("planning_unit_id", "planning_unit", "Its own planning unit", nullable=True, index=True),
    value("code", String, "School identification code (标识码)"),
    value("name_zh", String, "Name in Chinese"),
    maybe("name_en", String, "Name in English"),
    value(
        "kind",
        String,
        "kindergarten, primary, junior, nine_year, senior, full_secondary, twelve_year,"
        " vocational or training",
    ),
    value("public", Boolean, "Public (公办) or private"),
    maybe("urban", Boolean, "Urban or rural"),
    maybe("address", String, "Street address"),
    maybe("site_area_m2", Double, "Area of the site", least=0),
    maybe("opened_on", Date, "Day of opening"),
    maybe("closed_on", Date, "Day of closing"),
    shape("POINT", "Main gate"),
    UniqueConstraint("district_id", "code"),
    schema=OPEN,
    comment="Schools, kindergartens and training institutions",
)

campus_building = Table(
    "campus_building",
    metadata,
    key("Campus building"),
    refer("school_id", "school", "School", index=True),
    value("code", String, "Stable code"),
    value("name_zh", String, "Name, such as 教学楼"),
    value("building_use", String, "teaching, laboratory, sports, canteen, dormitory, office"),
    value("floors", SmallInteger, "Storeys above ground", least=0),
    value("floor_area_m2", Double, "Floor area", least=0),
    shape("POLYGON", "Footprint"),
    UniqueConstraint("school_id", "code"),
    schema=OPEN,
    comment="Buildings of a school",
)

seat = Table(
    "seat",
    metadata,
    refer("school_id", "school", "School", primary_key=True),
    value("stage", String, "Stage of education", primary_key=True),
    value("year", SmallInteger, "Year in which the school year begins", primary_key=True),
    maybe("entry_classes", SmallInteger, "Classes planned for the entry grade", least=0),
    maybe("entry_seats", Integer, "Seats planned for the entry grade", least=0),
    maybe("classes", SmallInteger, "Classes of all grades", least=0),
    value("seats", Integer, "Seats of all grades", least=0),
    schema=OPEN,
    comment="Planned seats of a school by stage and year",
)

enrolment = Table(
    "enrolment",
    metadata,
    refer("school_id", "school", "School", primary_key=True),
    value("stage", String, "Stage of education", primary_key=True),
    value("grade", SmallInteger, "Grade within the stage, from 1", primary_key=True, least=1),
    value("year", SmallInteger, "Year in which the school year begins", primary_key=True),
    value("pupils", Integer, "Pupils on the register", least=0),
    maybe("classes", SmallInteger, "Classes", least=0),
    schema=OPEN,
    comment="Enrolment by school, grade and year",
)

resource_fact = Table(
    "resource_fact",
    metadata,
    refer("school_id", "school", "School", primary_key=True),
    value("year", SmallInteger, "Year in which the school year begins", primary_key=True),
    maybe("qualified_teachers", Double, "Teachers above the required degree", least=0),
    maybe("backbone_teachers", Double, "Backbone teachers of county level or higher", least=0),
    maybe("pe_arts_teachers", Double, "Full-time PE and arts teachers", least=0),
    maybe("teaching_area_m2", Double, "Teaching and auxiliary floor area", least=0),
    maybe("sports_area_m2", Double, "Sports ground area", least=0),
    maybe("equipment_yuan", Double, "Value of teaching equipment", least=0),
    maybe("multimedia_classrooms", Double, "Networked multimedia classrooms", least=0),
    schema=OPEN,
    comment="Resources of a school in a year, whole school; SOURCE: 教督〔2017〕6号",
)

project = Table(
    "project",
    metadata,
    key("Project"),
    refer("district_id", "district", "District"),
    refer("subdistrict_id", "subdistrict", "Subdistrict", nullable=True, index=True),
    refer("school_id", "school", "School that is extended", nullable=True, index=True),
    value("code", String, "Project code"),
    value("name_zh", String, "Name in Chinese"),
    maybe("name_en", String, "Name in English"),
    value("kind", String, "new or extension"),
    maybe("contractor", String, "Main contractor"),
    maybe("investment_yuan", Double, "Planned investment", least=0),
    maybe("site_area_m2", Double, "Area of the site", least=0),
    shape("POINT", "Place of the site"),
    UniqueConstraint("district_id", "code"),
    schema=OPEN,
    comment="New-school and extension projects",
)

project_seat = Table(
    "project_seat",
    metadata,
    refer("project_id", "project", "Project", primary_key=True),
    value("stage", String, "Stage of education", primary_key=True),
    value("classes", SmallInteger, "Classes it opens", least=0),
    value("seats", Integer, "Seats it opens, all grades", least=0),
    value("entry_seats", Integer, "Seats it opens in the entry grade", least=0),
    value("planned_year", SmallInteger, "School year from which they were planned to open"),
    schema=OPEN,
    comment="Seats that a project opens",
)

project_building = Table(
    "project_building",
    metadata,
    key("Building of a project"),
    refer("project_id", "project", "Project", index=True),
    value("code", String, "Stable code"),
    value("name_zh", String, "Name, such as 1号教学楼"),
    maybe("name_en", String, "Name in English"),
    value("floors", SmallInteger, "Storeys above ground", least=0),
    value("height_m", Double, "Final height above ground", least=0),
    value("floor_area_m2", Double, "Floor area", least=1),
    shape("POLYGON", "Footprint"),
    UniqueConstraint("project_id", "code"),
    schema=OPEN,
    comment="Buildings of a project, the level at which stages are followed",
)

stage_record = Table(
    "stage_record",
    metadata,
    refer("project_building_id", "project_building", "Building", primary_key=True),
    value("construction_stage", String, "One of the profile's stages", primary_key=True),
    value("planned_start_on", Date, "Planned first day"),
    value("planned_end_on", Date, "Planned last day"),
    maybe("actual_start_on", Date, "Actual first day"),
    maybe("actual_end_on", Date, "Actual last day"),
    value("progress_pct", Double, "Share of the stage that is done, 0 to 100", least=0, most=100),
    value("recorded_on", Date, "Day of the record"),
    CheckConstraint("planned_end_on >= planned_start_on", name="planned_order"),
    CheckConstraint("actual_end_on >= actual_start_on", name="actual_order"),
    schema=OPEN,
    comment="Construction stages of a building (土建 to 竣工)",
)

stage_change = Table(
    "stage_change",
    metadata,
    key("Change of a stage record"),
    refer("project_building_id", "project_building", "Building"),
    value("construction_stage", String, "Stage whose record was changed"),
    maybe("old_actual_start_on", Date, "Actual first day before"),
    maybe("new_actual_start_on", Date, "Actual first day after"),
    maybe("old_actual_end_on", Date, "Actual last day before"),
    maybe("new_actual_end_on", Date, "Actual last day after"),
    value("old_progress_pct", Double, "Share done before"),
    value("new_progress_pct", Double, "Share done after"),
    value("old_recorded_on", Date, "Day of the record before"),
    value("new_recorded_on", Date, "Day of the record after"),
    maybe("reason", String, "Why; never empty where the work went back"),
    value("who", String, "Name of the officer"),
    value("source", String, "Where it was entered: cockpit, or the name of a file"),
    value("changed_at", DateTime(timezone=True), "When", server_default=func.now()),
    Index(None, "project_building_id", "id"),  # project_history
    schema=OPEN,
    comment="Every change of a stage record; only ever added to",
)

inspection = Table(
    "inspection",
    metadata,
    key("Inspection"),
    refer("project_id", "project", "Project"),
    refer(
        "project_building_id",
        "project_building",
        "Building; empty: the site as a whole",
        nullable=True,
        index=True,
    ),
    value("code", String, "Number of the inspection"),
    value("inspected_on", Date, "Day of the inspection"),
    value("inspector", String, "Who inspected"),
    value("severity", String, "none (nothing found), minor, serious or grave"),
    maybe("finding", String, "What was found"),
    maybe("closed_on", Date, "Day on which it was mended; empty while the finding is open"),
    maybe("photo_file", String, "Name of the photo's file"),
    shape("POINT", "Where", nullable=True),
    UniqueConstraint("project_id", "code"),
    CheckConstraint("severity in ('none', 'minor', 'serious', 'grave')", name="severity"),
    CheckConstraint("closed_on >= inspected_on", name="closed_order"),
    schema=OPEN,
    comment="Inspections of building sites and what they found",
)

payment = Table(
    "payment",
    metadata,
    key("Payment"),
    refer("project_id", "project", "Project"),
    value("code", String, "Number of the instalment or voucher"),
    value("kind", String, "planned or paid"),
    value("paid_on", Date, "Day on which it falls due, or was paid"),
    value("amount_yuan", Double, "Amount", least=0),
    UniqueConstraint("project_id", "kind", "code"),
    CheckConstraint("kind in ('planned', 'paid')", name="kind"),
    schema=OPEN,
    comment="Money of projects, planned and paid",
)
