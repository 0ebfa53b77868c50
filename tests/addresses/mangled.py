"""Addresses of a district written as people write them: seeded noise over what is true."""

from __future__ import annotations

import numpy as np
import pandas as pd

_CHINESE = "零一二三四五六七八九"
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_HOUSES = ("幢", "栋", "号楼", "座", "#")
_TAKEN_FOR = "员源沅苑圆远缘堂塘糖棠林霖琳峰锋丰风华化花明名铭"  # slips by sound and shape


def write_numeral(number: int) -> str:
    """Write a number below 1000 as Chinese numerals do.

    >>> [write_numeral(number) for number in (7, 10, 32, 103, 210)]
    ['七', '十', '三十二', '一百零三', '二百一十']
    """
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_CHINESE[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _CHINESE[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_CHINESE[ones] if ones or not number else "")


def write_addresses(
    buildings: pd.DataFrame, dwellings: pd.DataFrame, count: int, *, seed: int, slips: float = 0.04
) -> pd.DataFrame:
    """Write addresses of dwellings drawn at random, each in one of the ways of the field.

    Parameters
    ----------
    buildings, dwellings
        As :func:`gis.addresses.base.build_base` takes them.
    slips
        Share of addresses with one sign of a name changed, left out, doubled or exchanged.

    Returns
    -------
    DataFrame
        text, and the truth: unit, building, dwelling (codes); has_slip.
    """
    rng = np.random.default_rng(seed)
    homes = dwellings[dwellings["door"].str.fullmatch(r"(\d+单元)?\d+室|\d+层?.*")]
    chosen = homes.iloc[rng.integers(0, len(homes), count)]
    mine = chosen.merge(
        buildings.rename(columns={"code": "building"}), on="building", suffixes=("", "_house")
    )
    has_slip = rng.random(len(mine)) < slips
    rows = mine[["address", "name", "community", "subdistrict", "door"]].to_numpy(dtype=object)
    texts = [
        _write(*("" if pd.isna(cell) else str(cell) for cell in row), rng=rng, slip=bool(slip))
        for row, slip in zip(rows, has_slip, strict=True)
    ]
    return pd.DataFrame(
        {
            "text": texts,
            "unit": mine["unit"].to_numpy(dtype=object),
            "building": mine["building"].to_numpy(dtype=object),
            "dwelling": mine["code"].to_numpy(dtype=object),
            "has_slip": has_slip,
        }
    )


def _write(
    address: str,
    name: str,
    community: str,
    subdistrict: str,
    door: str,
    *,
    rng: np.random.Generator,
    slip: bool,
) -> str:
    """Write one address: what comes before, street or estate or both, the door, noise over it."""
    before = str(
        rng.choice(
            ["", "温州市", "瓯海区", "浙江省温州市瓯海区", "浙江省温州市瓯海区瓯海区", "温州瓯海"]
        )
    )
    before += subdistrict if rng.random() < 0.75 else ""
    before += community if rng.random() < 0.3 else ""
    is_both = bool(name) and rng.random() < 0.5
    place = address + name if is_both else name if name and rng.random() < 0.6 else address
    if slip:
        place = _slip(place, rng)
    place += _write_door(door, rng) if rng.random() < 0.7 or (name and not is_both) else ""
    return _add_noise(before + place, rng)


def _write_door(door: str, rng: np.random.Generator) -> str:
    way = rng.random()
    if way < 0.2 and "单元" in door:
        return "-" + door.replace("单元", "-").removesuffix("室")
    return door.removesuffix("室") if way < 0.3 else door


def _slip(place: str, rng: np.random.Generator) -> str:
    """Make one slip in the names of a place."""
    names = [at for at, sign in enumerate(place) if not sign.isdigit() and sign not in "号幢"]
    at = int(rng.choice(names))
    way = rng.integers(0, 4)
    if way == 0:
        return place[:at] + str(rng.choice(list(_TAKEN_FOR))) + place[at + 1 :]
    if way == 1:
        return place[:at] + place[at + 1 :]
    if way == 2 or at + 1 >= len(place) or place[at + 1].isdigit():
        return place[:at] + place[at] + place[at:]
    return place[:at] + place[at + 1] + place[at] + place[at + 2 :]


def _add_noise(text: str, rng: np.random.Generator) -> str:
    text = text.replace("幢", str(rng.choice(_HOUSES)) if rng.random() < 0.5 else "幢")
    if rng.random() < 0.1:
        text = text.translate(_WIDE)
    if rng.random() < 0.08:
        text = _write_numerals(text)
    if rng.random() < 0.15:
        at = int(rng.integers(0, len(text) + 1))
        text = text[:at] + str(rng.choice([" ", "　", "  "])) + text[at:]
    if rng.random() < 0.05:
        text += str(rng.choice(["（出租房）", "(东首)", "【自住】"]))
    return text


def _write_numerals(text: str) -> str:
    """Write the first number before 号 in Chinese numerals."""
    head, sign, tail = text.partition("号")
    digits = head[len(head.rstrip("0123456789")) :]
    if not sign or not digits or int(digits) >= 1000:
        return text
    return head.removesuffix(digits) + write_numeral(int(digits)) + sign + tail
