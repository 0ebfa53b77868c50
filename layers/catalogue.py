"""All layers of the map: their order in the list, their order in drawing, what a district has."""

from __future__ import annotations

from collections.abc import Collection

import pydeck
from sqlalchemy import Connection

from catchments.admission.kinds import name_kind
from gis.database import read_table
from gis.errors import UsageError
from layers import (
    accessibility,
    address_spots,
    area,
    balance,
    balance_spots,
    basemap,
    buildings,
    catchments,
    children_density,
    columns,
    district,
    hillshade,
    moved,
    placements,
    population_density,
    projects,
    red_chance,
    schools,
    seated_share,
    selection,
    teacher_shortage,
    value_added,
    walking_time,
    white_spots,
)
from layers.scene import Bounds, MapLayer, Picture, Scene, Sheet

# As the list of layers shows them.
LAYERS: tuple[MapLayer, ...] = (
    moved.LAYER,
    placements.LAYER,
    catchments.LAYER,
    seated_share.LAYER,
    red_chance.LAYER,
    columns.LAYER,
    projects.LAYER,
    balance.LAYER,
    balance_spots.LAYER,
    value_added.LAYER,
    teacher_shortage.LAYER,
    accessibility.LAYER,
    walking_time.LAYER,
    white_spots.LAYER,
    children_density.LAYER,
    population_density.LAYER,
    schools.LAYER,
    buildings.LAYER,
    district.LAYER,
    basemap.LAYER,
    hillshade.LAYER,
)
# Drawn whatever is switched on or off.
_ALWAYS = (district.LAND, area.LAYER, selection.LAYER, address_spots.LAYER)

# From the ground up; a layer id stands for its parts too.
_DRAWING_ORDER = (
    "land",
    "population_density",
    "children_density",
    "walking_time",
    "white_spots",
    "hillshade",
    "subdistricts/area",
    "accessibility",
    "basemap",
    "catchments/fill",
    "seated_share",
    "red_chance",
    "moved/unit",
    "buildings",
    "projects/built",
    "projects/ghost",
    "columns",
    "area/chosen",
    "selection",
    "schools/dot",
    "schools/sign",
    "balance_spots",
    "balance",
    "value_added",
    "teacher_shortage",
    "projects/site",
    "placements",
    "subdistricts/name",
    "schools/name",
    "projects/name",
    "projects/late",
    "catchments/mark",
    "area/piece",
    "address_spots/dot",
    "address_spots/mark",
)


def build_layers(scene: Scene, shown: Collection[str]) -> list[pydeck.Layer]:
    """Describe the layers of these codes in drawing order, and the ground and the selection.

    Examples
    --------
    >>> "schools" in {layer.code for layer in LAYERS}
    True
    """
    wanted = [*_ALWAYS, *(layer for layer in LAYERS if layer.code in shown)]
    parts = [part for layer in wanted for part in layer.build(scene)]
    return sorted(parts, key=lambda part: _find_rank(part.id))


def compare_layers(
    before: Scene, after: Scene, shown: Collection[str], sides: tuple[str, str]
) -> list[pydeck.Layer]:
    """Describe two scenes beside each other: what is the same in both is drawn on both sides.

    What differs bears the name of its side behind its id; see :func:`layers.deck.build_deck`.
    """
    former = {part.id: part for part in build_layers(before, shown)}
    parts = []
    for part in build_layers(after, shown):
        other = former.get(part.id, part)
        if other.to_json() == part.to_json():
            parts.append(part)
            continue
        for one, side in zip((other, part), sides, strict=True):
            one.id = f"{one.id}@{side}"
            parts.append(one)
    return parts


def find_sheet(name: str) -> Sheet:
    """Return the sheet of that name.

    Raises
    ------
    UsageError
        When no layer has such a sheet.
    """
    sheets = {key: sheet for layer in (*LAYERS, *_ALWAYS) for key, sheet in layer.sheets.items()}
    if name not in sheets:
        raise UsageError(
            f"The map has no sheet '{name}'.", mend=f"Use one of {', '.join(sorted(sheets))}."
        )
    return sheets[name]


def find_picture(name: str) -> Picture:
    """Return the picture of that name.

    Raises
    ------
    UsageError
        When no layer has such a picture.
    """
    pictures = {key: one for layer in LAYERS for key, one in layer.pictures.items()}
    if name not in pictures:
        raise UsageError(
            f"The map has no picture '{name}'.", mend=f"Use one of {', '.join(sorted(pictures))}."
        )
    return pictures[name]


def list_available(connection: Connection, scene: Scene) -> set[str]:
    """Return the codes of the layers that the district has data for."""
    found = read_table(
        connection,
        "layer_available",
        district_id=scene.district_id,
        plan_id=scene.plan_id,
        stage=scene.stage,
        year=scene.year,
        counted=scene.profile.warning.counted,
        minimum_cell=scene.profile.minimum_cell,
        admission=name_kind(scene.stage, scene.year),
    ).iloc[0]
    codes = {str(code) for code in found.index[found.to_numpy(dtype=bool)]}
    if "children_density" not in codes:
        codes.discard("white_spots")
    return (
        codes
        | ({"columns"} if "catchments" in codes else set())
        | ({"seated_share"} if {"catchments", "placements"} <= codes else set())
        | ({"red_chance"} if scene.ahead is not None else set())
        | ({"moved"} if scene.against is not None else set())
    )


def read_bounds(connection: Connection, district_id: int) -> Bounds | None:
    """Return where the district lies: west, south, east, north in degrees; nothing without land."""
    asked = {"kind": "district", "id": None, "plan_id": None, "stage": None}
    found = read_table(connection, "place_bounds", district_id=district_id, **asked)
    if found.empty or found.iloc[0].isna().any():
        return None
    west, south, east, north = found.iloc[0].astype(float)
    return west, south, east, north


def read_versions(connection: Connection, district_id: int) -> tuple[str, str]:
    """Return the digest of the district's data, and of its data, plans and runs.

    Raises
    ------
    UsageError
        When there is no such district.
    """
    found = read_table(connection, "layer_versions", district_id=district_id)
    if found.empty:
        raise UsageError(f"There is no district {district_id}.", mend="Load it first.")
    row = found.iloc[0]
    return str(row["ground_version"]), str(row["version"])


def _find_rank(id: str) -> int:
    for rank, known in enumerate(_DRAWING_ORDER):
        if id == known or id.startswith((f"{known}/", f"{known}-")):
            return rank
    raise UsageError(f"Layer {id} has no place in the drawing order.")
