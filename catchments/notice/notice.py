"""What a notice says of a catchment: sides, communities, door ranges, estates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from catchments.door_ranges import build_ranges
from catchments.notice.ground import NoticeGround
from catchments.notice.sides import describe_sides
from catchments.notice_rules import NoticeRules
from gis.errors import RejectedDataError

WHOLE, PART, LAND = "whole", "part", "land"
RANGE_COLUMNS = ["community", "street", "first_number", "last_number", "side", "doors"]


@dataclass(frozen=True, eq=False)
class Notice:
    """A catchment in words' reach; names are those of the ground.

    Parameters
    ----------
    sides
        As :func:`describe_sides` tells.
    communities
        name, extent (whole, part, land), doors (of the community), doors_inside, area_pct.
    ranges
        community, street, first_number, last_number (0 and infinite when open), side, doors;
        of communities that lie partly inside.
    estates
        name, extent (whole, part), doors_inside.
    unsettled
        community, street, door, doors, doors_inside: numbers that stand on both sides of the
        border, which no range can tell apart.
    unnumbered_doors
        Doors inside, in communities partly inside, without street or number: no range holds them.
    doors_inside
        All doors inside.
    """

    sides: pd.DataFrame
    communities: pd.DataFrame
    ranges: pd.DataFrame
    estates: pd.DataFrame
    unsettled: pd.DataFrame
    unnumbered_doors: int
    doors_inside: int


def tell_notice(ground: NoticeGround, area: Any, rules: NoticeRules) -> Notice:
    """Find everything that a notice says of an area.

    A community is whole when every door of it is inside and at least `whole_pct` of its ground;
    partly inside when some door is; land when none is but more than `least_part_pct` of its
    ground. Of communities partly inside, ranges of door numbers hold the doors inside and no
    other, so that the text read back gives the same doors but for the unsettled and unnumbered.
    An estate is whole when every door that bears its name is inside.

    Raises
    ------
    RejectedDataError
        When the area is empty or no polygon.
    """
    if shapely.get_dimensions(area) != 2 or shapely.is_empty(area):
        raise RejectedDataError("The area of a notice holds no ground.", mend="Give a polygon.")
    doors = ground.table.assign(inside=ground.find_inside(area))
    communities = _rank_communities(ground, doors, area, rules)
    parted = communities.loc[communities["extent"] == PART, "name"]
    cut = doors[doors["community"].isin(parted) | (doors["community"] == "")]
    is_told = (cut["street"] != "") & cut["door"].notna()
    numbers = _count_numbers(cut[is_told])
    is_mixed = numbers["doors_inside"].between(1, numbers["doors"] - 1)
    return Notice(
        sides=describe_sides(area, ground.lines, ground.communities, rules),
        communities=communities,
        ranges=_list_ranges(numbers, is_mixed),
        estates=_rank_estates(doors),
        unsettled=numbers[is_mixed].reset_index(drop=True),
        unnumbered_doors=int(cut.loc[~is_told, "inside"].sum()),
        doors_inside=int(doors["inside"].sum()),
    )


def _rank_communities(
    ground: NoticeGround, doors: pd.DataFrame, area: Any, rules: NoticeRules
) -> pd.DataFrame:
    shapes = np.asarray(ground.communities.geometry, dtype=object)
    counted = doors.groupby("community")["inside"].agg(["size", "sum"])
    counted = counted.reindex(ground.communities.index, fill_value=0)
    share = _measure_share(shapes, area)
    size, inside = counted["size"].to_numpy(), counted["sum"].to_numpy()
    extent = np.select(
        [
            (inside == size) & (share >= rules.whole_pct),
            inside > 0,
            share > rules.least_part_pct,
        ],
        [WHOLE, PART, LAND],
        "",
    )
    table = pd.DataFrame(
        {
            "name": ground.communities.index.to_numpy(dtype=object),
            "extent": extent,
            "doors": size,
            "doors_inside": inside,
            "area_pct": share.round(1),
        }
    )
    return table[extent != ""].sort_values("name", ignore_index=True)


def _measure_share(shapes: np.ndarray, area: Any) -> np.ndarray:
    """Measure how much of each shape lies in the area, in per cent."""
    shapely.prepare(area)
    share = np.where(shapely.covers(area, shapes), 100.0, 0.0)
    cut = np.flatnonzero(shapely.intersects(area, shapes) & (share == 0))
    inner = shapely.area(shapely.intersection(shapes[cut], area))
    share[cut] = 100 * inner / shapely.area(shapes[cut])
    return share


def _count_numbers(doors: pd.DataFrame) -> pd.DataFrame:
    """Count the doors of each number, all and inside."""
    keys = ["community", "street", "door"]
    counted = doors.groupby(keys)["inside"].agg(["size", "sum"]).reset_index()
    return counted.rename(columns={"size": "doors", "sum": "doors_inside"})


def _list_ranges(numbers: pd.DataFrame, is_mixed: pd.Series) -> pd.DataFrame:
    rows = []
    marked = numbers.assign(is_in=(numbers["doors_inside"] > 0) & ~is_mixed)
    for (community, street), one in marked.groupby(["community", "street"]):
        if not one["is_in"].any():
            continue
        door, is_in = one["door"].to_numpy(), one["is_in"].to_numpy()
        for first, last, side in build_ranges(door, is_in):
            held = is_in & (door >= first) & (door <= last)
            held &= (door % 2 == {"odd": 1, "even": 0}[side]) if side != "all" else True
            count = int(one["doors"].to_numpy()[held].sum())
            rows.append((community, street, first, last, side, count))
    return pd.DataFrame(rows, columns=RANGE_COLUMNS)


def _rank_estates(doors: pd.DataFrame) -> pd.DataFrame:
    named = doors[doors["estate"] != ""].groupby("estate")["inside"].agg(["size", "sum"])
    named = named[named["sum"] > 0]
    return pd.DataFrame(
        {
            "name": named.index.to_numpy(dtype=object),
            "extent": np.where(named["size"] == named["sum"], WHOLE, PART),
            "doors_inside": named["sum"].to_numpy(),
        }
    )
