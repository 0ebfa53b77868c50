"""A notice in Chinese, as admission notices word it; :mod:`reading` reads it back."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from catchments.notice.notice import LAND, PART, WHOLE, Notice
from catchments.notice.sides import COMMUNITY, SIDES

SIDE_WORDS = dict(zip(SIDES, "东南西北", strict=True))
PARITY_WORDS = {"odd": "单号", "even": "双号"}
# Headings; the reader knows the last one, whose doors are in and out at once.
UNSETTLED = "须现场核实的门牌"
NAMELESS = "无名道路或地块界"


def write_text(notice: Notice, *, title: str, remarks: Iterable[str] = ()) -> str:
    """Word a notice: title, sides, communities whole and in part with door ranges, estates.

    Examples
    --------
    >>> empty = pd.DataFrame({"name": [], "extent": [], "doors_inside": []})
    >>> sides = pd.DataFrame({"side": ["east"], "name": ["学院路"], "kind": ["local"],
    ...     "length_m": [100.0], "share_pct": [100.0], "named": [True]})
    >>> whole = pd.DataFrame({"name": ["南湖社区"], "extent": ["whole"], "doors": [3],
    ...     "doors_inside": [3], "area_pct": [100.0]})
    >>> bare = pd.DataFrame(columns=["community", "street", "first_number", "last_number", "side",
    ...     "doors", "door"])
    >>> told = Notice(sides, whole, bare, empty, bare, 0, 3)
    >>> print(write_text(told, title="第一小学施教区").splitlines()[2])
    整体纳入的社区、村：南湖社区。
    """
    told: dict[str, list[str]] = {}
    for section, phrase in list_phrases(notice)[["section", "phrase"]].itertuples(index=False):
        told.setdefault(section, []).append(phrase)
    lines = [title]
    for section, phrases in told.items():
        mark = "；" if section in ("四至", "部分纳入的社区、村") else "、"
        lines.append(f"{section}：{mark.join(phrases)}。")
    return "\n".join([*lines, *(f"注：{remark}" for remark in remarks)]) + "\n"


def list_phrases(notice: Notice) -> pd.DataFrame:
    """List the phrases of a notice as a table: section, phrase, doors (empty where none count)."""
    communities, estates = notice.communities, notice.estates
    rows: list[tuple[str, str, int | None]] = [
        ("四至", _word_side(side, notice.sides), None) for side in SIDES
    ]
    whole = communities[communities["extent"] == WHOLE]
    rows += [
        ("整体纳入的社区、村", name, count)
        for name, count in whole[["name", "doors"]].itertuples(index=False)
    ]
    parted = [*communities.loc[communities["extent"] == PART, "name"]]
    if (notice.ranges["community"] == "").any():
        parted.append("")
    for name in parted:
        ranges = notice.ranges[notice.ranges["community"] == name]
        words = "、".join(word_range(*row) for row in _list_rows(ranges))
        scope = f"{name}：" if name else ""
        if words:
            rows.append(("部分纳入的社区、村", f"{scope}{words}", int(ranges["doors"].sum())))
    rows += [
        ("涉及的无住户地块", f"{name}（部分）", None)
        for name in communities.loc[communities["extent"] == LAND, "name"]
    ]
    rows += [
        ("小区", f"{name}（部分）" if extent == PART else name, count)
        for name, extent, count in estates[["name", "extent", "doors_inside"]].itertuples(
            index=False
        )
    ]
    rows += [
        (UNSETTLED, f"{community}{street}{door:.0f}号（部分）", None)
        for community, street, door in notice.unsettled[["community", "street", "door"]].itertuples(
            index=False
        )
    ]
    table = pd.DataFrame(rows, columns=["section", "phrase", "doors"])
    return table.astype({"doors": "Int64"})


def word_range(street: str, first: float, last: float, side: str) -> str:
    """Word a range of door numbers.

    Examples
    --------
    >>> word_range("锦江路", 1, 99, "odd"), word_range("锦江路", 0, np.inf, "all")
    ('锦江路1—99号（单号）', '锦江路（全部）')
    >>> word_range("锦江路", 7, 7, "odd"), word_range("锦江路", 0, np.inf, "even")
    ('锦江路7号', '锦江路（双号全部）')
    """
    parity = PARITY_WORDS.get(side, "")
    if first == last:
        return f"{street}{first:.0f}号"
    if (first, last) == (0, np.inf):
        return f"{street}（{parity}全部）"
    numbers = f"{first:.0f}—{last:.0f}号" if np.isfinite(last) else f"{first:.0f}号以上"
    return f"{street}{numbers}" + (f"（{parity}）" if parity else "")


def _list_rows(ranges: pd.DataFrame) -> Iterable[tuple[str, float, float, str]]:
    columns = ["street", "first_number", "last_number", "side"]
    return ranges[columns].itertuples(index=False, name=None)


def _word_side(side: str, sides: pd.DataFrame) -> str:
    here = sides[(sides["side"] == side) & sides["named"]]
    names = [
        f"{name}界" if kind == COMMUNITY else name
        for name, kind in here[["name", "kind"]].itertuples(index=False)
    ]
    return f"{SIDE_WORDS[side]}至{'、'.join(names) or f'{NAMELESS}（以图为准）'}"
