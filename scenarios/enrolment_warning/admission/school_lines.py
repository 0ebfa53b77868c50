"""Cut lines as people read them: one row a school, what one more class changes."""

from __future__ import annotations

import pandas as pd

_NAMES = ["school_code", "school_name_zh", "school_name_en"]


def list_lines(cuts: pd.DataFrame) -> pd.DataFrame:
    """Set each school in one row.

    Parameters
    ----------
    cuts
        As :func:`scenarios.enrolment_warning.admission.cut_lines.read_cut_lines`.

    Returns
    -------
    DataFrame
        school_id, its names, seats, children (of the zone, exceptions aside), seated,
        placed_elsewhere, placed_here; by_batch (children seated of each batch, in order);
        last_place and last_score (batch and score of the last child seated), first_place and
        first_score (of the first without a seat), seated_with_more. Scores are missing where the
        batch has none. Schools that turned most children away come first.
    """
    if cuts.empty:
        return pd.DataFrame(columns=[*_LINE, "school_id"])
    rows = [_build_line(part) for _school, part in cuts.groupby("school_id", sort=False)]
    lines = pd.DataFrame(rows)
    return lines.sort_values(
        ["placed_elsewhere", "school_code"], ascending=[False, True], ignore_index=True
    )


_LINE = [*_NAMES, "seats", "children", "seated", "placed_elsewhere", "placed_here", "by_batch"]
_LINE += ["last_place", "last_score", "first_place", "first_score", "seated_with_more"]
_SUMMED = ["children", "seated", "placed_elsewhere", "placed_here", "seated_with_more"]


def _build_line(part: pd.DataFrame) -> dict[str, object]:
    sorted_ = part.sort_values("place")
    first = sorted_.iloc[0]
    seated = sorted_[sorted_["seated"] > 0].tail(1)
    waiting = _find_waiting(sorted_, seated).head(1)
    return {
        "school_id": int(first["school_id"]),
        **{name: first[name] for name in _NAMES},
        "seats": int(first["seats"]),
        **{name: int(sorted_[name].sum()) for name in _SUMMED},
        "by_batch": [int(n) for n in sorted_["seated"]],
        "last_place": _pick(seated, "place"),
        "last_score": _pick(seated, "last_score"),
        "first_place": _pick(waiting, "place"),
        "first_score": _pick(waiting, "first_unseated_score"),
    }


def _find_waiting(sorted_: pd.DataFrame, seated: pd.DataFrame) -> pd.DataFrame:
    """Find the batches that a full school left children of; a locked dwelling is no full school."""
    if sorted_["seated"].sum() < sorted_["seats"].iloc[0]:
        return sorted_.head(0)
    is_late = sorted_["place"] >= (seated["place"].iloc[0] if len(seated) else 1)
    # A batch with scores whose unseated have none was turned away by the lock alone.
    is_ranked = sorted_["first_unseated_score"].notna() | sorted_["last_score"].isna()
    return sorted_[is_late & is_ranked & (sorted_["seated"] < sorted_["children"])]


def _pick(rows: pd.DataFrame, name: str) -> float | None:
    return None if rows.empty or pd.isna(rows[name].iloc[0]) else float(rows[name].iloc[0])
