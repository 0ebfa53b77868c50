"""What a profile says of the school network: bands of the walk, white spots, norms of sites."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from catchments.profile_part import Part

Positive = Annotated[float, Field(gt=0)]
Sector = Literal["public", "all"]


class SiteNorm(Part):
    """What a pupil of some kinds of school needs of ground and building."""

    kinds: list[str] = Field(min_length=1)
    up_to_classes: int | None = Field(
        None, ge=1, description="Holds for schools of at most so many classes; empty: of any size"
    )
    site_m2: Positive | None = Field(None, description="Site, m² per pupil; empty: no norm")
    building_m2: Positive | None = Field(
        None, description="Floor area of all buildings, m² per pupil; empty: no norm"
    )


class Network(Part):
    """School network (区域校网布局). ASSUMPTION: bands and classes are ours."""

    bands_m: list[Positive] = Field(
        [300, 500, 1000], min_length=1, description="Upper limits of the bands of the walk, rising"
    )
    white_spots_to: Sector = Field(
        "public", description="Whose schools must lie within the radius: public ones, or all"
    )
    white_spot_classes: list[Positive] = Field(
        [5, 20, 50, 100, 200],
        min_length=1,
        description="Children of one entry year beyond the radius, per km²",
    )
    norms: list[SiteNorm] = Field(
        [], description="The first that names the kind and reaches the number of classes holds"
    )

    @model_validator(mode="after")
    def _ordered(self) -> Network:
        for name in ("bands_m", "white_spot_classes"):
            limits = getattr(self, name)
            if limits != sorted(set(limits)) or len(limits) > 5:
                raise ValueError(f"{name} must rise; at most five limits")
        return self

    def find_norm(self, kind: str, classes: float) -> SiteNorm | None:
        """Return the norm that holds for a school, if there is one."""
        for norm in self.norms:
            if kind in norm.kinds and (norm.up_to_classes is None or classes <= norm.up_to_classes):
                return norm
        return None
