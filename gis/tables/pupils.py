"""Pupils by pseudonym, what is recorded of their growth, the papers they sat and their marks."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    Double,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)

from gis.tables.columns import OPEN, PERSONAL, key, maybe, metadata, refer, value

pupil = Table(
    "pupil",
    metadata,
    key("Pupil"),
    refer("district_id", "district", "District"),
    value("code", String, "Pseudonym, stable over the years"),
    refer("school_id", "school", "School", index=True),
    value("stage", String, "Stage of education"),
    value("grade", SmallInteger, "Grade within the stage, from 1", least=1),
    value("class_number", SmallInteger, "Class within school, stage and grade", least=1),
    value("year", SmallInteger, "Year in which that school year began"),
    UniqueConstraint("district_id", "code"),
    schema=PERSONAL,
    comment="Pupils on the register of schools, by pseudonym",
)

growth_record = Table(
    "growth_record",
    metadata,
    refer("pupil_id", "pupil", "Pupil", schema=PERSONAL, primary_key=True),
    value("event", String, "What was observed, by the codes of the rules", primary_key=True),
    value("recorded_on", Date, "Day of the event", primary_key=True),
    value("domain", String, "moral, intellectual, physical, aesthetic or labour"),
    value("points", Double, "Points given for it", least=0),
    value("recorded_by", String, "Office that recorded it: teacher, club, family …"),
    CheckConstraint(
        "domain in ('moral', 'intellectual', 'physical', 'aesthetic', 'labour')", name="domain"
    ),
    schema=PERSONAL,
    comment="Process events of pupils in the five domains of growth (德智体美劳)",
)

paper = Table(
    "paper",
    metadata,
    key("Paper"),
    refer("district_id", "district", "District"),
    value("code", String, "Short name used in commands"),
    value("name_zh", String, "Name in Chinese"),
    maybe("name_en", String, "Name in English"),
    value("subject", String, "Subject"),
    value("stage", String, "Stage of education"),
    value("grade", SmallInteger, "Grade that sat it", least=1),
    value("year", SmallInteger, "Year in which that school year began"),
    value("held_on", Date, "Day on which it was sat"),
    value("full_marks", Double, "Full marks", least=1),
    maybe("prior_code", String, "Earlier paper that tells prior attainment; empty: none"),
    UniqueConstraint("district_id", "code"),
    schema=OPEN,
    comment="Papers that a grade of the district sat",
)

paper_item = Table(
    "paper_item",
    metadata,
    refer("paper_id", "paper", "Paper", primary_key=True),
    value("number", SmallInteger, "Number of the item, from 1", primary_key=True, least=1),
    value("full_marks", Double, "Full marks of the item", least=0),
    value("knowledge_point", String, "What the item asks for (知识点)"),
    schema=OPEN,
    comment="Items of a paper",
)

paper_result = Table(
    "paper_result",
    metadata,
    refer("pupil_id", "pupil", "Pupil", schema=PERSONAL, primary_key=True),
    refer("paper_id", "paper", "Paper", primary_key=True, index=True),
    value("absent", Boolean, "Did not sit the paper; whoever sat it and has no mark has 0"),
    maybe("points", Double, "Marks in all; empty for the absent", least=0),
    maybe(
        "item_points",
        String,
        "Marks by item in the order of numbers, blanks between; - where a mark is not known",
    ),
    schema=PERSONAL,
    comment="Marks of a pupil in a paper, one row whatever the number of items",
)
