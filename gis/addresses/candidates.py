"""Places that an address may mean, each with what speaks for it and against it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis.addresses.base import AddressBase, join_door, join_keys
from gis.addresses.names import COMMUNITY, ESTATE, KINDS, ROAD, SUBDISTRICT, NameReading
from gis.addresses.reading import ABSENT, NAME_PARTS, Ints, Reading
from gis.addresses.rules import MatchRules

Flags = NDArray[np.bool_]

# What speaks for an answer or against it; several may stand together.
EVIDENCE = (
    "house", "door", "slip", "unread", "suffix", "no_room", "other_community",
    "other_subdistrict", "other_door", "other_estate", "vague", "between", "estate", "road",
    "community", "subdistrict", "no_house", "decided",
)  # fmt: skip
BIT = {name: 1 << at for at, name in enumerate(EVIDENCE)}


@dataclass(frozen=True, eq=False)
class Written:
    """What n addresses say, with names as positions in the lists of the base.

    Parameters
    ----------
    entries
        row, kind, position, slips, mended: the names of each address, sorted.
    numbers
        As :class:`gis.addresses.reading.Reading`, and door.
    has
        Kind → whether the row names one.
    is_unread, is_vague, is_elsewhere, is_other_subdistrict
        (n,) bool.
    """

    entries: pd.DataFrame
    numbers: pd.DataFrame
    has: dict[str, Flags]
    is_unread: Flags
    is_vague: Flags
    is_elsewhere: Flags
    is_other_subdistrict: Flags

    def has_exact(self, kind: str) -> Flags:
        """Tell which rows name a place of a kind without a slip."""
        entries = self.entries
        exact = entries[(entries["kind"] == kind) & (entries["slips"] == 0)]
        return _mark(exact["row"], len(self.numbers))

    def find(self, kind: str, rows: Ints, positions: Ints) -> Ints:
        """Return the slips with which a row names a place, -1 where it does not."""
        mine = self.entries[self.entries["kind"] == kind]
        keys = join_keys(mine["row"].to_numpy(), mine["position"].to_numpy())
        order = np.argsort(keys, kind="stable")
        wanted = join_keys(rows, positions)
        at = np.searchsorted(keys[order], wanted)
        inside = at < keys.size
        at = np.minimum(at, max(keys.size - 1, 0))
        if not keys.size:
            return np.full(rows.size, ABSENT, dtype=np.int64)
        is_named = inside & (keys[order][at] == wanted) & (wanted >= 0)
        return np.where(is_named, mine["slips"].to_numpy()[order][at], ABSENT)


def understand(reading: Reading, base: AddressBase) -> Written:
    """Read the names of addresses; each different text is read once."""
    read = [base.vocabulary.read(text) if text else NameReading() for text in reading.texts]
    names = pd.DataFrame(
        [
            (at, one.kind, one.position, one.slips, one.mended)
            for at, told in enumerate(read)
            for one in told.named
        ],
        columns=["text", "kind", "position", "slips", "mended"],
    )
    marks = pd.DataFrame(
        {
            "unread": [bool(told.unread) for told in read],
            "elsewhere": [told.is_elsewhere for told in read],
            "subdistrict": [told.is_other_subdistrict for told in read],
        }
    ).to_numpy(dtype=bool)
    main = [name for name in NAME_PARTS if name != "remark"]
    places = reading.names[main].to_numpy()
    marked = marks[places].any(axis=1)
    size = len(reading.numbers)
    used = pd.DataFrame({"row": np.repeat(np.arange(size), len(main)), "text": places.ravel()})
    entries = used[used["text"] > 0].merge(names, on="text")
    entries = _add_remarks(entries, reading, names, size)
    entries = (
        entries.sort_values(["row", "kind", "position", "slips"], kind="stable")
        .drop_duplicates(["row", "kind", "position"])
        .reset_index(drop=True)
    )
    return Written(
        entries.drop(columns="text"),
        reading.numbers.assign(door=join_door(reading.numbers)),
        {kind: _mark(entries.loc[entries["kind"] == kind, "row"], size) for kind in KINDS},
        marked[:, 0] | reading.is_odd,
        reading.is_vague,
        marks[reading.names["head"].to_numpy(), 1],  # named before all else, if at all
        marked[:, 2],
    )


def _add_remarks(
    entries: pd.DataFrame, reading: Reading, names: pd.DataFrame, size: int
) -> pd.DataFrame:
    """Take from a remark the names of kinds that the address itself does not name."""
    remarks = pd.DataFrame({"row": np.arange(size), "text": reading.names["remark"].to_numpy()})
    more = remarks[remarks["text"] > 0].merge(names[names["slips"] == 0], on="text")
    if more.empty:
        return entries
    known = entries[["row", "kind"]].drop_duplicates().assign(known=True)
    more = more.merge(known, on=["row", "kind"], how="left")
    return pd.concat([entries, more[more["known"].isna()].drop(columns="known")], ignore_index=True)


def _mark(rows: pd.Series, size: int) -> Flags:
    marked = np.zeros(size, dtype=bool)
    marked[rows] = True
    return marked


def join_equal(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Return the positions of all pairs of equal keys; missing keys (-1) pair with none."""
    order = np.argsort(right, kind="stable")
    low, high = (np.searchsorted(right[order], left, side) for side in ("left", "right"))
    count = np.where(left >= 0, high - low, 0)
    rows = np.repeat(np.arange(left.size), count)
    first = np.repeat(low - np.r_[0, np.cumsum(count)[:-1]], count)
    return rows, order[first + np.arange(count.sum())]


def find_buildings(written: Written, base: AddressBase, rules: MatchRules) -> pd.DataFrame:
    """Find the buildings that bear the house or the door of each address, and score them.

    Returns
    -------
    DataFrame
        row, building, unit (positions), dwelling (position in doors, -1), score, evidence (bits).
    """
    houses = base.buildings
    pairs = [
        _pair_names(written, ESTATE, "house", houses["estate"], houses["house"]),
        _pair_names(written, ROAD, "door", houses["road"], houses["door"]),
    ]
    found = pd.DataFrame(np.concatenate(pairs, axis=1).T, columns=["row", "building"])
    found = found.drop_duplicates().sort_values(["row", "building"]).reset_index(drop=True)
    row, building = found["row"].to_numpy(), found["building"].to_numpy()
    mine = houses.iloc[building]
    numbers = written.numbers.iloc[row]
    evidence, score = weigh_areas(written, rules, row, mine)
    estate = written.find(ESTATE, row, mine["estate"].to_numpy())
    unit_estate = written.find(ESTATE, row, _take(base.units["estate"], mine["unit"]))
    road = written.find(ROAD, row, mine["road"].to_numpy())
    house, door = (numbers[name].to_numpy() for name in ("house", "door"))
    by_house = (estate >= 0) & (house >= 0) & (house == mine["house"].to_numpy())
    by_door = (road >= 0) & (door >= 0) & (door == mine["door"].to_numpy())
    strict = _name_estates(written, base)[row]
    has_estate = mine["estate"].to_numpy() >= 0
    # A road that is but a slip of one speaks against nothing.
    stands_elsewhere = written.has_exact(ROAD)[row] & (mine["road"].to_numpy() >= 0) & ~by_door
    stands_elsewhere &= (road < 0) | (door >= 0)
    other_house = (estate >= 0) & (house >= 0) & ~by_house
    other_estate = strict & (estate < 0) & (unit_estate < 0)
    slips = np.where(by_house, np.maximum(estate, 0), 0) + np.where(by_door, np.maximum(road, 0), 0)
    suffix = by_door & (numbers["suffix"].to_numpy() != mine["suffix"].to_numpy())
    dwelling, no_room = _find_rooms(base, building, numbers)
    weights = (
        (~(by_house & by_door), "", rules.single),
        (by_house, "house", 0.0),
        (by_door, "door", 0.0),
        (stands_elsewhere, "other_door", rules.other_door),
        (other_house | (other_estate & has_estate), "other_estate", rules.other_door),
        (other_estate & ~has_estate, "other_estate", rules.no_estate),
        (suffix, "suffix", rules.suffix),
        (no_room, "no_room", rules.no_room),
    )
    for flag, name, price in weights:
        score -= np.where(flag, price, 0.0)
        evidence |= np.where(flag, BIT.get(name, 0), 0)
    score -= slips * rules.slip
    evidence |= np.where(slips > 0, BIT["slip"], 0)
    return found.assign(
        unit=mine["unit"].to_numpy(), dwelling=dwelling, score=score, evidence=evidence
    )


def _pair_names(
    written: Written, kind: str, number: str, positions: pd.Series, numbers: pd.Series
) -> NDArray[np.int64]:
    """Pair addresses with the buildings whose name of a kind and number agree."""
    mine = written.entries[written.entries["kind"] == kind]
    rows = mine["row"].to_numpy(dtype=np.int64)
    asked = join_keys(
        mine["position"].to_numpy(dtype=np.int64), written.numbers[number].to_numpy()[rows]
    )
    at, building = join_equal(asked, join_keys(positions.to_numpy(), numbers.to_numpy()))
    return np.stack([rows[at], building])


def _name_estates(written: Written, base: AddressBase) -> Flags:
    """Tell which rows name an estate that is no village: a village says little about a house."""
    mine = written.entries[(written.entries["kind"] == ESTATE) & (written.entries["slips"] == 0)]
    strict = mine[~base.is_village[mine["position"].to_numpy(dtype=np.int64)]]
    return _mark(strict["row"], len(written.numbers))


def _take(values: pd.Series, positions: pd.Series) -> Ints:
    at = positions.to_numpy()
    if not len(values):
        return np.full(at.size, ABSENT, dtype=np.int64)
    return np.where(at >= 0, values.to_numpy()[np.maximum(at, 0)], ABSENT)


def weigh_areas(
    written: Written, rules: MatchRules, row: Ints, places: pd.DataFrame
) -> tuple[Ints, NDArray[np.float64]]:
    """Weigh what the rest of the text says of places: community, subdistrict, doubts."""
    score = np.ones(row.size)
    evidence = np.zeros(row.size, dtype=np.int64)
    for kind, price in (
        (COMMUNITY, rules.other_community),
        (SUBDISTRICT, rules.other_subdistrict),
    ):
        there = places[kind].to_numpy()
        slips = written.find(kind, row, there)
        other = written.has[kind][row] & (there >= 0) & (slips < 0)
        if kind == SUBDISTRICT:
            other |= written.is_other_subdistrict[row]
        score -= np.where(other, price, 0.0)
        evidence |= np.where(other, BIT[f"other_{kind}"], 0)
    for flag, name, price in (
        (written.is_unread, "unread", rules.unread),
        (written.is_vague, "vague", rules.vague),
    ):
        score -= np.where(flag[row], price, 0.0)
        evidence |= np.where(flag[row], BIT[name], 0)
    return evidence, score


def _find_rooms(base: AddressBase, building: Ints, numbers: pd.DataFrame) -> tuple[Ints, Flags]:
    """Find the dwelling behind a room; without an entrance it must be the only such room."""
    doors = base.doors
    size = building.size
    if not len(doors):
        return np.full(size, ABSENT, dtype=np.int64), np.zeros(size, dtype=bool)
    entrance, room = numbers["entrance"].to_numpy(), numbers["room"].to_numpy()
    mine = doors["building"].to_numpy()
    # The door of an entrance: fewer than 128 of them, else the room alone must tell.
    whole = np.where(
        doors["entrance"] < 128,
        join_keys(mine, (doors["room"] * 128 + doors["entrance"]).to_numpy()),
        ABSENT,
    )
    is_whole = (entrance >= 0) & (entrance < 128) & (room >= 0)
    asked = join_keys(building, np.where(is_whole, room * 128 + entrance, ABSENT))
    found = np.full(size, ABSENT, dtype=np.int64)
    _set_single(found, *join_equal(asked, whole))
    loose = join_keys(building, np.where(entrance < 0, room, ABSENT))
    _set_single(found, *join_equal(loose, join_keys(mine, doors["room"].to_numpy())))
    # A house with one dwelling is that dwelling, whatever room is written.
    count = np.bincount(mine, minlength=len(base.buildings))
    single = np.flatnonzero((found < 0) & (room < 0) & (count[building] == 1))
    found[single] = np.searchsorted(mine, building[single])
    return found, (room >= 0) & (count[building] > 0) & (found < 0)


def _set_single(found: Ints, at: Ints, door: Ints) -> None:
    """Enter the doors of which there is but one for the place that asks."""
    count = np.bincount(at, minlength=found.size)
    only = count[at] == 1
    found[at[only]] = door[only]
