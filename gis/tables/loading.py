"""Loads of files: from which office, with which mapping, what was found, whose value is kept."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Date,
    DateTime,
    Index,
    Integer,
    String,
    Table,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from gis.tables.columns import OPEN, PERSONAL, key, maybe, metadata, refer, value

source_load = Table(
    "source_load",
    metadata,
    key("One load of one dataset from one office"),
    refer("district_id", "district", "District"),
    value("dataset", String, "Name of the table that was filled"),
    value("office", String, "Office that the rows come from"),
    value("files", JSONB, "Name and SHA-256 of each file, sheet, encoding and rows"),
    maybe("mapping", JSONB(none_as_null=True), "Mapping of columns that was used"),
    value("mode", String, "update, append, replace, or district: loaded with the district"),
    value("digest", String, "SHA-256 of files, mapping, mode and office: the same load twice"),
    value("as_of", Date, "Day on which the files were drawn"),
    value("rows_read", Integer, "Rows in the files", least=0),
    value("rows_new", Integer, "Rows that were not there", least=0),
    value("rows_changed", Integer, "Rows of which a value was changed", least=0),
    value("rows_same", Integer, "Rows that were there as they are", least=0),
    value("rows_refused", Integer, "Rows that break a rule", least=0),
    value(
        "rows_noted", Integer, "Rows with a value that was read otherwise, or is doubtful", least=0
    ),
    value("rows_vanished", Integer, "Rows that are there and not in the files", least=0),
    value("rows_removed", Integer, "Of them removed", least=0),
    value("loaded_at", DateTime(timezone=True), "When", server_default=func.now()),
    value("loaded_by", String, "Account that loaded it"),
    Index(None, "district_id", "dataset", "office", "id"),  # dataset_sources
    CheckConstraint("mode in ('update', 'append', 'replace', 'district')", name="mode"),
    schema=OPEN,
    comment="Every load of files: who delivered what, as of when, and what became of it",
)

source_mapping = Table(
    "source_mapping",
    metadata,
    refer("district_id", "district", "District", primary_key=True),
    value("dataset", String, "Dataset", primary_key=True),
    value("office", String, "Office whose files it reads", primary_key=True),
    value("mapping", JSONB, "Which header is which column"),
    value("saved_at", DateTime(timezone=True), "When", server_default=func.now()),
    value("saved_by", String, "Account that loaded with it"),
    schema=OPEN,
    comment="Mappings of columns as they were last used, by office",
)

load_finding = Table(
    "load_finding",
    metadata,
    key("One finding of a load"),
    refer("load_id", "source_load", "Load", index=True),
    value("outcome", String, "refused, changed or warned"),
    value("file", String, "File"),
    maybe("sheet", String, "Sheet or layer"),
    value("line", Integer, "Line in the file, from 1"),
    value("column_name", String, "Column of ours"),
    maybe("header", String, "Header in the file"),
    maybe("found", String, "Value that was found; identity numbers masked"),
    maybe("stored", String, "Value that was stored in its place"),
    value("rule", String, "Rule that it broke"),
    value("mend", String, "How to mend it"),
    CheckConstraint("outcome in ('refused', 'changed', 'warned')", name="outcome"),
    schema=PERSONAL,
    comment="Refused, changed and doubtful values of each load, for the data steward",
)

value_source = Table(
    "value_source",
    metadata,
    refer("district_id", "district", "District", primary_key=True),
    value("dataset", String, "Dataset", primary_key=True),
    value("row_key", String, "Key of the row as files write it; * for all rows", primary_key=True),
    value("column_name", String, "Column; * for all columns", primary_key=True),
    refer("load_id", "source_load", "Load that brought the value", index=True),
    schema=PERSONAL,
    comment="Where values come from that are not from the main source of their dataset",
)

value_conflict = Table(
    "value_conflict",
    metadata,
    refer("district_id", "district", "District", primary_key=True),
    value("dataset", String, "Dataset", primary_key=True),
    value("row_key", String, "Key of the row as files write it", primary_key=True),
    value("column_name", String, "Column", primary_key=True),
    maybe("kept_value", String, "Value that is stored"),
    value("kept_office", String, "Office that tells it"),
    value("kept_as_of", Date, "Day on which its file was drawn"),
    maybe("left_value", String, "Value that is not stored"),
    value("left_office", String, "Office that tells it", primary_key=True),
    value("left_as_of", Date, "Day on which its file was drawn"),
    value("rule", String, "What decided: authority, newest or first"),
    value("noted_at", DateTime(timezone=True), "When", server_default=func.now()),
    CheckConstraint("rule in ('authority', 'newest', 'first')", name="rule"),
    schema=PERSONAL,
    comment="Values on which offices differ, and which one is kept by which rule",
)
