"""A published text set against a polygon, door by door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.door_ranges import match_doors
from catchments.notice.ground import NoticeGround
from catchments.notice.reading import COMMUNITY, ESTATE, RANGE, UNSETTLED_DOOR, Claims
from catchments.notice.sides import COMMUNITY as BORDER
from catchments.notice.sides import describe_sides
from catchments.notice_rules import NoticeRules

ONLY_TEXT, ONLY_AREA = "only_in_text", "only_in_polygon"


@dataclass(frozen=True, eq=False)
class Comparison:
    """How far a text and a polygon tell the same.

    Parameters
    ----------
    doors
        Doors that differ: street, number, community, estate, dwellings, difference
        (only_in_text, only_in_polygon), geometry; by difference, community, street and number.
    counts
        text, polygon, both, only_in_text, only_in_polygon, unsettled: doors; dwellings_only_in_text
        and dwellings_only_in_polygon.
    phrases
        phrase, doors (that it claims), outside (of them not in the polygon); those that claim no
        door at all have 0.
    sides
        side, name, share_pct (of the side of the polygon that it carries, 0: none), state:
        agrees, not_there (in the text alone), not_told (the polygon's alone).
    not_understood
        Phrases in which nothing known was found.
    """

    doors: gpd.GeoDataFrame
    counts: dict[str, int]
    phrases: pd.DataFrame
    sides: pd.DataFrame
    not_understood: tuple[str, ...]


def compare_notice(
    ground: NoticeGround, claims: Claims, area: Any, rules: NoticeRules
) -> Comparison:
    """Compare the doors, and the sides, of a text with those of a polygon.

    A door is in the text when a community, an estate or a range that the text claims holds it.
    Doors that the text calls unsettled differ in nothing; they are counted by themselves.
    """
    table, inside = ground.table, ground.find_inside(area)
    matches = _match_claims(table, claims.places)
    is_unsettled = np.zeros(len(table), dtype=bool)
    kinds = claims.places["kind"].to_numpy()[matches["claim"]]
    is_unsettled[matches["row"][kinds == UNSETTLED_DOOR]] = True
    claimed = matches[kinds != UNSETTLED_DOOR]
    told = np.zeros(len(table), dtype=bool)
    told[claimed["row"]] = True
    settled = ~is_unsettled
    difference = np.select(
        [told & ~inside & settled, inside & ~told & settled], [ONLY_TEXT, ONLY_AREA], ""
    )
    return Comparison(
        doors=_list_doors(ground, difference),
        counts=_count(table, told, inside, is_unsettled, difference),
        phrases=_count_phrases(claims.places, claimed, inside),
        sides=_compare_sides(ground, claims, area, rules),
        not_understood=claims.not_understood,
    )


def _match_claims(table: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Match doors with claims: row of the door, claim; positions, each pair once."""
    found = [pd.DataFrame({"row": [], "claim": []}, dtype=np.int64)]
    numbered = places.assign(claim=np.arange(len(places)))
    for kind, column in ((COMMUNITY, "community"), (ESTATE, "estate")):
        named = numbered.loc[numbered["kind"] == kind, ["name", "claim"]]
        rows = table[[column]].assign(row=np.arange(len(table)))
        found.append(rows.merge(named, left_on=column, right_on="name")[["row", "claim"]])
    ranges = numbered[numbered["kind"].isin([RANGE, UNSETTLED_DOOR])]
    for is_scoped in (True, False):
        here = ranges[(ranges["community"] != "") == is_scoped]
        by = ("community", "street") if is_scoped else ("street",)
        pairs = match_doors(table, here, by=by)
        claim = here["claim"].to_numpy(np.int64)[pairs["range"]]
        found.append(pd.DataFrame({"row": pairs["row"], "claim": claim}))
    return pd.concat(found, ignore_index=True).astype(np.int64).drop_duplicates()


def _list_doors(ground: NoticeGround, difference: NDArray[Any]) -> gpd.GeoDataFrame:
    differs = difference != ""
    names = ["street", "number", "community", "estate", "dwellings", ground.doors.geometry.name]
    doors = ground.doors.loc[differs, names].assign(difference=difference[differs])
    order = ground.table[differs].assign(difference=difference[differs])
    by = ["difference", "community", "street", "door"]
    rows = order.reset_index(drop=True).sort_values(by, kind="stable").index
    return doors.iloc[rows]


def _count(
    table: pd.DataFrame,
    told: NDArray[np.bool_],
    inside: NDArray[np.bool_],
    is_unsettled: NDArray[np.bool_],
    difference: NDArray[Any],
) -> dict[str, int]:
    dwellings = table["dwellings"].to_numpy()
    return {
        "text": int(told.sum()),
        "polygon": int(inside.sum()),
        "both": int((told & inside).sum()),
        "unsettled": int(is_unsettled.sum()),
        **{name: int((difference == name).sum()) for name in (ONLY_TEXT, ONLY_AREA)},
        **{
            f"dwellings_{name}": int(dwellings[difference == name].sum())
            for name in (ONLY_TEXT, ONLY_AREA)
        },
    }


def _count_phrases(
    places: pd.DataFrame, claimed: pd.DataFrame, inside: NDArray[np.bool_]
) -> pd.DataFrame:
    count = len(places)
    doors = np.bincount(claimed["claim"], minlength=count)
    outside = np.bincount(claimed["claim"][~inside[claimed["row"]]], minlength=count)
    table = places[["kind", "community", "phrase"]].assign(doors=doors, outside=outside)
    return table[places["kind"] != UNSETTLED_DOOR].reset_index(drop=True)


def _compare_sides(
    ground: NoticeGround, claims: Claims, area: Any, rules: NoticeRules
) -> pd.DataFrame:
    found = describe_sides(area, ground.lines, ground.communities, rules)
    is_border = found["kind"] == BORDER
    found = found.assign(name=found["name"].where(~is_border, found["name"] + "界"))
    both = claims.sides.merge(found, on=["side", "name"], how="outer", indicator="where")
    if claims.sides.empty:  # a list without sides says nothing of them
        both = both.iloc[:0]
    # What the text leaves out counts only where the polygon's own notice would name it.
    kept = (both["where"] != "right_only") | both["named"].fillna(False).astype(bool)
    states = {"both": "agrees", "left_only": "not_there", "right_only": "not_told"}
    both = both[kept].assign(state=both["where"].astype(str).map(states))
    both["share_pct"] = both["share_pct"].fillna(0.0)
    return both[["side", "name", "share_pct", "state"]].reset_index(drop=True)
