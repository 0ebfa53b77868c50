"""Vector tiles by name: those of the ground and the buildings, and those of the collections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from gis.database import read_table
from gis.services.features import Question, measure_extent, open_question
from gis.services.packing import Packed
from gis.services.tile_matrices import Bounds, describe_tilejson
from gis.services.tiles import TILESETS, TileCutter
from layers.catalogue import read_versions
from layers.language import Language, msgid
from scenarios.cockpit.data_routes import UnknownAddressError
from scenarios.district import District, find_plan
from scenarios.services.collections import COLLECTIONS, Entry, build_source

_TITLES = {"ground": msgid("Roads and water"), "buildings": msgid("Buildings")}
_KINDS = {"boolean": "Boolean", "integer": "Number", "number": "Number"}


@dataclass(frozen=True)
class TiledSet:
    """A tile set of a district: an entry of the collections, or one of the ground."""

    name: str
    entry: Entry | None

    @property
    def title(self) -> str:
        """Source string of its title."""
        return self.entry.title if self.entry is not None else _TITLES[self.name]

    @property
    def zooms(self) -> range:
        """Zooms that it has."""
        return self.entry.zooms if self.entry is not None else TILESETS[self.name].zooms


def list_tiled() -> tuple[TiledSet, ...]:
    """List all tile sets of a district."""
    ground = tuple(TiledSet(name, None) for name in TILESETS)
    return ground + tuple(TiledSet(entry.code, entry) for entry in COLLECTIONS)


def find_tiled(name: str) -> TiledSet:
    """Return the tile set of that name.

    Raises
    ------
    UnknownAddressError
        When there is none; names those there are.

    Examples
    --------
    >>> find_tiled("catchments").zooms
    range(6, 17)
    """
    tiled = {one.name: one for one in list_tiled()}
    if name not in tiled:
        raise UnknownAddressError(
            f"There are no tiles '{name[:60]}'.", mend=f"Use one of {', '.join(sorted(tiled))}."
        )
    return tiled[name]


def cut_tile(
    connection: Connection,
    cutter: TileCutter,
    district: District,
    tiled: TiledSet,
    place: tuple[int, int, int],
) -> Packed:
    """Cut a tile of a district's default plan, or take it from those kept.

    Raises
    ------
    UsageError
        When the tile set has no such zoom, or the zoom no such tile.
    """
    if tiled.entry is None:
        ground, _ = read_versions(connection, district.id)
        return cutter.cut_tile(connection, district.id, tiled.name, place, version=ground)
    return cutter.cut_features(
        connection,
        lambda: _open(connection, district, tiled),
        place,
        name=tiled.name,
        zooms=tiled.zooms,
        version=(district.id, read_version(connection, district)),
    )


def read_version(connection: Connection, district: District) -> str:
    """Return a digest of all that the collections of a district rest on."""
    _, version = read_versions(connection, district.id)
    events = read_table(connection, "warning_version", district_code=district.profile.code)
    return f"{version}-{events['version'].iloc[0]}"


def describe_tiled(
    connection: Connection,
    district: District,
    tiled: TiledSet,
    *,
    address: str,
    language: Language,
) -> dict[str, Any]:
    """Return the TileJSON of a tile set; `address` has ``{z}``, ``{x}`` and ``{y}``."""
    layers: Mapping[str, Mapping[str, str]]
    if tiled.entry is None:
        layers = TILESETS[tiled.name].layers
    else:
        fields = _open(connection, district, tiled).fields
        layers = {tiled.name: {n: _KINDS.get(kind, "String") for n, kind in fields.items()}}
    return describe_tilejson(
        language(tiled.title),
        language(tiled.entry.description) if tiled.entry is not None else language(tiled.title),
        address=address,
        zooms=tiled.zooms,
        bounds=measure_bounds(connection, district, tiled),
        layers=layers,
    )


def measure_bounds(connection: Connection, district: District, tiled: TiledSet) -> Bounds | None:
    """Measure the box of a tile set in lon/lat; nothing where nothing has a place."""
    if tiled.entry is not None:
        return measure_extent(connection, _open(connection, district, tiled)).bounds
    found = read_table(connection, "district_bounds", district_id=district.id).iloc[0]
    if found.isna().any():
        return None
    west, south, east, north = (float(degree) for degree in found)
    return west, south, east, north


def _open(connection: Connection, district: District, tiled: TiledSet) -> Question:
    assert tiled.entry is not None
    plan = find_plan(connection, district, None)
    return open_question(connection, build_source(connection, district, plan, tiled.entry))
