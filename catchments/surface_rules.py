"""What a profile says of surfaces: seats within reach, walking on slopes, cells of grids."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from catchments.profile_part import Part

Positive = Annotated[float, Field(gt=0)]


class Step(Part):
    """A ring of the reach in which every distance weighs alike."""

    up_to_pct: float = Field(gt=0, le=100, description="Outer edge, per cent of the reach")
    weight: float = Field(gt=0, le=1)


class Accessibility(Part):
    """Seats within reach of a child. SOURCE: Luo and Wang (2003), Luo and Qi (2009), Dai (2010).

    ASSUMPTION: how far is within reach; the sources leave it to the place.
    """

    reach_m: dict[str, Positive] = Field(
        {}, description="How far a seat counts as within reach, by stage; others are not measured"
    )
    decay: Literal["none", "steps", "gaussian"] = Field(
        "gaussian", description="How a seat loses weight with distance inside the reach"
    )
    # SOURCE: Luo and Qi (2009): weights of three rings of equal width.
    steps: list[Step] = Field(
        [
            Step(up_to_pct=100 / 3, weight=1.0),
            Step(up_to_pct=200 / 3, weight=0.68),
            Step(up_to_pct=100, weight=0.22),
        ],
        min_length=1,
    )

    @model_validator(mode="after")
    def _ordered(self) -> Accessibility:
        edges = [step.up_to_pct for step in self.steps]
        if edges != sorted(set(edges)) or edges[-1] != 100:
            raise ValueError("up_to_pct of the steps must rise and end at 100")
        return self


class Surfaces(Part):
    """Grids of cells that are drawn on the map and exported. ASSUMPTION throughout."""

    cell_m: float = Field(50, ge=5, le=1000, description="Side of a cell that is drawn")
    spread_m: float = Field(
        100, ge=0, description="Standard deviation of the bell over which a home is spread"
    )
    population_classes: list[Positive] = Field(
        [500, 2000, 5000, 10000, 20000], min_length=1, description="Residents per km²"
    )
    children_classes: list[Positive] = Field(
        [5, 20, 50, 100, 200], min_length=1, description="Children of one entry year per km²"
    )
    walk_classes_min: list[Positive] = Field(
        [5, 10, 15, 20, 30], min_length=1, description="Minutes on foot"
    )
    access_classes: list[Positive] = Field(
        [0.5, 0.8, 1.0, 1.5, 2.5], min_length=1, description="Seats within reach of a child"
    )
    most_walk_min: float = Field(
        120, gt=0, description="Longer walks are no walks; such cells hold no value"
    )
    margin_m: float = Field(
        2000, ge=0, description="Ground around the district that is kept of a loaded raster"
    )

    @model_validator(mode="after")
    def _ordered(self) -> Surfaces:
        for name in ("population", "children", "walk", "access"):
            key = f"{name}_classes_min" if name == "walk" else f"{name}_classes"
            classes = getattr(self, key)
            if classes != sorted(set(classes)) or len(classes) > 5:
                raise ValueError(f"{key} must rise; at most five limits")
        return self
