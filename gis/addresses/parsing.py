"""An address cut at its numbers: what stands before, between and behind them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gis.addresses.writing import DASHED, Texts

# Words that say that the place meant is another one than the place named.
_VAGUE = "斜对面|对面|附近|旁边|隔壁|路口|交叉口|交界处|后面|前面|旁$"

_PATTERN = (
    r"^(?P<head>[^\dA-Z]*)"
    r"(?:(?P<group>\d{1,3})组(?P<inner>[^\dA-Z]*))?"
    r"(?:(?P<lane>\d{1,5})弄(?P<lane_name>[^\dA-Z]*))?"
    r"(?:(?P<number>\d{1,5})(?P<suffix>(?:之\d{1,3})*[甲乙丙丁A-H]?)号(?P<middle>[^\dA-Z]*))?"
    rf"(?:(?P<house>\d{{1,3}}|[A-Z]\d{{0,2}})(?P<house_mark>幢|{DASHED})"
    r"(?P<house_name>[^\dA-Z甲乙丙丁]*))?"
    rf"(?:(?P<entrance>\d{{1,2}}|[甲乙丙丁A-D])(?:单元|{DASHED}|门|梯))?"
    r"(?:(?P<floor>\d{1,2})层)?"
    r"(?:(?P<room>\d{1,4}[A-Z]?)(?:室|号)?)?"
    r"(?P<rest>.*)$"
)
PARTS = (
    "head", "group", "inner", "lane", "lane_name", "number", "suffix", "middle", "house",
    "house_mark", "house_name", "entrance", "floor", "room", "rest",
)  # fmt: skip


def parse_addresses(texts: Texts | pd.Series) -> pd.DataFrame:
    """Cut addresses at their numbers; names are not read yet.

    Parameters
    ----------
    texts
        n addresses as :func:`gis.addresses.writing.write_alike` leaves them.

    Returns
    -------
    DataFrame
        n rows of str, empty where the address has no such part: head (names before the first
        number), group (村民小组), inner (names after it), lane (弄), lane_name, number (号) and
        suffix (之1, 甲), middle (names after it), house (幢), entrance (单元), floor, room, rest
        (what could not be cut). And is_vague (bool): a place near the one that is named.

    Examples
    --------
    >>> texts = np.array(["学院路12之1号金色家园3幢2单元501室"], dtype=object)
    >>> cut = parse_addresses(texts).iloc[0]
    >>> cut["head"], cut["number"], cut["suffix"], cut["middle"]
    ('学院路', '12', '之1', '金色家园')
    >>> cut["house"], cut["entrance"], cut["room"]
    ('3', '2', '501')
    """
    values = pa.array(np.asarray(texts, dtype=object), pa.string())
    found = pc.extract_regex(values, _PATTERN)
    parts = pd.DataFrame(
        {name: pc.struct_field(found, name).to_numpy(zero_copy_only=False) for name in PARTS},
        dtype=object,
    )
    parts["is_vague"] = pc.match_substring_regex(values, _VAGUE).to_numpy(zero_copy_only=False)
    return _settle_parts(parts)


def _settle_parts(parts: pd.DataFrame) -> pd.DataFrame:
    """Give numbers without a word of their own the meaning that their place tells."""
    # 学院路12-501: after a street the number before the dash is the door, not a house.
    is_door = (
        (parts["house_mark"] == DASHED)
        & (parts["number"] == "")
        & parts["head"].str.contains("(?:路|街|巷|弄|大道)$")
    )
    parts.loc[is_door, "number"] = parts.loc[is_door, "house"]
    parts.loc[is_door, "house"] = ""
    # 学院路12 at the end: a bare number after a name is its door.
    is_bare = (
        (parts["number"] == "") & (parts["house"] == "") & (parts["room"] != "")
        & (parts["entrance"] == "") & (parts["floor"] == "") & (parts["head"] != "")
        & parts["head"].str.contains("(?:路|街|巷|弄|大道)$")
    )  # fmt: skip
    parts.loc[is_bare, "number"] = parts.loc[is_bare, "room"].str.extract(r"^(\d+)")[0]
    parts.loc[is_bare, "room"] = ""
    # 东幢: a house that bears a direction instead of a number.
    for name in ("head", "middle", "inner"):
        named = parts[name].str.endswith("幢") & (parts["house"] == "")
        if named.any():
            texts = parts.loc[named, name]
            parts.loc[named, "house"] = texts.str[-2]
            parts.loc[named, name] = texts.str[:-2]
    parts["middle"] = parts["middle"] + parts["house_name"]
    return parts.drop(columns=["house_mark", "house_name"])
