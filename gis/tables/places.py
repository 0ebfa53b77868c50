"""The ground: district, its divisions, streets, water, buildings."""

from __future__ import annotations

from sqlalchemy import (
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
from sqlalchemy.dialects.postgresql import JSONB

from gis.tables.columns import OPEN, PERSONAL, key, maybe, metadata, refer, shape, value

district = Table(
    "district",
    metadata,
    key("District"),
    value("code", String, "Code of the district profile, such as its pinyin name", unique=True),
    value("name_zh", String, "Name in Chinese"),
    value("name_en", String, "Name in English"),
    maybe("adcode", String, "Administrative division code (GB/T 2260)"),
    value("metric_srid", Integer, "EPSG code of the projected CRS that measures in metres"),
    value("data_date", Date, "Day on which the registers were drawn"),
    value("synthetic", Boolean, "Whether the data is invented (模拟数据)"),
    value("source", String, "Who supplied the data"),
    value("licence", String, "Licence of the data"),
    value("profile", JSONB, "District profile as it stood when the data was loaded"),
    value("loaded_at", DateTime(timezone=True), "When loading ended", server_default=func.now()),
    shape("MULTIPOLYGON", "Boundary of the district", nullable=True),
    schema=OPEN,
    comment="A school district; its row and all its data are written in one transaction",
)

dataset = Table(
    "dataset",
    metadata,
    key("One load of one dataset"),
    refer("district_id", "district", "District"),
    value("name", String, "Name of the table that was filled"),
    value("rows", Integer, "Rows stored"),
    value("rejected_rows", Integer, "Rows refused by the contract"),
    value("digest", String, "SHA-256 of the stored rows"),
    value("source", String, "File or generator the rows came from"),
    value("data_date", Date, "Day on which the source was drawn"),
    value("loaded_at", DateTime(timezone=True), "When it was loaded", server_default=func.now()),
    value("loaded_by", String, "Account that loaded it"),
    refer(
        "load_id",
        "source_load",
        "Load that most of its rows come from; empty: loaded with the district",
        nullable=True,
        index=True,
    ),
    UniqueConstraint("district_id", "name"),
    schema=OPEN,
    comment="What is loaded, from whom, as of when; its digests feed the digest of every run",
)

rejected_row = Table(
    "rejected_row",
    metadata,
    key("One refused row"),
    refer("district_id", "district", "District", index=True),
    value("dataset", String, "Name of the table the row was meant for"),
    value("row_ref", String, "Row in its source: code, or line number"),
    value("column_name", String, "Column that broke the rule"),
    maybe("found", String, "Value that was found"),
    value("rule", String, "Rule that it broke"),
    value("mend", String, "How to mend it"),
    schema=PERSONAL,
    comment="Rows refused when their dataset was loaded, for the data steward",
)

subdistrict = Table(
    "subdistrict",
    metadata,
    key("Subdistrict"),
    refer("district_id", "district", "District"),
    value("code", String, "Nine-digit division code"),
    value("name_zh", String, "Name in Chinese"),
    maybe("name_en", String, "Name in English"),
    value("urban", Boolean, "Urban (true) or rural, as the statistics office counts it"),
    shape("MULTIPOLYGON", "Area"),
    UniqueConstraint("district_id", "code"),
    schema=OPEN,
    comment="Subdistrict or town (街道、镇)",
)

community = Table(
    "community",
    metadata,
    key("Community"),
    refer("district_id", "district", "District"),
    refer("subdistrict_id", "subdistrict", "Subdistrict it belongs to", index=True),
    value("code", String, "Twelve-digit division code"),
    value("name_zh", String, "Name in Chinese"),
    shape("MULTIPOLYGON", "Area"),
    UniqueConstraint("district_id", "code"),
    schema=OPEN,
    comment="Residents' or villagers' community (社区、村)",
)

planning_unit = Table(
    "planning_unit",
    metadata,
    key("Planning unit"),
    refer("district_id", "district", "District"),
    refer("subdistrict_id", "subdistrict", "Subdistrict", nullable=True, index=True),
    refer("community_id", "community", "Community", nullable=True, index=True),
    value("code", String, "Stable public code"),
    maybe("name_zh", String, "Name of the estate, village or grid"),
    maybe("urban", Boolean, "Urban or rural"),
    shape("MULTIPOLYGON", "Area; the units of a district tile it without gap or overlap"),
    UniqueConstraint("district_id", "code"),
    schema=OPEN,
    comment="Smallest area that moves between catchments as a whole (规划单元)",
)

road = Table(
    "road",
    metadata,
    key("Road section"),
    refer("district_id", "district", "District", index=True),
    value("code", String, "Stable code of the section"),
    maybe("name_zh", String, "Name of the road"),
    value("road_class", String, "main, secondary, local, lane or path"),
    value("start_node", Integer, "Number of the node it starts from, within the district"),
    value("end_node", Integer, "Number of the node it ends at, within the district"),
    value("length_m", Double, "Length on the ground", least=0),
    value("walkable", Boolean, "Whether people may walk along it"),
    shape("LINESTRING", "Centre line from start to end node"),
    UniqueConstraint("district_id", "code"),
    schema=OPEN,
    comment="Road graph: one row a section between two nodes",
)

water = Table(
    "water",
    metadata,
    key("Water body"),
    refer("district_id", "district", "District", index=True),
    value("code", String, "Stable code"),
    maybe("name_zh", String, "Name"),
    value("kind", String, "river, canal, lake or reservoir"),
    shape("MULTIPOLYGON", "Surface"),
    UniqueConstraint("district_id", "code"),
    schema=OPEN,
    comment="Rivers and lakes of the basemap",
)

building = Table(
    "building",
    metadata,
    key("Building"),
    refer("district_id", "district", "District"),
    refer("planning_unit_id", "planning_unit", "Planning unit that covers it", nullable=True),
    value("code", String, "Stable code"),
    maybe("name_zh", String, "Estate and number, such as 金色家园3幢"),
    maybe("address", String, "Street address"),
    value("building_use", String, "residential, commercial, industrial, public or other"),
    value("floors", SmallInteger, "Storeys above ground", least=0),
    value("height_m", Double, "Height above ground", least=0),
    maybe("built_year", SmallInteger, "Year of completion"),
    value("dwellings", Integer, "Dwellings inside", least=0),
    shape("POLYGON", "Footprint"),
    UniqueConstraint("district_id", "code"),
    Index(None, "planning_unit_id"),  # count_children, measure_dwellings
    schema=OPEN,
    comment="Buildings with floors",
)
