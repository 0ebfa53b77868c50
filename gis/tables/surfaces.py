"""Accessibility, residents and grids of cells: what is loaded and what is computed."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Double,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
)

from gis.tables.columns import OPEN, maybe, metadata, refer, value

accessibility = Table(
    "accessibility",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    refer("planning_unit_id", "planning_unit", "Unit", primary_key=True, index=True),
    value("stage", String, "Stage of education", primary_key=True),
    value("year", SmallInteger, "Year in which the school year begins", primary_key=True),
    value("seats_per_child", Double, "Seats within reach of one child", least=0),
    refer("nearest_school_id", "school", "School to which the unit walks least", nullable=True),
    maybe("nearest_walk_m", Double, "Mean walk of its doors to that school", least=0),
    Index(None, "nearest_school_id"),  # deletes
    schema=OPEN,
    comment="Seats within reach of a child by planning unit (two-step floating catchment area)",
)

unit_population = Table(
    "unit_population",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    refer("planning_unit_id", "planning_unit", "Unit", primary_key=True, index=True),
    value("residents", Double, "Residents; parts of one where they come from a grid", least=0),
    value("counted_in", String, "register or grid"),
    CheckConstraint("counted_in in ('register', 'grid')", name="counted_in"),
    schema=OPEN,
    comment="Residents by planning unit",
)

surface = Table(
    "surface",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    value("stage", String, "Stage of education", primary_key=True),
    value("content", LargeBinary, "GeoTIFF in the metric CRS of the district"),
    schema=OPEN,
    comment="Grids that take long to compute, as the map draws them: minutes or metres on foot",
)

network_band = Table(
    "network_band",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    value(
        "subdistrict_code",
        String,
        "Subdistrict in which people live; empty: in none",
        primary_key=True,
    ),
    value("stage", String, "Stage of education", primary_key=True),
    value("sector", String, "Schools that are walked to: public or all", primary_key=True),
    value("band", SmallInteger, "Band of the walk to the nearest school, from 0", primary_key=True),
    maybe("up_to_m", Double, "Longest walk of the band; empty: farther than all, or no way"),
    value("residents", Double, "Residents", least=0),
    value("children", Double, "Counted children who enter the stage, by dwellings", least=0),
    CheckConstraint("sector in ('public', 'all')", name="sector"),
    schema=OPEN,
    comment="People by the walk to the nearest school of a stage, by subdistrict",
)

raster_coverage = Table(
    "raster_coverage",
    metadata,
    refer("district_id", "district", "District", primary_key=True),
    value("kind", String, "population or elevation", primary_key=True),
    value("content", LargeBinary, "GeoTIFF, cut to the district and a margin, in its own CRS"),
    value("digest", String, "SHA-256 of the file it came from"),
    value("source", String, "File or generator it came from"),
    value("srid", Integer, "EPSG code of its CRS"),
    value("cell_x", Double, "Width of a cell in units of that CRS"),
    value("cell_y", Double, "Height of a cell"),
    value("columns", Integer, "Cells from west to east", least=1),
    value("rows", Integer, "Cells from north to south", least=1),
    value("least", Double, "Least value"),
    value("most", Double, "Greatest value"),
    value("mean", Double, "Mean of all cells that have a value"),
    CheckConstraint("kind in ('population', 'elevation')", name="kind"),
    schema=OPEN,
    comment="Rasters that were loaded: residents by cell, metres above the sea",
)
