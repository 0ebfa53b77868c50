"""What is computed of pupils: levels of growth, papers, schools, classes; no row is a person."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Double,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from gis.tables.columns import OPEN, maybe, metadata, refer, value

growth_rule = Table(
    "growth_rule",
    metadata,
    refer("district_id", "district", "District", primary_key=True),
    value("code", String, "Code of the rules"),
    value("version", String, "SHA-256 of the text"),
    value("text", String, "The rules as they were read"),
    value("loaded_at", DateTime(timezone=True), "When", server_default=func.now()),
    schema=OPEN,
    comment="Rules that turn records of growth into levels",
)


def _place() -> tuple[Column, ...]:
    """Return the columns that say whose pupils are counted: district, school or class."""
    return (
        refer("run_id", "run", "Run", index=True),
        value("stage", String, "Stage of education"),
        maybe("grade", SmallInteger, "Grade of the class; empty: all grades with records"),
        refer("school_id", "school", "School; empty: the district", nullable=True, index=True),
        maybe("class_number", SmallInteger, "Class; empty: the whole school or district"),
    )


growth_count = Table(
    "growth_count",
    metadata,
    *_place(),
    value("year", SmallInteger, "Year in which the school year began"),
    value("domain", String, "Domain of growth, or overall"),
    value("level", String, "Level or growth grade by the rules; unrated: no record counted"),
    maybe("pupils", Integer, "Pupils; empty: hidden, being few or giving few away", least=0),
    maybe("of_pupils", Integer, "Pupils of the place at all levels; empty: few", least=0),
    schema=OPEN,
    comment="Pupils by level of growth: district, school, class",
)

growth_transition = Table(
    "growth_transition",
    metadata,
    *_place(),
    value("domain", String, "Domain of growth"),
    value("level_before", String, "Level in the year before"),
    value("level", String, "Level in the newest year"),
    maybe("pupils", Integer, "Pupils; empty: hidden, being few or giving few away", least=0),
    schema=OPEN,
    comment="From which level to which pupils went within a year",
)

growth_change = Table(
    "growth_change",
    metadata,
    *_place(),
    value("domain", String, "Domain of growth"),
    value("pupils", Integer, "Pupils with a level in both years", least=0),
    value("net_pct", Double, "Share of pupils who rose less share of those who fell"),
    value("net_low_pct", Double, "Lower end of its interval"),
    value("net_high_pct", Double, "Upper end of its interval"),
    maybe("chance", Double, "Chance of such a difference without change, after discovery control"),
    value("state", String, "up, down or within (what chance alone brings)"),
    schema=OPEN,
    comment="Whether more pupils rose than fell, with its uncertainty",
)

paper_measure = Table(
    "paper_measure",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    refer("paper_id", "paper", "Paper", primary_key=True, index=True),
    value("pupils", Integer, "Pupils with a result, the absent too", least=0),
    maybe("absent", Integer, "Of them absent; empty: hidden", least=0),
    maybe("mean_points", Double, "Mean of those who sat it"),
    maybe("spread_points", Double, "Standard deviation of those who sat it"),
    maybe("alpha", Double, "Reliability: Cronbach's alpha"),
    maybe("alpha_low", Double, "Lower end of its interval"),
    maybe("alpha_high", Double, "Upper end of its interval"),
    maybe("error_points", Double, "Standard error of measurement of one pupil's marks"),
    value("bands", JSONB, "Pupils by band of marks: from, to, pupils (missing: hidden)"),
    value("model", JSONB, "Model of value added: variances, coefficients, test, pupils"),
    schema=OPEN,
    comment="How a paper worked: distribution, reliability, and the model of value added",
)

item_measure = Table(
    "item_measure",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    refer("paper_id", "paper", "Paper", primary_key=True, index=True),
    value("number", SmallInteger, "Item", primary_key=True),
    maybe("difficulty", Double, "Share of full marks gained (难度); 1: everybody has all"),
    maybe("discrimination", Double, "Share of the best 27 % less that of the weakest 27 %"),
    maybe("item_rest_correlation", Double, "Correlation with the marks of all other items"),
    maybe("unknown_pct", Double, "Share of pupils whose mark is not known"),
    schema=OPEN,
    comment="How each item of a paper worked",
)

school_attainment = Table(
    "school_attainment",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    refer("paper_id", "paper", "Paper", primary_key=True, index=True),
    refer("school_id", "school", "School", primary_key=True, index=True),
    maybe("pupils", Integer, "Pupils with a result, the absent too; empty: hidden", least=0),
    maybe("absent", Integer, "Of them absent; empty: hidden", least=0),
    maybe("mean_points", Double, "Mean; empty below the least number of pupils"),
    maybe("mean_low", Double, "Lower end of its interval"),
    maybe("mean_high", Double, "Upper end of its interval"),
    maybe("spread_points", Double, "Standard deviation"),
    maybe("p10_points", Double, "10 % of the pupils have less"),
    maybe("p25_points", Double, "25 % have less"),
    maybe("p50_points", Double, "Median"),
    maybe("p75_points", Double, "25 % have more"),
    maybe("p90_points", Double, "10 % have more"),
    maybe("value_added_points", Double, "Shrunken effect of the school beside prior attainment"),
    maybe("value_added_low", Double, "Lower end of its interval"),
    maybe("value_added_high", Double, "Upper end of its interval"),
    value("state", String, "above, below, within, few (pupils) or unmeasured"),
    schema=OPEN,
    comment="Marks of a school in a paper, and its value added with an interval",
)

class_weakness = Table(
    "class_weakness",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    refer("paper_id", "paper", "Paper", primary_key=True, index=True),
    refer("school_id", "school", "School", primary_key=True, index=True),
    value("class_number", SmallInteger, "Class", primary_key=True),
    value("number", SmallInteger, "Item", primary_key=True),
    value("difference_pct", Double, "Points of share gained above the rest of the district"),
    value("difference_low_pct", Double, "Lower end of its interval"),
    value("difference_high_pct", Double, "Upper end of its interval"),
    value("beside_own_pct", Double, "The same, less what the class lies above in all items"),
    value("chance", Double, "Chance of such a difference without a cause, discovery controlled"),
    value("is_weak", Boolean, "Below the district by more than chance"),
    Index(None, "run_id", "paper_id", "is_weak"),  # class_weaknesses
    schema=OPEN,
    comment="Each item in each class against the rest of the district",
)
