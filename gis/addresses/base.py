"""What the district's own tables know: doors of streets, houses of estates, names, places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gis.addresses.names import (
    COMMUNITY,
    ESTATE,
    KINDS,
    ROAD,
    SUBDISTRICT,
    Named,
    Vocabulary,
    build_vocabulary,
)
from gis.addresses.reading import ABSENT, Ints, Reading, read_addresses

LANE = 1_000_000  # what a lane adds to the number of a door: 2弄3号 is 3_000_003
_STEP = 1 << 38  # numbers of doors, houses and rooms stay below


@dataclass(frozen=True, eq=False)
class AddressBase:
    """The address base of a district.

    Parameters
    ----------
    names
        Kind → its names; other tables hold positions in these lists, -1 for none.
    buildings
        code, label, unit (position in `units`), road, door, suffix, estate, house, community,
        subdistrict, lon, lat.
    units
        code, name, estate (of its name without the group), group, community, subdistrict, lon, lat.
    doors
        building (position), entrance, room, code; sorted by the key of the three.
    estate_units
        estate, group, unit: which units bear an estate's name or hold its buildings.
    places
        Kind → code, lon, lat of each of its names (NaN where nothing tells).
    is_village
        For each estate whether it is the name of a village, of which only groups are units.
    vocabulary
        All names in all their forms.
    prefixes
        Names of province, city and district that are taken off.
    """

    names: dict[str, list[str]]
    buildings: pd.DataFrame
    units: pd.DataFrame
    doors: pd.DataFrame
    estate_units: pd.DataFrame
    places: dict[str, pd.DataFrame]
    is_village: np.ndarray
    vocabulary: Vocabulary
    prefixes: tuple[str, ...]


def build_base(
    buildings: pd.DataFrame,
    dwellings: pd.DataFrame,
    named: pd.DataFrame,
    *,
    prefixes: Sequence[str] = (),
) -> AddressBase:
    """Build the address base from the tables of a district.

    Parameters
    ----------
    buildings
        code, address, name, unit (code), community, subdistrict (names), lon, lat in degrees;
        address or name may be missing.
    dwellings
        building (code), code, door.
    named
        kind (unit, road, community, subdistrict), code, name, community, subdistrict, lon, lat.
    prefixes
        Names of province, city and district, in all forms that people write.

    Examples
    --------
    >>> base = build_base(
    ...     pd.DataFrame({"code": ["b1"], "address": ["学院路12号"], "name": ["金色家园3幢"],
    ...         "unit": ["u1"], "community": None, "subdistrict": None, "lon": 120.6, "lat": 28.0}),
    ...     pd.DataFrame({"building": ["b1"], "code": ["d1"], "door": ["2单元501室"]}),
    ...     pd.DataFrame({"kind": ["unit"], "code": ["u1"], "name": ["金色家园"],
    ...         "community": None, "subdistrict": None, "lon": 120.6, "lat": 28.0}))
    >>> base.names["road"], base.buildings[["door", "house"]].values.tolist()
    (['学院路'], [[12, 3]])
    """
    cut = _cut_whole_names(prefixes)
    units = named[named["kind"] == "unit"].reset_index(drop=True)
    listed = {
        kind: list(dict.fromkeys(named.loc[named["kind"] == kind, "name"].dropna()))
        for kind in (ROAD, COMMUNITY, SUBDISTRICT)
    }
    by_unit = cut(units["name"])
    by_address, by_name = cut(buildings["address"]), cut(buildings["name"])
    is_named = _has_no_number(by_unit)
    stems = np.where(is_named, by_unit.texts[by_unit.names["head"]], "").astype(object)
    estates = by_name.texts[by_name.names["head"]]
    middles = by_address.texts[by_address.names["middle"]]
    estates = np.where(estates == "", middles, estates)
    listed[ESTATE] = list(dict.fromkeys(one for one in (*stems, *estates) if one))
    roads = _read_roads(by_address, listed, prefixes)
    listed[ROAD] = list(dict.fromkeys([*listed[ROAD], *(road for road in roads if road)]))
    find = {kind: {name: at for at, name in enumerate(listed[kind])} for kind in KINDS}
    unit_table = units[["code", "name", "lon", "lat"]].assign(
        estate=_find_all(stems, find[ESTATE]),
        group=by_unit.numbers["group"].to_numpy(),
        community=_find_all(units["community"], find[COMMUNITY]),
        subdistrict=_find_all(units["subdistrict"], find[SUBDISTRICT]),
    )
    houses = np.where(
        by_name.numbers["house"] >= 0, by_name.numbers["house"], by_address.numbers["house"]
    )
    building_table = pd.DataFrame(
        {
            "code": buildings["code"].to_numpy(dtype=object),
            "label": _label(buildings),
            "unit": _find_all(
                buildings["unit"], dict(zip(units["code"], range(len(units)), strict=True))
            ),
            "road": _find_all(roads, find[ROAD]),
            "door": join_door(by_address.numbers),
            "suffix": by_address.numbers["suffix"].to_numpy(),
            "estate": _find_all(estates, find[ESTATE]),
            "house": houses,
            "community": _find_all(buildings["community"], find[COMMUNITY]),
            "subdistrict": _find_all(buildings["subdistrict"], find[SUBDISTRICT]),
            "lon": buildings["lon"].to_numpy(dtype=float),
            "lat": buildings["lat"].to_numpy(dtype=float),
        }
    )
    is_village = np.zeros(len(listed[ESTATE]), dtype=bool)
    is_village[
        unit_table.loc[(unit_table["group"] >= 0) & (unit_table["estate"] >= 0), "estate"]
    ] = True
    return AddressBase(
        listed,
        building_table,
        unit_table,
        _build_doors(dwellings, building_table),
        _join_estates(unit_table, building_table),
        {kind: _place_names(named, kind, listed[kind]) for kind in (ROAD, COMMUNITY, SUBDISTRICT)},
        is_village,
        build_vocabulary(listed, prefixes=prefixes),
        tuple(prefix for prefix in prefixes if prefix[-1] in "省市区县州"),
    )


def join_door(numbers: pd.DataFrame) -> Ints:
    """Return the number of the door on its street, lanes included."""
    number, lane = numbers["number"].to_numpy(), numbers["lane"].to_numpy()
    return np.where(number < 0, ABSENT, number + np.where(lane < 0, 0, (lane + 1) * LANE))


def join_keys(first: Ints, second: Ints) -> Ints:
    """Join a position and a number to one key; -1 where either is missing."""
    first, second = np.asarray(first, dtype=np.int64), np.asarray(second, dtype=np.int64)
    return np.where((first < 0) | (second < 0), ABSENT, first * _STEP + second)


def _cut_whole_names(prefixes: Sequence[str]) -> Callable[[pd.Series], Reading]:
    """Return a reader of whole columns; missing texts are empty."""

    def cut(texts: pd.Series) -> Reading:
        plain = texts.to_numpy(dtype=object)
        return read_addresses(np.where(pd.isna(plain), "", plain), prefixes=prefixes)

    return cut


def _has_no_number(reading: Reading) -> np.ndarray:
    """Tell of which units the name has no number but that of a village's group."""
    others = [name for name in reading.numbers if name != "group"]
    return ~(reading.numbers[others] >= 0).any(axis=1).to_numpy() & ~reading.is_odd


def _read_roads(cut: Reading, listed: dict[str, list[str]], prefixes: Sequence[str]) -> np.ndarray:
    """Return the road of each building: what is no other name before the number of its door."""
    known = build_vocabulary({**listed, ESTATE: []}, prefixes=prefixes)
    roads = np.full(len(cut.texts), "", dtype=object)
    for at, text in enumerate(cut.texts):
        if not text:
            continue
        read = known.read(text)
        exact = [one for one in read.named if one.kind == ROAD and not one.slips]
        # A road that the graph of streets has not: its doors still make it known.
        roads[at] = listed[ROAD][exact[0].position] if exact else _rest(text, read.named, listed)
    has_number = (cut.numbers["number"] >= 0).to_numpy()
    inner = np.where(cut.names["inner"] > 0, cut.names["inner"], cut.names["head"])
    return np.where(has_number, roads[inner], "")


def _rest(text: str, named: Sequence[Named], listed: dict[str, list[str]]) -> str:
    """Return what follows the last name of an area in a text."""
    for one in named:
        if one.kind in (COMMUNITY, SUBDISTRICT) and not one.slips:
            name = listed[one.kind][one.position]
            text = text.rpartition(name)[2]
    return text


def _find_all(texts: pd.Series | np.ndarray, places: dict[str, int]) -> Ints:
    found = pd.Series(np.asarray(texts, dtype=object)).map(places)
    return np.asarray(found.fillna(ABSENT), dtype=np.int64)


def _label(buildings: pd.DataFrame) -> np.ndarray:
    """Write what a person knows a building by: its name and its address."""
    name = buildings["name"].fillna("").to_numpy(dtype=object)
    address = buildings["address"].fillna("").to_numpy(dtype=object)
    both = (name != "") & (address != "")
    return name + np.where(both, " · ", "").astype(object) + address


def _build_doors(dwellings: pd.DataFrame, buildings: pd.DataFrame) -> pd.DataFrame:
    cut = read_addresses(dwellings["door"].to_numpy(dtype=object))
    places = pd.Series(np.arange(len(buildings)), index=buildings["code"])
    doors = pd.DataFrame(
        {
            "building": places.reindex(dwellings["building"])
            .fillna(ABSENT)
            .to_numpy(dtype=np.int64),
            "entrance": np.maximum(cut.numbers["entrance"].to_numpy(), 0),
            "room": cut.numbers["room"].to_numpy(),
            "code": dwellings["code"].to_numpy(dtype=object),
        }
    )
    # Garages and shops are no doors that people live behind.
    is_plain = (cut.names["head"] == 0).to_numpy() & (doors["building"] >= 0) & (doors["room"] >= 0)
    doors = doors[is_plain].sort_values(["building", "entrance", "room", "code"])
    return doors.reset_index(drop=True)


def _join_estates(units: pd.DataFrame, buildings: pd.DataFrame) -> pd.DataFrame:
    """List the units that bear an estate's name, or else hold its buildings."""
    own = units.assign(unit=np.arange(len(units)))[["estate", "group", "unit"]]
    held = buildings[["estate", "unit"]].assign(group=ABSENT)
    held = held[~held["estate"].isin(own["estate"])]
    both = pd.concat([own, held], ignore_index=True)
    both = both[(both["estate"] >= 0) & (both["unit"] >= 0)]
    return both.drop_duplicates().sort_values(["estate", "group", "unit"]).reset_index(drop=True)


def _place_names(named: pd.DataFrame, kind: str, listed: list[str]) -> pd.DataFrame:
    mine = named[named["kind"] == kind].drop_duplicates("name").set_index("name")
    return mine.reindex(listed)[["code", "lon", "lat"]].reset_index(drop=True)
