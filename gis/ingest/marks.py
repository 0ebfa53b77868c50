"""Marks against the paper they belong to: full marks, sums, absent and zero told apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, Table

from gis.database import read_table
from gis.ingest.contract import Rejections

MARKS = ("paper", "paper_item", "paper_result")
UNKNOWN = "-"
_MARK = r"(?:\d+(?:\.\d+)?|-)"
_MARKS = rf"{_MARK}(?: {_MARK})*"
_SAME = 1e-6  # of a mark: sums of decimals


def check_marks(
    connection: Connection,
    table: Table,
    frame: pd.DataFrame,
    district_id: int,
    codes: dict[str, pd.Series],
    rejections: Rejections,
) -> pd.DataFrame:
    """Return the papers, items or results that fit those already stored; note the others.

    Parameters
    ----------
    frame
        Rows of `table` with their references resolved.
    codes
        Codes of pupils and papers by their ids, for messages.
    """
    if table.name == "paper":
        return refuse_lost_priors(frame, rejections)
    items = read_table(connection, "paper_items", district_id=district_id)
    papers = frame["paper_id"].map(codes["paper"]).astype(str)
    if table.name == "paper_item":
        return refuse_wrong_sums(frame, items, papers, rejections)
    refs = frame["pupil_id"].map(codes["pupil"]).astype(str) + " / " + papers
    return refuse_wrong_marks(frame, items, refs, rejections)


def refuse_lost_priors(papers: pd.DataFrame, rejections: Rejections) -> pd.DataFrame:
    """Return the papers whose earlier paper is among them, or that name none; note the others."""
    if "prior_code" not in papers:
        return papers
    prior = papers["prior_code"]
    lost = (prior.notna() & (~prior.isin(papers["code"]) | (prior == papers["code"]))).to_numpy(
        bool
    )
    rejections.add(
        papers["code"][lost],
        column="prior_code",
        found=prior[lost].astype(str),
        rule="no other paper has this code",
        mend="Correct the code, deliver that paper too, or leave it empty.",
    )
    return papers[~lost].reset_index(drop=True)


def refuse_wrong_sums(
    items: pd.DataFrame, papers: pd.DataFrame, refs: pd.Series, rejections: Rejections
) -> pd.DataFrame:
    """Return the items of papers whose full marks they sum to, numbered from 1; note the others."""
    by_paper = items.groupby("paper_id")
    full = items["paper_id"].map(papers.groupby("paper_id")["paper_full_marks"].first())
    sums = by_paper["full_marks"].transform("sum").astype(float)
    whole = by_paper["number"].transform("max").astype(float) == by_paper["number"].transform(
        "size"
    )
    for wrong, found, rule, mend in (
        (
            (sums - full).abs() > _SAME,
            sums.astype(str) + " of " + full.astype(str),
            "the full marks of the items do not sum to those of the paper",
            "Correct the items, or the paper.",
        ),
        (~whole, items["number"].astype(str), "items are numbered 1, 2, 3, …", "Number them so."),
    ):
        rows = wrong.to_numpy(bool)
        named = refs + " / " + items["number"].astype(str)
        rejections.add(named[rows], column="full_marks", found=found[rows], rule=rule, mend=mend)
    good = ((sums - full).abs() <= _SAME) & whole
    return items[good.to_numpy(bool)].reset_index(drop=True)


def parse_item_points(texts: pd.Series, items: int) -> NDArray[np.float64]:
    """Return the marks of texts such as ``2 0.5 -`` by item, NaN where one is not known.

    Parameters
    ----------
    texts
        Marks by item, blanks between; each with `items` of them.

    Returns
    -------
    NDArray
        Shape (len(texts), items).

    Examples
    --------
    >>> parse_item_points(pd.Series(["2 0.5", "0 -"]), 2).tolist()
    [[2.0, 0.5], [0.0, nan]]
    """
    words = " ".join(texts).replace(UNKNOWN, "nan").split()
    return np.array(words, dtype=np.float64).reshape(len(texts), items)


def refuse_wrong_marks(
    results: pd.DataFrame, items: pd.DataFrame, refs: pd.Series, rejections: Rejections
) -> pd.DataFrame:
    """Return the results that fit their paper, with points of all who sat it; note the others.

    Refused is who is absent and yet has marks, who is neither absent nor has any (absent and zero
    are not the same), marks by item of another number than the paper has, a mark above the full
    marks of its item or of the paper, and marks by item that do not sum to the points. Points
    that are not given are the sum of the items, if all of them are known.

    Parameters
    ----------
    results
        paper_id, absent, points, item_points (may be missing as a whole).
    items
        paper_id, paper_full_marks, number and full_marks of the items in order; a paper whose
        items are not known has one row with a missing number.
    refs
        How people call each row.
    """
    kept = results.assign(
        points=results["points"].astype(float) if "points" in results else np.nan,
        item_points=results["item_points"].astype(object) if "item_points" in results else None,
        absent=results["absent"].astype(bool),
    ).reset_index(drop=True)
    good = np.ones(len(kept), dtype=bool)

    def refuse(wrong: NDArray[np.bool_], column: str, rule: str, mend: str) -> None:
        rows = wrong & good
        found = kept[column][rows].astype(str)
        rejections.add(refs[rows], column=column, found=found, rule=rule, mend=mend)
        good[rows] = False

    has_points = kept["points"].notna().to_numpy()
    has_items = kept["item_points"].notna().to_numpy()
    absent = kept["absent"].to_numpy()
    mend = "Clear the marks of who was absent; write 0 for who sat it and gained nothing."
    refuse(absent & (has_points | has_items), "absent", "the absent have no marks", mend)
    rule = "whoever is not absent has marks: a zero is a mark"
    refuse(~absent & ~has_points & ~has_items, "points", rule, mend)
    full = kept["paper_id"].map(items.groupby("paper_id")["paper_full_marks"].first()).astype(float)
    rule = "the points lie above the full marks of the paper"
    refuse((kept["points"] > full).to_numpy(bool), "points", rule, "Correct the points.")
    sums, faults = _sum_items(kept, items, has_items & good)
    refuse(
        faults == _SHAPE,
        "item_points",
        "it must hold one mark for each item of the paper, in order, with - for one not known",
        "Write them like 2 0.5 - 4.",
    )
    rule = "the mark of an item lies above its full marks"
    refuse(faults == _ABOVE, "item_points", rule, "Correct the mark.")
    apart = np.abs(sums.total - kept["points"].to_numpy()) > _SAME
    # A mark that is not known may fill the gap between the sum and the points.
    short = sums.has_unknown & (sums.total < kept["points"].to_numpy())
    rule = "the marks by item do not sum to the points"
    refuse(has_items & has_points & apart & ~short, "points", rule, "Correct one of them.")
    rule = "with a mark that is not known, the points must be given"
    refuse(has_items & ~has_points & sums.has_unknown, "points", rule, "Give the points.")
    kept["points"] = kept["points"].fillna(pd.Series(sums.total))
    return kept[good].reset_index(drop=True)


_FINE, _SHAPE, _ABOVE = 0, 1, 2


class _Sums:
    """Sum of the marks by item of each row, and whether one of them is not known."""

    def __init__(self, rows: int) -> None:
        self.total = np.full(rows, np.nan)
        self.has_unknown = np.zeros(rows, dtype=bool)


def _sum_items(
    kept: pd.DataFrame, items: pd.DataFrame, asked: NDArray[np.bool_]
) -> tuple[_Sums, NDArray[np.int64]]:
    """Sum the marks by item, paper by paper, and say what is wrong with them."""
    sums, faults = _Sums(len(kept)), np.full(len(kept), _FINE)
    full_marks: dict[Any, NDArray[np.float64]] = {
        paper: part["full_marks"].to_numpy(np.float64)
        for paper, part in items.dropna(subset=["number"]).groupby("paper_id")
    }
    rows = np.flatnonzero(asked)
    for paper, at in pd.Series(rows).groupby(kept["paper_id"].to_numpy()[rows]):
        mine = at.to_numpy()
        full = full_marks.get(paper, np.empty(0))
        texts = kept["item_points"].iloc[mine].astype(str)
        fits = (texts.str.fullmatch(_MARKS) & (texts.str.count(" ") + 1 == len(full))).to_numpy()
        faults[mine[~fits]] = _SHAPE
        if not fits.any():
            continue
        marks = parse_item_points(texts[fits], len(full))
        mine = mine[fits]
        faults[mine[(marks > full).any(axis=1)]] = _ABOVE
        sums.total[mine] = np.nansum(marks, axis=1)
        sums.has_unknown[mine] = np.isnan(marks).any(axis=1)
    return sums, faults
