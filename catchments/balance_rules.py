"""What a profile says of the balance of resources between schools. SOURCE: 教督〔2017〕6号."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from catchments.profile_part import Named, Part


class Indicator(Named):
    """Resource indicator of quality balance. SOURCE: 教督〔2017〕6号."""

    fact: Literal[
        "qualified_teachers",
        "backbone_teachers",
        "pe_arts_teachers",
        "teaching_area_m2",
        "sports_area_m2",
        "equipment_yuan",
        "multimedia_classrooms",
    ] = Field(description="Column of table resource_fact")
    per_pupils: int = Field(description="Value is stated for so many pupils: 1 or 100")
    unit_zh: str
    unit_en: str
    standard: dict[str, float] = Field(description="Least value by stage")
    added_yuan: float = Field(
        1, gt=0, description="Weight of one more in the search for least additions; ASSUMPTION"
    )
    is_whole: bool = Field(False, description="Whether only whole ones can be added")


class Needs(Part):
    """How least additions are searched."""

    time_limit_s: float = Field(6, gt=0, description="For the search after a load")
    gap_pct: float = Field(0.1, ge=0, description="Cost above the proven bound that is enough")


class Spread(Part):
    """How resources are compared between neighbouring schools. ASSUMPTION throughout."""

    nearest: int = Field(5, ge=1, description="Schools that count as neighbours of a school")
    permutations: int = Field(9999, ge=99, description="Deals that tell how likely chance is")
    seed: int = Field(1, ge=0, description="Seed of the deals")
    false_discovery_pct: float = Field(
        5, gt=0, lt=100, description="Share of false ones among the clusters told"
    )


class Balance(Part):
    """Quality balance of compulsory education."""

    indicators: list[Indicator] = Field([])
    variation_limit: dict[str, float] = Field({}, description="Greatest variation by stage")
    near_pct: float = Field(85, description="Share of the standard that is near enough for one")
    must_meet: int = Field(6, description="Indicators a school must meet in full")
    split: dict[str, dict[str, float]] = Field(
        {}, description="Weight of a pupil by school kind and stage, to split shared resources"
    )
    size_limit: dict[str, int] = Field(
        {}, description="Most pupils of a school in the stages that have standards, by school kind"
    )
    needs: Needs = Needs()
    spread: Spread = Spread()
    warn_years: int = Field(
        3, ge=0, description="Years ahead in which a limit that will be crossed is warned of"
    )
