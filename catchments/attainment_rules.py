"""What a profile says of pupils: how marks are analysed, and which rules tell growth."""

from __future__ import annotations

from pydantic import Field

from catchments.profile_part import Part


class AttainmentRules(Part):
    """How marks are analysed. SOURCE of the tails: Kelley (1939); the rest are our settings."""

    tail_pct: float = Field(
        27, gt=0, le=50, description="Pupils in each tail that discrimination compares"
    )
    interval_pct: float = Field(95, gt=0, lt=100, description="Of every interval")
    false_discovery_pct: float = Field(
        5, gt=0, lt=100, description="Share of what is pointed at that chance may have brought"
    )
    least_pupils: int = Field(
        10, ge=5, description="Pupils below which neither a school nor a class is told"
    )
    prior_degree: int = Field(
        2, ge=1, le=3, description="Powers of prior attainment in the model of value added"
    )
    bands: int = Field(10, ge=2, le=50, description="Bands of the distribution of marks")
    reliable_from: float = Field(0.8, ge=0, le=1, description="Alpha of a reliable paper")
    discriminating_from: float = Field(
        0.2, ge=-1, le=1, description="Discrimination below which an item is looked at"
    )
    difficulty_low: float = Field(0.2, ge=0, le=1, description="Below it an item is too difficult")
    difficulty_high: float = Field(0.95, ge=0, le=1, description="Above it an item is too easy")


class GrowthRuleFile(Part):
    """Where the rules stand that turn records of growth into levels, and how change is told."""

    rules: str | None = Field(
        None, pattern=r"^[\w.-]+\.yaml$", description="Rule file beside the profile; empty: none"
    )
    interval_pct: float = Field(95, gt=0, lt=100, description="Of every interval of a change")
    false_discovery_pct: float = Field(
        5, gt=0, lt=100, description="Share of the changes told that chance may have brought"
    )
