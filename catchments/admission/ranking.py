"""The order of children at a school: batch, score, tie-breakers, and at last the lot."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.admission.batching import count_days
from catchments.admission.facts import FACTS
from catchments.admission.rules import StageRules, Tie

LOT = "lot"
_LOT_DIGITS = 16
_LAST = np.iinfo(np.int64).max


def draw_lot(seed: int, household_code: str, born_on: str) -> str:
    """Draw the lot of a family's children of one birthday, as anybody can from the seed.

    The first 16 digits of the SHA-256 of ``seed:household:birthday``; the lowest comes first.
    Twins share a lot, so that no lot parts them.

    Examples
    --------
    >>> draw_lot(7, "H3303040000001", "2019-11-30")
    'ac1a80ad1af3e1bb'
    """
    text = f"{seed}:{household_code}:{born_on}"
    return hashlib.sha256(text.encode()).hexdigest()[:_LOT_DIGITS]


def rank_children(
    children: pd.DataFrame, has_place: NDArray[np.bool_], rules: StageRules, seed: int
) -> pd.DataFrame:
    """Rank children against each other, and those who have a place in the order of their zone.

    Parameters
    ----------
    children
        zone_school_id, batch_place, score_units, child_code, household_code, born_on and the
        facts that ties speak of; one row a child, none missing in the first three.
    has_place
        Whether a child has a place in the order of its zone's school.

    Returns
    -------
    DataFrame
        Index as in `children`: order (from 0, across schools, for those who compete for the
        seats left); position (from 1 in each school), tie_broken_by and lot, missing where a
        child has no place, the last two also where the score alone decided.
    """
    keys = [children["batch_place"].to_numpy(np.int64), -children["score_units"].to_numpy(np.int64)]
    names: list[str | None] = [None, None]
    for tie in rules.ties:
        if tie.fact is not None:
            keys.append(_find_key(children[tie.fact], tie))
            names.append(tie.fact)
    lots, lot_rank = _draw_lots(children, keys, seed)
    keys.append(lot_rank)
    names.append(LOT)
    across = np.lexsort(keys[::-1])
    order = np.empty(len(children), np.int64)
    order[across] = np.arange(len(children))
    rows = across[has_place[across]]
    school = children["zone_school_id"].to_numpy(np.int64)
    rows = rows[np.argsort(school[rows], kind="stable")]
    start = np.searchsorted(school[rows], school[rows])
    position = np.zeros(len(children), np.int64)
    position[rows] = np.arange(rows.size) - start + 1
    broken = np.full(len(children), None, dtype=object)
    broken[rows] = _find_breaker(school[rows], [key[rows] for key in keys], names)
    lots[broken != LOT] = None
    return (
        pd.DataFrame(
            {
                "order": order,
                "position": pd.array(position, dtype="Int64"),
                "tie_broken_by": pd.Series(broken, dtype=object),
                "lot": pd.Series(lots, dtype=object),
            }
        )
        .set_index(children.index)
        .assign(position=lambda ranks: ranks["position"].where(has_place))
    )


def _find_key(values: pd.Series, tie: Tie) -> NDArray[np.int64]:
    """Return whole numbers whose lowest comes first; what is unknown comes last."""
    kind = FACTS[tie.fact or ""].kind
    if kind == "date":
        return count_days(values)
    if kind == "flag":
        return (~values.to_numpy(np.bool_)).astype(np.int64)
    number = np.rint(values.to_numpy(np.float64, na_value=np.nan) * 1e6)
    known = np.isfinite(number)
    whole = np.where(known, number, 0).astype(np.int64)
    return np.where(known, -whole if tie.first == "higher" else whole, _LAST)


def _draw_lots(
    children: pd.DataFrame, keys: list[NDArray[np.int64]], seed: int
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Draw lots for those whom nothing else parts, within or across schools; rank them.

    Children of one lot, who are twins, follow each other by code.
    """
    order = np.lexsort(keys[::-1])
    same = np.ones(max(len(order) - 1, 0), np.bool_)
    for key in keys:
        same &= key[order[1:]] == key[order[:-1]]
    tied = np.zeros(len(order), np.bool_)
    tied[order[1:][same]] = tied[order[:-1][same]] = True
    lots = np.full(len(children), None, dtype=object)
    rank = np.zeros(len(children), np.int64)
    rows = np.flatnonzero(tied)
    if rows.size:
        home = children["household_code"].to_numpy(object)[rows].tolist()
        born = children["born_on"].to_numpy().astype("datetime64[D]")[rows].astype(str).tolist()
        drawn = [draw_lot(seed, *pair) for pair in zip(home, born, strict=True)]
        lots[rows] = drawn
        code = children["child_code"].to_numpy(object)[rows].tolist()
        rank[rows] = _rank_pairs(drawn, code)
    return lots, rank


def _rank_pairs(lots: list[str], codes: list[str]) -> NDArray[np.int64]:
    """Rank by lot, and by code where lots are the same."""
    number = np.array([int(lot, 16) for lot in lots], np.uint64)
    order = np.argsort(number, kind="stable")
    same = np.flatnonzero(number[order[1:]] == number[order[:-1]])
    if same.size:
        some = np.unique(np.concatenate([same, same + 1]))
        places = order[some]
        order[some] = sorted(places.tolist(), key=lambda row: (number[row], codes[row]))
    rank = np.empty(order.size, np.int64)
    rank[order] = np.arange(order.size)
    return rank


def _find_breaker(
    school: NDArray[np.int64], keys: list[NDArray[np.int64]], names: list[str | None]
) -> NDArray[np.object_]:
    """Return the key that parts each child from the neighbours with its batch and score.

    Where two neighbours need different keys, the later of the two.
    """
    parted = np.zeros(max(len(school) - 1, 0), np.int64)  # place of the key; 0: no tie
    open_ = school[1:] == school[:-1]
    for place, key in enumerate(keys):
        differs = open_ & (key[1:] != key[:-1])
        parted[differs] = place
        open_ &= ~differs
    needed = np.zeros(len(school), np.int64)
    needed[1:] = parted
    needed[:-1] = np.maximum(needed[:-1], parted)
    return np.array(names, dtype=object)[needed]
