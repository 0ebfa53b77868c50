"""How addresses of a district are matched, as its profile says it."""

from __future__ import annotations

from pydantic import Field

from catchments.profile_part import Part
from gis.addresses.rules import MatchRules


class Addresses(Part):
    """Scores and prices of matching. ASSUMPTION throughout: tried on mangled addresses."""

    prefixes: list[str] = Field(
        [], description="Province, city and district in every form that stands before an address"
    )
    least_score: float = Field(0.7, gt=0, le=1, description="Below it a person decides")
    least_margin: float = Field(0.08, ge=0, description="Lead over the next place that is needed")
    single: float = Field(0.05, ge=0, description="Only one of door and house is written")
    slip: float = Field(0.1, ge=0, description="One slip in a name")
    unread: float = Field(0.05, ge=0, description="Words that stand for nothing known")
    suffix: float = Field(0.1, ge=0, description="Another suffix of the number (之1, 甲)")
    no_room: float = Field(0.12, ge=0, description="The building has no such room")
    other_community: float = Field(0.2, ge=0, description="Another community is named")
    other_subdistrict: float = Field(0.35, ge=0, description="Another subdistrict is named")
    other_door: float = Field(0.35, ge=0, description="Another door, house or estate is named")
    no_estate: float = Field(0.15, ge=0, description="An estate is named, the door has none")
    vague: float = Field(0.4, ge=0, description="A place near the one that is named")
    between: float = Field(0.85, ge=0, le=1, description="Level: between two doors")
    estate: float = Field(0.85, ge=0, le=1, description="Level: estate or village group")
    road: float = Field(0.5, ge=0, le=1, description="Level: road")
    community: float = Field(0.4, ge=0, le=1, description="Level: community")
    subdistrict: float = Field(0.2, ge=0, le=1, description="Level: subdistrict")
    no_house: float = Field(0.1, ge=0, description="The estate or street has no such number")
    most_gap: int = Field(20, ge=2, description="Door numbers between which one is placed")

    def list_rules(self) -> MatchRules:
        """Return the rules as the matching takes them."""
        return MatchRules(**self.model_dump(exclude={"prefixes"}))
