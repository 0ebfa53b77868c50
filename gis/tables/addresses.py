"""Addresses that no rule could place, and what people decided about them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Double,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from gis.tables.columns import PERSONAL, key, maybe, metadata, shape, value

# By code of the district, not by its row: what people decided outlives a district loaded anew.
address_queue = Table(
    "address_queue",
    metadata,
    key("Address that waits for a person"),
    value("district_code", String, "Code of the district"),
    value("text", String, "The address written anew: the same for all ways of writing it"),
    value("written", String, "One way in which it was written"),
    value("source", String, "File it came from last"),
    value("times", Integer, "Rows of that file that bear it", least=1),
    value("why", String, "Why nothing was guessed"),
    value("level", String, "How far it could be read"),
    value("score", Double, "Score of the best candidate", least=0),
    value("candidates", JSONB, "What it may be, best first: kind, code, label, unit, score, place"),
    value("state", String, "open, resolved by a person, or found by a later run"),
    value("queued_at", DateTime(timezone=True), "When it was queued", server_default=func.now()),
    UniqueConstraint("district_code", "text"),
    CheckConstraint(
        "why in ('ambiguous', 'doubtful', 'coarse', 'elsewhere', 'unknown')", name="why"
    ),
    CheckConstraint("state in ('open', 'resolved', 'found')", name="state"),
    schema=PERSONAL,
    comment="Addresses that a person must place (待人工核定地址)",
)

address_decision = Table(
    "address_decision",
    metadata,
    key("Decision on an address"),
    value("district_code", String, "Code of the district"),
    value("text", String, "The address written anew, as in address_queue"),
    maybe("building_code", String, "Building that was chosen; empty for a place on the map"),
    value("reason", String, "Why, in the words of who decided"),
    value("who", String, "Who decided"),
    value("decided_at", DateTime(timezone=True), "When it was decided", server_default=func.now()),
    maybe("queue_id", BigInteger, "Row of the queue that it answers"),
    shape("POINT", "The place", index=False),
    Index(None, "district_code", "text"),  # address_decisions
    schema=PERSONAL,
    comment="Decisions on addresses, only ever added; the last over a text counts (地址核定)",
)
