"""Part of a district profile: how catchments are put into the words of notices."""

from __future__ import annotations

from pydantic import Field

from catchments.profile_part import Part


class NoticeRules(Part):
    """How a boundary is put into words. ASSUMPTION throughout; SOURCE of the manner: notices."""

    near_m: float = Field(
        25, gt=0, description="A line within so many metres of the boundary carries it"
    )
    along_deg: float = Field(
        30, ge=0, le=90, description="Most that a street may turn from the boundary it carries"
    )
    least_share_pct: float = Field(
        20, ge=0, le=100, description="Share of a side that a line must carry to be named"
    )
    most_names: int = Field(3, ge=1, description="Names of one side")
    whole_pct: float = Field(
        99, ge=0, le=100, description="Share of its ground from which a community is whole"
    )
    least_part_pct: float = Field(
        1, ge=0, le=100, description="Share of ground without doors that is told, above it"
    )
    prefer: list[str] = Field(
        [
            "district",
            "main",
            "secondary",
            "local",
            "river",
            "canal",
            "lake",
            "reservoir",
            "lane",
            "path",
        ],
        description="Kinds of lines that carry a boundary, the first ones before the others",
    )
