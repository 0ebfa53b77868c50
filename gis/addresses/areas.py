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
    number = written.numbers["door"].to_numpy()[mine["row"]]
    houses = base.buildings
    known = houses[(houses["road"] >= 0) & (houses["door"] >= 0) & (houses["door"] < _SIDE)]
    road, door = known["road"].to_numpy(), known["door"].to_numpy()
    keys = (road * 2 + door % 2) * _SIDE + door
    order = np.argsort(keys, kind="stable")
    keys, known = keys[order], known.iloc[order]
    mine, number = mine[number >= 0], number[number >= 0]
    side = mine["position"].to_numpy() * 2 + number % 2
    after = np.searchsorted(keys, side * _SIDE + number)
    is_inside = (after > 0) & (after < keys.size)
    mine, number, side, after = (
        mine[is_inside], number[is_inside], side[is_inside], after[is_inside],
    )  # fmt: skip
    low, high = (
        keys[after - 1],
        keys[np.minimum(after, max(keys.size - 1, 0))] if keys.size else (after, after),
    )
    near = (low // _SIDE == side) & (high // _SIDE == side) & (high - low <= rules.most_gap)
    mine, number, after, low, high = mine[near], number[near], after[near], low[near], high[near]
    if mine.empty:
        return _weigh(written, base.units, rules, mine, after[:0], "between", 0.0).assign(
            kind="unit", code=None, label=None, unit_code=None
        )
    share = (number - low % _SIDE) / np.maximum(high - low, 1)
    below, above = known.iloc[after - 1], known.iloc[after]
    ends = []
    for end in (below, above):
        unit = end["unit"].to_numpy(dtype=np.int64)
        found = _weigh(written, base.units, rules, mine, unit, "between", rules.between)
        units = base.units.iloc[unit]
        ends.append(
            found.assign(
                kind="unit",
                code=units["code"].to_numpy(),
                label=end["label"].to_numpy(),
                unit_code=units["code"].to_numpy(),
                lon=_divide(below["lon"], above["lon"], share),
                lat=_divide(below["lat"], above["lat"], share),
            )
        )
    return pd.concat(ends, ignore_index=True).drop_duplicates(["row", "code"])


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


def _divide(low: pd.Series, high: pd.Series, share: np.ndarray) -> np.ndarray:
    return low.to_numpy() + (high.to_numpy() - low.to_numpy()) * share
