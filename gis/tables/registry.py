"""Rows about persons and their homes; only stewards and officers may read them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
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

from gis.tables.columns import PERSONAL, key, maybe, metadata, refer, value

property_unit = Table(
    "property_unit",
    metadata,
    key("Dwelling"),
    refer("district_id", "district", "District"),
    refer("building_id", "building", "Building that holds it", nullable=True, index=True),
    value("code", String, "28-digit property unit code (不动产单元号)"),
    value("door", String, "Door inside the building, such as 2单元501室"),
    value("area_m2", Double, "Floor area on the certificate", least=0),
    value("dwelling_use", String, "residential, apartment, shop, storage, garage"),
    value("tenure", String, "commodity, resettlement, self_built, public_rent, allocated"),
    UniqueConstraint("district_id", "code"),
    schema=PERSONAL,
    comment="Property unit: a dwelling of the property register (不动产单元)",
)

property_certificate = Table(
    "property_certificate",
    metadata,
    key("Share of one owner in one dwelling"),
    refer("district_id", "district", "District", index=True),
    refer("property_unit_id", "property_unit", "Dwelling", schema=PERSONAL, index=True),
    maybe("owner_hash", String, "Keyed hash of the owner's identity number"),
    value("share_pct", Double, "Share of the ownership", least=0, most=100),
    maybe("certificate_on", Date, "Day the certificate was filled in (填发日期)"),
    maybe("resettlement_slip_on", Date, "Day of the resettlement slip (认购定位单)"),
    Index(None, "owner_hash"),  # admission_owned
    schema=PERSONAL,
    comment="Who owns which share of which dwelling since when (不动产权证)",
)

household = Table(
    "household",
    metadata,
    key("Household"),
    refer("district_id", "district", "District"),
    value("code", String, "Household number of the register (户号), or of the residence permit"),
    value("registered", Boolean, "Locally registered (本区户籍) or migrant (新居民)"),
    maybe("registered_since", Date, "Day of registration at this address"),
    refer(
        "registered_unit_id",
        "property_unit",
        "Dwelling at which the household is registered; empty for migrants, collective or"
        " unknown addresses",
        nullable=True,
        schema=PERSONAL,
        index=True,
    ),
    refer(
        "residence_unit_id",
        "property_unit",
        "Dwelling in which the household lives; empty when unknown",
        nullable=True,
        schema=PERSONAL,
        index=True,
    ),
    maybe("residence_permit_since", Date, "First day of the residence permit of migrants"),
    maybe("points", Double, "Points of migrants"),
    value("head_hash", String, "Keyed hash of the head's identity number"),
    value("members", SmallInteger, "Persons in the household", least=0),
    UniqueConstraint("district_id", "code"),
    schema=PERSONAL,
    comment="Household of the household register (户) or of residence permits",
)

child = Table(
    "child",
    metadata,
    key("Child"),
    refer("district_id", "district", "District"),
    refer("household_id", "household", "Household", schema=PERSONAL, index=True),
    value("code", String, "Pseudonym, stable over the years"),
    value("born_on", Date, "Date of birth"),
    value("sex", String, "female or male"),
    value("identity_hash", String, "Keyed hash of the identity number"),
    value("identity_last4", String, "Last four characters of the identity number"),
    value("registered", Boolean, "Locally registered (本区户籍) or migrant"),
    maybe("registered_since", Date, "Day of registration in this household"),
    value("relation_to_head", String, "child, grandchild or other"),
    UniqueConstraint("district_id", "code"),
    Index(None, "district_id", "born_on"),  # count_children
    schema=PERSONAL,
    comment="Children aged 0 to 17 of both registers",
)

access_log = Table(
    "access_log",
    metadata,
    key("One read or export"),
    maybe("district_id", BigInteger, "District, kept when the district goes"),
    value("at", DateTime(timezone=True), "When", server_default=func.now()),
    value("who", String, "Account"),
    value("role", String, "Role in force"),
    value("purpose", String, "What it was read for"),
    value("rows", Integer, "Personal rows read"),
    schema=PERSONAL,
    comment="Every read and export of personal rows; kept at least six months",
)
