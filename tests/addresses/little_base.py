"""A little address base, written by hand: two streets, two estates of one name, a village."""

from __future__ import annotations

from typing import Any

import pandas as pd

from catchments.profile import load_profile
from gis.addresses.base import AddressBase, build_base
from gis.addresses.matching import Matches, match_addresses
from gis.settings import PROJECT_ROOT

OUHAI = load_profile(PROJECT_ROOT / "data" / "districts" / "ouhai" / "profile.toml").addresses
RULES = OUHAI.list_rules()

# Where each building lies: 0.001 degrees a column from 120.600.
_BUILDINGS = """
    b1   学院路2号     -           u1  东江社区   梧田街道
    b2   学院路4号     -           u1  东江社区   梧田街道
    b3   学院路10号    -           u1  东江社区   梧田街道
    b4   学院路14号    -           u2  西江社区   梧田街道
    b5   学院路1号     金色家园1幢  u3  东江社区   梧田街道
    b6   学院路3号     金色家园2幢  u3  东江社区   梧田街道
    b7   人民路8号     金色家园1幢  u4  前村村委会 新桥街道
    b8   人民路10号    翠湖苑A幢   u5  前村村委会 新桥街道
    b9   人民路12-1号  -           u5  前村村委会 新桥街道
    b10  人民路12号    -           u5  前村村委会 新桥街道
    b11  南白象路6号   -           u6  前村村委会 新桥街道
    b12  新街20号      -           u6  前村村委会 新桥街道
    b13  人民路30号    -           u6  前村村委会 新桥街道
    b14  人民路30号    -           u6  前村村委会 新桥街道
    b15  人民路40号    -           u5  前村村委会 新桥街道
    b16  人民路40号    -           u6  前村村委会 新桥街道
    b17  八一路2弄3号  -           u6  前村村委会 新桥街道
"""
_DOORS = {
    "b5": ["1单元101室", "1单元501室", "2单元501室", "车库3-1号"],
    "b6": ["1单元101室", "1单元502室"],
    "b8": ["101室", "201室"],
    "b2": ["101室"],
}
_UNITS = {
    "u1": ("学院北片", "东江社区", "梧田街道"),
    "u2": ("西江园", "西江社区", "梧田街道"),
    "u3": ("金色家园", "东江社区", "梧田街道"),
    "u4": ("金色家园", "前村村委会", "新桥街道"),
    "u5": ("翠湖苑", "前村村委会", "新桥街道"),
    "u6": ("前村1组", "前村村委会", "新桥街道"),
    "u7": ("前村2组", "前村村委会", "新桥街道"),
    "u8": ("银杏里", "西江社区", "梧田街道"),
}


def list_buildings() -> pd.DataFrame:
    """List the buildings of the little base, as the query gives them."""
    rows = [line.split() for line in _BUILDINGS.strip().splitlines()]
    columns = ["code", "address", "name", "unit", "community", "subdistrict"]
    frame = pd.DataFrame(rows, columns=columns, dtype=object).replace("-", None)
    return frame.assign(lon=[120.6 + at / 1000 for at in range(len(frame))], lat=28.0)


def list_dwellings() -> pd.DataFrame:
    rows = [(house, f"{house}/{door}", door) for house, doors in _DOORS.items() for door in doors]
    return pd.DataFrame(rows, columns=["building", "code", "door"])


def list_names() -> pd.DataFrame:
    rows: list[tuple[Any, ...]] = [("unit", code, *named) for code, named in _UNITS.items()]
    roads = ("学院路", "人民路", "南白象路", "新街", "沿江大道", "八一路")
    rows += [("road", f"r{at}", name, None, None) for at, name in enumerate(roads)]
    rows += [
        ("community", "c1", "东江社区", "东江社区", "梧田街道"),
        ("community", "c2", "西江社区", "西江社区", "梧田街道"),
        ("community", "c3", "前村村委会", "前村村委会", "新桥街道"),
        ("subdistrict", "s1", "梧田街道", None, "梧田街道"),
        ("subdistrict", "s2", "新桥街道", None, "新桥街道"),
    ]
    frame = pd.DataFrame(rows, columns=["kind", "code", "name", "community", "subdistrict"])
    return frame.assign(lon=120.7, lat=28.1)


def make_base() -> AddressBase:
    return build_base(list_buildings(), list_dwellings(), list_names(), prefixes=OUHAI.prefixes)


BASE = make_base()


def match(*texts: str | None) -> Matches:
    return match_addresses(pd.Series(list(texts), dtype=object), BASE, RULES)


def answer(text: str | None) -> pd.Series:
    """Match one address."""
    return match(text).answers.iloc[0]
