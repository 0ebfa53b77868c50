"""Vector tiles of a district, cut by PostGIS: roads and water, buildings, features of a question.

From afar single buildings are too many and too small: a tile then holds blocks, one a grid
cell, each of the footprint area and mean height of its buildings. The blocks of a zoom are
counted for the whole district at once, because its few tiles are all in sight together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import Connection, text

from gis.database import read_query
from gis.errors import UsageError
from gis.services.feature_tiles import cut_features
from gis.services.features import Question
from gis.services.packing import Packed, PackedCache, pack

BLOCK_ZOOMS = range(9, 13)
FOOTPRINT_ZOOMS = range(13, 17)


@dataclass(frozen=True)
class Tileset:
    """A kind of tile: which zooms it has, the question that cuts one of each, what is in it.

    Parameters
    ----------
    layers
        Fields of each layer and their kinds, as TileJSON tells them.
    """

    zooms: range
    query: str
    layers: Mapping[str, Mapping[str, str]]


TILESETS = {
    "ground": Tileset(
        range(8, 17),
        "tile_ground",
        {"water": {"kind": "String"}, "roads": {"road_class": "String"}},
    ),
    "buildings": Tileset(
        range(BLOCK_ZOOMS.start, FOOTPRINT_ZOOMS.stop),
        "tile_buildings",
        {
            "buildings": {
                "buildings": "Number",
                "floors": "Number",
                "height_m": "Number",
                "name": "String",
                "dwellings": "Number",
            }
        },
    ),
}
_EMPTY = pack(b"")


class TileCutter:
    """Cuts the tiles of loaded districts and keeps those used last."""

    def __init__(self, cache: PackedCache) -> None:
        self._cache = cache
        self._counting = Lock()
        # district and zoom → version of its data, and its tiles by column and row
        self._blocks: dict[tuple[int, int], tuple[str, dict[tuple[int, int], Packed]]] = {}
        # district and tile set → version of what it rests on, and its question
        self._questions: dict[tuple[int, str], tuple[str, Question]] = {}

    def cut_tile(
        self,
        connection: Connection,
        district_id: int,
        tileset: str,
        place: tuple[int, int, int],
        *,
        version: str,
    ) -> Packed:
        """Return one vector tile, empty where the district has nothing.

        Parameters
        ----------
        place
            Zoom, column from the west, row from the north.
        version
            Digest of the district's datasets; a tile of another version is cut anew.

        Raises
        ------
        UsageError
            When the tile set has no such zoom, or the zoom no such tile.
        """
        check_place(tileset, place)
        if tileset == "buildings" and place[0] in BLOCK_ZOOMS:
            return self._find_blocks(connection, district_id, place, version)
        key = (district_id, version, tileset, place)
        found = self._cache.find(key)
        if found is None:
            zoom, column, row = place
            content = connection.execute(
                text(read_query(TILESETS[tileset].query)),
                {"district_id": district_id, "z": zoom, "x": column, "y": row},
            ).scalar_one()
            found = self._cache.keep(key, pack(bytes(content or b"")))
        return found

    def cut_features(
        self,
        connection: Connection,
        open_question: Callable[[], Question],
        place: tuple[int, int, int],
        *,
        name: str,
        zooms: range,
        version: tuple[int, str],
    ) -> Packed:
        """Return one vector tile of the features of a question.

        Parameters
        ----------
        open_question
            Opens the question; called once a version.
        name
            Name of the tile set and of its one layer.
        zooms
            Zooms that the tile set has.
        version
            District, and digest of what the question rests on.

        Raises
        ------
        UsageError
            When there is no such zoom, or the zoom has no such tile.
        """
        check_square(name, zooms, place)
        key = (version, name, place)
        found = self._cache.find(key)
        if found is None:
            district_id, digest = version
            known, question = self._questions.get((district_id, name), ("", None))
            if question is None or known != digest:
                question = open_question()
                self._questions[district_id, name] = (digest, question)
            content = cut_features(connection, question, place, layer=name)
            found = self._cache.keep(key, pack(content))
        return found

    def _find_blocks(
        self, connection: Connection, district_id: int, place: tuple[int, int, int], version: str
    ) -> Packed:
        zoom, column, row = place
        with self._counting:  # neighbours asked for together wait for the one count
            known, tiles = self._blocks.get((district_id, zoom), ("", {}))
            if known != version:
                tiles = _count_blocks(connection, district_id, zoom)
                self._blocks[district_id, zoom] = (version, tiles)
        return tiles.get((column, row), _EMPTY)


def _count_blocks(
    connection: Connection, district_id: int, zoom: int
) -> dict[tuple[int, int], Packed]:
    rows = connection.execute(
        text(read_query("tile_building_blocks")), {"district_id": district_id, "z": zoom}
    )
    return {(column, row): pack(bytes(content)) for column, row, content in rows}


def check_place(tileset: str, place: tuple[int, int, int]) -> None:
    """Check that a tile set has such a tile.

    Raises
    ------
    UsageError
        Naming the tile sets, their zooms, or the tiles of the zoom.

    Examples
    --------
    >>> check_place("ground", (9, 0, 511))
    """
    if tileset not in TILESETS:
        known = ", ".join(sorted(TILESETS))
        raise UsageError(f"There are no tiles '{tileset}'.", mend=f"Use one of {known}.")
    check_square(tileset, TILESETS[tileset].zooms, place)


def check_square(tileset: str, zooms: range, place: tuple[int, int, int]) -> None:
    """Check that a tile set has such a zoom, and the zoom such a tile.

    Raises
    ------
    UsageError
        Naming the zooms, or the tiles of the zoom.
    """
    zoom, column, row = place
    if zoom not in zooms:
        raise UsageError(
            f"Tiles '{tileset}' have no zoom {zoom}.",
            mend=f"Use a zoom from {zooms.start} to {zooms.stop - 1}.",
        )
    if not (0 <= column < 2**zoom and 0 <= row < 2**zoom):
        raise UsageError(
            f"Zoom {zoom} has no tile {column}/{row}.",
            mend=f"Use columns and rows from 0 to {2**zoom - 1}.",
        )
