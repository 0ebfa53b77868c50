"""Quality of datasets as it was counted, load by load."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, String, Table, func

from gis.tables.columns import OPEN, key, metadata, refer, value

quality_measure = Table(
    "quality_measure",
    metadata,
    key("One part of one measure of one dataset at one time"),
    refer("district_id", "district", "District"),
    value("dataset", String, "Dataset"),
    value("measure", String, "completeness, validity, uniqueness, consistency or timeliness"),
    value("part", String, "Column or rule that was checked"),
    value("checked", BigInteger, "Values, rows or days that were looked at", least=0),
    value("broken", BigInteger, "Of them not as they should be", least=0),
    value("measured_at", DateTime(timezone=True), "When", server_default=func.now()),
    refer("load_id", "source_load", "Load after which it was counted", nullable=True, index=True),
    Index(None, "district_id", "dataset", "measured_at"),  # quality_parts, quality_history
    CheckConstraint(
        "measure in ('completeness', 'validity', 'uniqueness', 'consistency', 'timeliness')",
        name="measure",
    ),
    schema=OPEN,
    comment="Quality of each dataset after each load: what was checked and what was broken",
)
