"""Coarser places: between two doors, an estate or village group, a road, a community."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gis.addresses.base import AddressBase
from gis.addresses.candidates import BIT, Written, join_equal, weigh_areas
from gis.addresses.names import COMMUNITY, ESTATE, ROAD, SUBDISTRICT
from gis.addresses.reading import ABSENT, Ints
from gis.addresses.rules import MatchRules

_SIDE = 1 << 24  # numbers of one side of a street stay below


def find_units(written: Written, base: AddressBase, rules: MatchRules, rows: Ints) -> pd.DataFrame:
    """Find the units that bear the estate, or the village and group, that addresses name.

    A village without its group is no unit: its people are spread over several.
    """
    mine = _choose(written, ESTATE, rows)
    group = written.numbers["group"].to_numpy()[mine["row"]]
    village = base.is_village[mine["position"].to_numpy(dtype=np.int64)]
    position = np.where(village & (group < 0), ABSENT, mine["position"])
    at, pair = join_equal(position, base.estate_units["estate"].to_numpy())
    there = base.estate_units.iloc[pair]
    fits = there["group"].to_numpy() == np.where(village[at], group[at], there["group"])
    at, there = at[fits], there[fits]
    unit = there["unit"].to_numpy(dtype=np.int64)
    mine = mine.iloc[at]
    found = _weigh(written, base.units, rules, mine, unit, "estate", rules.estate)
    has_house = written.numbers["house"].to_numpy()[mine["row"]] >= 0
    has_house |= written.numbers["door"].to_numpy()[mine["row"]] >= 0
    found["score"] -= np.where(has_house, rules.no_house, 0.0)
    found["evidence"] |= np.where(has_house, BIT["no_house"], 0)
    units = base.units.iloc[unit]
    return found.assign(
        kind="unit",
        code=units["code"].to_numpy(),
        label=units["name"].to_numpy(),
        unit_code=units["code"].to_numpy(),
    )


def find_between(
    written: Written, base: AddressBase, rules: MatchRules, rows: Ints
) -> pd.DataFrame:
    """Place a door between its two neighbours on the same side of the street.

    Odd and even numbers are two sides. Where the neighbours lie in different units both are
    offered, and a person decides.
    """
    mine = _choose(written, ROAD, rows)
    houses = base.buildings
    known = houses[(houses["road"] >= 0) & houses["door"].between(0, _SIDE - 1)]
    keys = _key_side(known["road"].to_numpy(), known["door"].to_numpy())
    order = np.argsort(keys, kind="stable")
    keys, known = keys[order], known.iloc[order]
    number = written.numbers["door"].to_numpy()[mine["row"]]
    asked = _key_side(mine["position"].to_numpy(dtype=np.int64), number)
    after = np.searchsorted(keys, asked)
    inside = np.flatnonzero((number >= 0) & (number < _SIDE) & (after > 0) & (after < keys.size))
    low, high = keys[after[inside] - 1], keys[after[inside]]
    same = (low // _SIDE == asked[inside] // _SIDE) & (high // _SIDE == asked[inside] // _SIDE)
    near = same & (high - low <= rules.most_gap)
    chosen, share = inside[near], (asked[inside] - low)[near] / np.maximum(high - low, 1)[near]
    below, above = known.iloc[after[chosen] - 1], known.iloc[after[chosen]]
    place = {
        axis: below[axis].to_numpy() + (above[axis].to_numpy() - below[axis].to_numpy()) * share
        for axis in ("lon", "lat")
    }
    ends = [
        _offer_end(written, base, rules, mine.iloc[chosen], end).assign(**place)
        for end in (below, above)
    ]
    return pd.concat(ends, ignore_index=True).drop_duplicates(["row", "code"])


def _key_side(road: Ints, door: Ints) -> Ints:
    """Return a key that orders doors along each side of each street."""
    return (road * 2 + door % 2) * _SIDE + door


def _offer_end(
    written: Written,
    base: AddressBase,
    rules: MatchRules,
    mine: pd.DataFrame,
    neighbour: pd.DataFrame,
) -> pd.DataFrame:
    """Offer the unit of one of the two neighbours of a door."""
    unit = neighbour["unit"].to_numpy(dtype=np.int64)
    codes = base.units.iloc[unit]["code"].to_numpy()
    return _weigh(written, base.units, rules, mine, unit, "between", rules.between).assign(
        kind="unit", code=codes, label=neighbour["label"].to_numpy(), unit_code=codes
    )


def find_areas(written: Written, base: AddressBase, rules: MatchRules, rows: Ints) -> pd.DataFrame:
    """Find the road, else the community, else the subdistrict that addresses name."""
    offers = []
    left = np.zeros(len(written.numbers), dtype=bool)
    left[rows] = True
    for kind, start in (
        (ROAD, rules.road),
        (COMMUNITY, rules.community),
        (SUBDISTRICT, rules.subdistrict),
    ):
        mine = _choose(written, kind, np.flatnonzero(left))
        position = mine["position"].to_numpy(dtype=np.int64)
        places = base.places[kind].iloc[position]
        score = start - rules.slip * mine["slips"].to_numpy()
        offers.append(
            pd.DataFrame(
                {
                    "row": mine["row"].to_numpy(dtype=np.int64),
                    "kind": kind,
                    "level": kind,
                    "dwelling": ABSENT,
                    "score": np.maximum(score, 0.0),
                    "evidence": BIT[kind] | np.where(mine["slips"] > 0, BIT["slip"], 0),
                    "code": places["code"].to_numpy(),
                    "label": np.array([base.names[kind][at] for at in position], dtype=object),
                    "unit_code": None,
                    "lon": places["lon"].to_numpy(dtype=float),
                    "lat": places["lat"].to_numpy(dtype=float),
                }
            )
        )
        left[mine["row"]] = False
    offers = [offer for offer in offers if len(offer)] or offers[:1]
    return pd.concat(offers, ignore_index=True)


def _choose(written: Written, kind: str, rows: Ints) -> pd.DataFrame:
    """Return the names of a kind that some of the rows bear."""
    mine = written.entries[written.entries["kind"] == kind]
    is_asked = np.zeros(len(written.numbers), dtype=bool)
    is_asked[rows] = True
    return mine[is_asked[mine["row"].to_numpy(dtype=np.int64)]]


def _weigh(
    written: Written,
    places: pd.DataFrame,
    rules: MatchRules,
    mine: pd.DataFrame,
    position: Ints,
    level: str,
    start: float,
) -> pd.DataFrame:
    """Score places that are found by one name."""
    row = mine["row"].to_numpy(dtype=np.int64)
    there = places.iloc[position]
    evidence, score = weigh_areas(written, rules, row, there)
    slips = mine["slips"].to_numpy(dtype=np.int64)
    return pd.DataFrame(
        {
            "row": row,
            "level": level,
            "dwelling": ABSENT,
            "score": score - (1.0 - start) - rules.slip * slips,
            "evidence": evidence | BIT[level] | np.where(slips > 0, BIT["slip"], 0),
            "lon": there["lon"].to_numpy(dtype=float),
            "lat": there["lat"].to_numpy(dtype=float),
        }
    )
