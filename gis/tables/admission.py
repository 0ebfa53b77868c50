"""Admission: what the yearly batch assignment reads of persons, and what it decided."""

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
    func,
)

from gis.tables.columns import OPEN, PERSONAL, key, maybe, metadata, refer, value

guardian = Table(
    "guardian",
    metadata,
    key("Guardian"),
    refer("district_id", "district", "District", index=True),
    refer("household_id", "household", "Household of the children", schema=PERSONAL, index=True),
    value("relation", String, "What the person is to the children: parent or grandparent"),
    value("identity_hash", String, "Keyed hash of the identity number"),
    CheckConstraint("relation in ('parent', 'grandparent')", name="relation"),
    schema=PERSONAL,
    comment="Parents and grandparents, in the household or not, whose property may count",
)

seat_use = Table(
    "seat_use",
    metadata,
    key("Use of a seat"),
    refer("district_id", "district", "District", index=True),
    refer("child_id", "child", "Pupil", schema=PERSONAL, index=True),
    refer("household_id", "household", "Household at entry", schema=PERSONAL, index=True),
    refer("school_id", "school", "School that was entered", index=True),
    value("stage", String, "Stage of education"),
    value("entered_year", SmallInteger, "Year in which the first school year began"),
    refer(
        "property_unit_id",
        "property_unit",
        "Dwelling that gave the right to the seat; empty when none did",
        nullable=True,
        schema=PERSONAL,
        index=True,
    ),
    schema=PERSONAL,
    comment="Which school a child entered, when, and on which dwelling (学位使用)",
)

deferral = Table(
    "deferral",
    metadata,
    key("Deferral certificate"),
    refer("district_id", "district", "District", index=True),
    refer("child_id", "child", "Child", schema=PERSONAL, index=True),
    value("stage", String, "Stage whose entry is put off"),
    value("from_year", SmallInteger, "Year in which the child would have entered"),
    value("to_year", SmallInteger, "Year in which it enters"),
    value("granted_on", Date, "Day of the certificate"),
    CheckConstraint("to_year > from_year", name="later"),
    schema=PERSONAL,
    comment="Certificates of deferred entry (缓学证明)",
)

admission_rule = Table(
    "admission_rule",
    metadata,
    key("Rules of admission"),
    refer("district_id", "district", "District"),
    value("version", String, "SHA-256 of the rule file"),
    value("code", String, "Code of the rules"),
    value("name_zh", String, "Name in Chinese"),
    value("name_en", String, "Name in English"),
    value("text", String, "The rule file, whole"),
    value(
        "stored_at", DateTime(timezone=True), "When a run first used it", server_default=func.now()
    ),
    UniqueConstraint("district_id", "version"),
    schema=OPEN,
    comment="Rule files as they stood when they were used",
)

admission_result = Table(
    "admission_result",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    # No foreign key: a result outlives the register that it was computed from.
    value("child_id", BigInteger, "Child", primary_key=True),
    value("child_code", String, "Pseudonym of the child"),
    value("household_code", String, "Household number"),
    value("born_on", Date, "Date of birth"),
    value("outcome", String, "seated, placed or exception"),
    maybe("school_id", BigInteger, "School that admits the child; empty for exceptions"),
    maybe("reason", String, "Why a person must decide; only for exceptions"),
    maybe("detail", String, "What the reason rests on, such as the missing fact"),
    maybe("zone_school_id", BigInteger, "School in whose catchment the child counts"),
    maybe("zone_basis", String, "What put the child there: registered, owned or residence"),
    maybe("batch", String, "Code of the batch"),
    maybe("score", Double, "Score inside the batch"),
    maybe("position", Integer, "Place in the order of the zone's school, from 1"),
    maybe("tie_broken_by", String, "What set the child apart from those with the same score"),
    maybe("lot", String, "Lot drawn from the seed, hexadecimal, where it decided"),
    maybe("walk_distance_m", Double, "Way on foot to the school of a placed child"),
    value("local", Boolean, "Locally registered"),
    value("registered_inside", Boolean, "Registered inside the zone"),
    value("owns_inside", Boolean, "A qualifying owner holds a dwelling inside the zone"),
    value("lives_inside", Boolean, "Lives inside the zone"),
    value("registered_at_owned", Boolean, "Registered at the very dwelling that is owned"),
    value("owns_elsewhere", Boolean, "A qualifying owner holds a dwelling outside the zone"),
    value("sibling_enrolled", Boolean, "An elder sibling attends the zone's school"),
    value("deferral_certificate", Boolean, "Enters later by certificate"),
    value("dwelling_locked", Boolean, "The dwelling gave another family a seat too lately"),
    maybe(
        "owner_relation", String, "Nearest relation among the owners: child, parent, grandparent"
    ),
    maybe("owned_share_pct", Double, "Share that the qualifying owners hold together"),
    maybe("owned_area_m2", Double, "Floor area of the dwelling"),
    maybe("owned_use", String, "Use of the dwelling"),
    maybe("owned_tenure", String, "Tenure of the dwelling"),
    maybe("property_since", Date, "Day from which the property counts"),
    maybe("certificate_on", Date, "Day of the certificate"),
    maybe("slip_on", Date, "Day of the resettlement slip"),
    maybe("registered_since", Date, "Day of registration at the address"),
    maybe("permit_since", Date, "First day of the residence permit"),
    maybe("points", Double, "Points of migrants"),
    maybe("registered_unit_id", BigInteger, "Dwelling of registration"),
    maybe("owned_unit_id", BigInteger, "Dwelling that is owned"),
    maybe("residence_unit_id", BigInteger, "Dwelling of residence"),
    maybe("building_id", BigInteger, "Building from which the way to school is measured"),
    maybe("locked_until", SmallInteger, "First year in which the dwelling gives a seat again"),
    Index(None, "run_id", "zone_school_id"),  # admission_order
    Index(None, "child_code"),  # admission_page
    CheckConstraint("outcome in ('seated', 'placed', 'exception')", name="outcome"),
    CheckConstraint("(outcome = 'exception') = (school_id is null)", name="school"),
    CheckConstraint("(outcome = 'exception') = (reason is not null)", name="reason"),
    schema=PERSONAL,
    comment="What a run decided for each child, with the facts that it used",
)

admission_cut = Table(
    "admission_cut",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    value("school_id", BigInteger, "School", primary_key=True),
    value("batch", String, "Code of the batch", primary_key=True),
    value("place", SmallInteger, "Place of the batch in the order, from 1"),
    value("seats", Integer, "Seats of the school's entry grade", least=0),
    value("children", Integer, "Children of the zone in the batch, exceptions aside", least=0),
    value("seated", Integer, "Of them seated at the school", least=0),
    value("placed_elsewhere", Integer, "Of them placed at another school", least=0),
    value(
        "exceptions",
        Integer,
        "Further children of zone and batch that a person must decide",
        least=0,
    ),
    value(
        "placed_here", Integer, "Children of other zones in the batch placed at the school", least=0
    ),
    maybe("last_score", Double, "Score of the last child seated"),
    maybe("first_unseated_score", Double, "Score of the first child without a seat"),
    schema=OPEN,
    comment="How far each batch got at each school (录取线)",
)

admission_override = Table(
    "admission_override",
    metadata,
    key("Decision of an officer"),
    refer("district_id", "district", "District"),
    value("stage", String, "Stage of education"),
    value("year", SmallInteger, "Year in which the school year begins"),
    value("child_code", String, "Pseudonym of the child"),
    refer(
        "school_id",
        "school",
        "School decided; empty: the decision is withdrawn",
        nullable=True,
        index=True,
    ),
    value("reason", String, "Why, in the officer's words"),
    value("who", String, "Name of the officer"),
    value("decided_at", DateTime(timezone=True), "When", server_default=func.now()),
    Index(None, "district_id", "stage", "year", "child_code", "id"),  # admission_overrides
    schema=PERSONAL,
    comment="Decisions of officers over what runs decided; only ever added to, the last one counts",
)
