"""Options that say what a division must keep, for every command that divides units."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from catchments.units import Capacity

NO_LIMIT = math.inf

FileOption = Path | None
LockedOption = Annotated[
    FileOption, typer.Option("--locked", help="CSV unit_id, school_id: pairs that must be.")
]
ForbiddenOption = Annotated[
    FileOption, typer.Option("--forbidden", help="CSV unit_id, school_id: pairs that must not be.")
]
TogetherOption = Annotated[
    FileOption, typer.Option("--together", help="CSV unit_id, group: units not to be parted.")
]
JointOption = Annotated[
    FileOption,
    typer.Option("--joint", help="CSV school_id, catchment: schools that share a catchment."),
]
MaxDistanceOption = Annotated[
    float, typer.Option("--max-distance", help="Longest way of a unit with pupils, metres.")
]
MaxMovedOption = Annotated[
    float, typer.Option("--max-moved", help="Most pupils who may leave their school.")
]
ChangeOption = Annotated[
    float,
    typer.Option("--w-change", help="Added for each pupil moved: km, or points of balance."),
]
CompactnessOption = Annotated[
    float | None,
    typer.Option(
        "--w-compactness",
        help="Weight of compactness: default 0.3 for balance; for distance, pupil-kilometres"
        " that a catchment's outline may cost, default 0.",
    ),
]
CapacityOption = Annotated[
    Capacity | None,
    typer.Option(
        "--capacity",
        help="hard: nobody above the seats; soft: as few as possible. Default soft for balance and"
        " over the district, else hard.",
    ),
]
