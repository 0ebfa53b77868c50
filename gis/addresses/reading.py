"""Very many addresses read at once: each pattern of writing is cut once, whatever its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gis.addresses.parsing import parse_addresses
from gis.addresses.writing import Texts, fold_texts, strip_prefixes, write_alike

Ints = NDArray[np.int64]

ABSENT = -1
NAME_PARTS = ("head", "inner", "lane_name", "middle", "remark")
NUMBER_PARTS = ("group", "lane", "number", "suffix", "house", "entrance", "floor", "room")
_LETTER = 1_000_000  # what a letter adds to a number that it stands beside
_MOST_RUNS = 10  # a longer list of numbers is no address
_LONGEST_RUN = 6  # a longer number is a telephone's or a person's
_SIGNS = {sign: at for at, sign in enumerate("甲乙丙丁东西南北中", start=27)}


@dataclass(frozen=True)
class Reading:
    """n addresses as they were read.

    Parameters
    ----------
    numbers
        n rows, a column for each of `NUMBER_PARTS`, int64, `ABSENT` where there is none. A letter
        or a sign such as 甲 is part of the number: see :func:`tell_number`.
    names
        n rows, a column for each of `NAME_PARTS`: position in `texts`.
    texts
        Every different text between numbers; the first is empty.
    folded
        n texts without noise of signs and prefixes, which stand for what could not be cut.
    is_vague, is_odd
        Whether the address speaks of a place nearby; whether part of it could not be cut.
    """

    numbers: pd.DataFrame
    names: pd.DataFrame
    texts: Texts
    folded: Texts
    is_vague: NDArray[np.bool_]
    is_odd: NDArray[np.bool_]


def read_addresses(
    texts: Sequence[str | None] | pd.Series | Texts, *, prefixes: Sequence[str] = ()
) -> Reading:
    """Read addresses: noise off, cut into names and numbers.

    Rows that differ in their numbers alone are cut once, so that the time goes with the number of
    streets and estates, not with that of doors.

    Parameters
    ----------
    texts
        n addresses as people wrote them.
    prefixes
        Names of province, city and district that may stand before, in all their forms.

    Examples
    --------
    >>> read = read_addresses(["温州市学院路12号3幢2单元501室", "学院路八号"], prefixes=["温州市"])
    >>> read.numbers[["number", "house", "entrance", "room"]].values.tolist()
    [[12, 3, 2, 501], [8, -1, -1, -1]]
    >>> read.texts[read.names["head"]].tolist()
    ['学院路', '学院路']
    """
    folded = strip_prefixes(fold_texts(texts), prefixes)
    shapes, runs = _draw_shapes(folded)
    coded = pc.dictionary_encode(pa.array(shapes, pa.string()))
    of_shape = np.asarray(coded.indices, dtype=np.int64)
    alike = write_alike(np.asarray(coded.dictionary.to_numpy(zero_copy_only=False), dtype=object))
    cut = parse_addresses(alike["text"])
    cut["remark"] = alike["remark"].str.replace(r"[\dA-Z].*$", "", regex=True)
    numbers = {name: _read_numbers(cut[name], of_shape, runs) for name in NUMBER_PARTS}
    numbers["entrance"] = _count_entrances(numbers["entrance"])
    codes, known = pd.factorize(
        np.concatenate([[""], *(cut[name].to_numpy(dtype=object) for name in NAME_PARTS)])
    )
    by_part = codes[1:].reshape(len(NAME_PARTS), -1)
    return Reading(
        pd.DataFrame(numbers),
        pd.DataFrame({n: by_part[at][of_shape] for at, n in enumerate(NAME_PARTS)}),
        np.asarray(known, dtype=object),
        folded,
        cut["is_vague"].to_numpy(dtype=bool)[of_shape],
        (cut["rest"] != "").to_numpy(dtype=bool)[of_shape],
    )


def _draw_shapes(texts: Texts) -> tuple[Texts, Ints]:
    """Write the place of each number in its address for its digits: 12号301室 becomes 00号111室.

    Returns
    -------
    shapes, runs
        n texts, and the numbers themselves (n, most runs).
    """
    joined = "".join(texts)
    lengths = np.fromiter((len(text) for text in texts), dtype=np.int64, count=len(texts))
    signs = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).copy()
    row = np.repeat(np.arange(len(texts)), lengths)
    is_digit = (signs >= 48) & (signs <= 57)
    before = (
        np.r_[False, is_digit[:-1]] & np.r_[True, row[1:] == row[:-1]] if row.size else is_digit
    )
    starts = np.flatnonzero(is_digit & ~before)
    if not starts.size:
        return texts, np.full((len(texts), 1), ABSENT, dtype=np.int64)
    at = np.cumsum(is_digit & ~before) - 1  # run that a digit belongs to
    first = np.searchsorted(row[starts], np.arange(len(texts)))
    place = np.arange(starts.size) - first[row[starts]]
    digits = np.flatnonzero(is_digit)
    run = at[digits]
    sizes = np.bincount(run, minlength=starts.size)
    power = sizes[run] - 1 - (digits - starts[run])
    powers = 10 ** np.minimum(power, _LONGEST_RUN)
    worth = (signs[digits].astype(np.int64) - 48) * powers
    values = np.add.reduceat(worth, np.searchsorted(run, np.arange(starts.size)))
    runs = np.full((len(texts), _MOST_RUNS), ABSENT, dtype=np.int64)
    kept = (place < _MOST_RUNS) & (sizes <= _LONGEST_RUN)
    runs[row[starts][kept], place[kept]] = values[kept]
    # What is too long, or comes after the tenth, is no part: letters that no pattern takes.
    signs[digits] = np.where(kept[run], 48 + place[run], ord("Z"))
    text = signs.tobytes().decode("utf-32-le")
    ends = np.cumsum(lengths)
    drawn = [text[a:b] for a, b in zip((ends - lengths).tolist(), ends.tolist(), strict=True)]
    return np.array(drawn, dtype=object), runs


def _read_numbers(parts: pd.Series, of_shape: Ints, runs: Ints) -> Ints:
    """Return the number of a part for each row, from what stands in the part of its shape."""
    unique, back = np.unique(parts.to_numpy(dtype=str), return_inverse=True)
    run = np.full(unique.size, ABSENT, dtype=np.int64)
    added = np.zeros(unique.size, dtype=np.int64)
    for at, text in enumerate(unique.tolist()):
        digits = [sign for sign in text if "0" <= sign <= "9"]
        run[at] = int(digits[0]) if digits else ABSENT
        for sign in text:
            added[at] += _count_sign(sign) * _LETTER
    row_run, row_added = run[back][of_shape], added[back][of_shape]
    value = runs[np.arange(of_shape.size), np.minimum(row_run, runs.shape[1] - 1)]
    value = np.where(row_run >= 0, value, 0) + row_added
    return np.where((row_run >= 0) | (row_added > 0), value, ABSENT)


def _count_entrances(values: Ints) -> Ints:
    """Count entrances that bear letters: A单元 and 甲单元 are the first."""
    letter = values // _LETTER
    return np.where(
        letter >= _SIGNS["甲"], letter - _SIGNS["甲"] + 1, np.where(letter > 0, letter, values)
    )


def _count_sign(sign: str) -> int:
    return _SIGNS.get(sign, ord(sign) - 64 if "A" <= sign <= "Z" else 0)


def tell_number(value: int) -> str:
    """Write a number as addresses do.

    Examples
    --------
    >>> tell_number(12), tell_number(2_000_003), tell_number(27_000_000), tell_number(-1)
    ('12', 'B3', '甲', '')
    """
    if value < 0:
        return ""
    letter, number = divmod(int(value), _LETTER)
    signs = {at: sign for sign, at in _SIGNS.items()}
    sign = signs.get(letter, chr(64 + letter)) if letter else ""
    return f"{sign}{number}" if number or not sign else sign


# How a part is written after its number when an address is written anew.
_WORDS = (
    ("head", None), ("group", "组"), ("inner", None), ("lane", "弄"), ("lane_name", None),
    ("number", ""), ("suffix", "-"), ("number", "号"), ("middle", None), ("house", "幢"),
    ("entrance", "单元"), ("floor", "层"), ("room", "室"),
)  # fmt: skip


def write_keys(reading: Reading, rows: Ints | None = None) -> Texts:
    """Write addresses anew from what was read of them: the same for all ways of writing one.

    A remark in brackets is left out. What could not be cut stays as it was written.

    Parameters
    ----------
    rows
        Positions to write; all when not given.

    Examples
    --------
    >>> write_keys(read_addresses(["学院路 十二号-1，３＃楼２０１"])).tolist()
    ['学院路12-1号3幢201室']
    """
    rows = np.arange(len(reading.numbers)) if rows is None else rows
    written = np.full(rows.size, "", dtype=object)
    numbers, names = reading.numbers.iloc[rows], reading.names.iloc[rows]
    has_number = (numbers["number"] >= 0).to_numpy()
    for part, word in _WORDS:
        if word is None:
            written = written + reading.texts[names[part]]
            continue
        values, back = np.unique(numbers[part], return_inverse=True)
        told = [tell_number(value) for value in values.tolist()]
        if part == "number" and word:
            written = written + np.where(has_number, word, "").astype(object)
        elif part == "suffix":
            ends = np.array([f"-{one}" if one.isdecimal() else one for one in told], dtype=object)
            written = written + ends[back]
        else:
            ends = np.array([f"{one}{word}" if one else "" for one in told], dtype=object)
            written = written + ends[back]
    keys: Texts = np.where(reading.is_odd[rows], reading.folded[rows], written)
    return keys
