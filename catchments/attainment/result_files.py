"""Results of a paper in anyone's CSV file: long or wide, every fault told with its line.

The schema and its rules are described in ``docs/methods/results.md``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.attainment.analysis import Sitting
from catchments.rule_nodes import Fault
from gis.errors import RejectedDataError
from gis.ingest.plain_csv import parse_numbers, read_header, read_table, sort_ids

Floats = NDArray[np.float64]

WHO = ["pupil", "school", "class"]
ABSENT_WORDS = ("absent", "缺考")
_LISTED = 20


class RejectedMarksError(RejectedDataError):
    """A file of results is broken; lists every fault with its line."""

    def __init__(self, origin: str, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        count = "a fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        listed = "\n".join(f"  {fault}" for fault in self.faults[:_LISTED])
        more = len(self.faults) - _LISTED
        rest = f"\n  and {more} more" if more > 0 else ""
        super().__init__(
            f"Results {origin} have {count}:\n{listed}{rest}", mend="Mend these lines."
        )

    def list_faults(self) -> list[dict[str, Any]]:
        """Return the faults for programs."""
        return [asdict(fault) for fault in self.faults]


@dataclass(frozen=True, eq=False)
class MarkFile:
    """The results of one paper.

    Parameters
    ----------
    pupils
        pupil, school, class, absent; one row a pupil in the order of the file.
    items
        item, full_marks, knowledge_point (empty text where not told).
    marks
        Marks by pupil and item, shape (n, k), NaN where not known.
    is_assumed
        Whether full marks were not told and are the greatest mark that somebody has.
    """

    pupils: pd.DataFrame
    items: pd.DataFrame
    marks: Floats
    is_assumed: bool

    def build_sitting(self, prior: pd.Series | None = None) -> Sitting:
        """Put the results into the form that is analysed.

        Parameters
        ----------
        prior
            Earlier marks, index pupil.
        """
        known = ~np.isnan(self.marks).any(axis=1)
        rows = pd.DataFrame(
            {
                "school_id": self.pupils["school"],
                "class_number": self.pupils["class"],
                "absent": self.pupils["absent"],
                # Whose marks are not all known counts with items, not with totals.
                "points": np.where(known, self.marks.sum(axis=1), np.nan),
                "prior_points": np.nan if prior is None else self.pupils["pupil"].map(prior),
            }
        )
        full = self.items["full_marks"].to_numpy(np.float64)
        return Sitting(rows, self.marks, full, float(full.sum()))


@dataclass
class _Reading:
    """Marks as they stand in the file, and what is wrong there."""

    faults: list[Fault] = field(default_factory=list)

    def add(self, lines: Iterable[Any], key: str, found: Iterable[str], mend: str) -> None:
        """Note one fault a line."""
        self.faults += [
            Fault(int(line), key, what, mend) for line, what in zip(lines, found, strict=True)
        ]


def load_mark_file(path: Path, items: Path | None = None) -> MarkFile:
    """Read and check the results of a paper.

    Long: a row a pupil and item, columns pupil, school, class, item, score. Wide: a row a pupil,
    columns pupil, school, class, and one a item. A score is a number of zero or more up to the
    full marks, ``absent`` or 缺考 for who did not sit the paper, or empty where it is not known:
    zero, absent and not known are three things.

    Parameters
    ----------
    items
        CSV item, full_marks and perhaps knowledge_point, a row an item; without it the greatest
        mark of each item stands for its full marks.

    Raises
    ------
    UsageError
        When a file is missing.
    RejectedMarksError
        With every fault and its line: a score that is none or is out of range, a pupil and item
        told twice, a pupil in two classes, a pupil both absent and marked, an item not listed.
    """
    reading = _Reading()
    told = None if items is None else _read_items(items)
    long, names = _read_long(path, reading)
    listed = names if told is None else told["item"].tolist()
    strange = ~long["item"].isin(listed)
    reading.add(
        long.index[strange],
        "item",
        "Item '" + long["item"][strange] + "' is not among the items.",
        f"Add it to the file of items, or correct it: {', '.join(listed[:_LISTED])}.",
    )
    _check_pupils(long, reading)
    numbers = _check_scores(long, reading, told)
    if reading.faults:
        raise RejectedMarksError(str(path), reading.faults)
    pupils = long.drop_duplicates("pupil")[WHO].reset_index(drop=True)
    marks = np.full((len(pupils), len(listed)), np.nan)
    row = pd.Index(pupils["pupil"]).get_indexer(pd.Index(long["pupil"]))
    column = pd.Index(listed).get_indexer(pd.Index(long["item"]))
    marks[row, column] = numbers
    absent = long["is_absent"].groupby(long["pupil"]).any()
    pupils = pupils.assign(absent=pupils["pupil"].map(absent).astype(bool))
    return MarkFile(pupils, _complete_items(told, listed, marks), marks, told is None)


def load_prior_file(path: Path) -> pd.Series:
    """Read earlier marks: columns pupil and points; index pupil.

    Raises
    ------
    RejectedMarksError
        When a pupil stands there twice.
    """
    table = read_table(path, ["pupil", "points"])
    points = parse_numbers(table, "points", path)
    twice = table["pupil"].duplicated()
    if twice.any():
        reading = _Reading()
        words = "Pupil '" + table["pupil"][twice] + "' stands here again."
        reading.add(table.index[twice], "pupil", words, "Keep one row a pupil.")
        raise RejectedMarksError(str(path), reading.faults)
    return pd.Series(points, index=pd.Index(table["pupil"], name="pupil"))


def _read_items(path: Path) -> pd.DataFrame:
    table = read_table(path, ["item", "full_marks"], optional=["knowledge_point"])
    full = parse_numbers(table, "full_marks", path)
    reading = _Reading()
    for wrong, words, mend in (
        (~(full > 0), "The full marks are not above zero.", "Write the marks of the item."),
        (table["item"].duplicated().to_numpy(), "The item stands here again.", "Keep one row."),
    ):
        lines = table.index[wrong]
        reading.add(lines, "item", [words] * len(lines), mend)
    if reading.faults:
        raise RejectedMarksError(str(path), reading.faults)
    point = table["knowledge_point"] if "knowledge_point" in table else pd.Series("", table.index)
    told = {"item": table["item"], "full_marks": full, "knowledge_point": point.fillna("")}
    return pd.DataFrame(told).reset_index(drop=True)


def _read_long(path: Path, reading: _Reading) -> tuple[pd.DataFrame, list[str]]:
    """Return the file in long form, index the line, with the items in order."""
    header = read_header(path)
    if {"item", "score"} <= set(header):
        long = read_table(path, [*WHO, "item"], optional=["score"])
        long = long.reindex(columns=[*WHO, "item", "score"])
        names = sort_ids(set(long["item"]))
    else:
        names = [name for name in header if name and name not in WHO]
        wide = read_table(path, WHO, optional=names).reindex(columns=[*WHO, *names])
        twice = wide["pupil"].duplicated()
        words = "Pupil '" + wide["pupil"][twice] + "' stands here again."
        reading.add(wide.index[twice], "pupil", words, "Keep one row a pupil.")
        wide = wide[~twice]
        long = wide.melt(WHO, names, var_name="item", value_name="score", ignore_index=False)
    words = long["score"].astype("string").str.strip().str.lower()
    return long.assign(score=words, is_absent=words.isin(ABSENT_WORDS)), names


def _check_pupils(long: pd.DataFrame, reading: _Reading) -> None:
    """Find items told twice, pupils in two classes, and who is absent and yet marked."""
    again = long.duplicated(["pupil", "item"])
    words = "Pupil '" + long["pupil"][again] + "' has item '" + long["item"][again] + "' again."
    reading.add(long.index[again], "item", words, "Keep one score a pupil and item.")
    first = long.groupby("pupil")[["school", "class"]].transform("first")
    moved = (long[["school", "class"]] != first).any(axis=1) & ~again
    words = "Pupil '" + long["pupil"][moved] + "' stands in another class above."
    reading.add(long.index[moved], "class", words, "Correct the school or the class.")
    has_absent = long["is_absent"].groupby(long["pupil"]).transform("any")
    mixed = has_absent & ~long["is_absent"] & long["score"].notna()
    words = "Pupil '" + long["pupil"][mixed] + "' is absent and yet has a mark."
    mend = "Write absent for all items, or 0 for an item that was not answered."
    reading.add(long.index[mixed], "score", words, mend)


def _check_scores(long: pd.DataFrame, reading: _Reading, told: pd.DataFrame | None) -> Floats:
    """Return the scores as numbers, NaN where absent or not known; note those out of range."""
    numbers = pd.to_numeric(long["score"].mask(long["is_absent"]), errors="coerce")
    marks = numbers.to_numpy(np.float64, na_value=np.nan)
    is_told = (long["score"].notna() & ~long["is_absent"]).to_numpy(bool)
    wrong = is_told & ~(np.isfinite(marks) & (marks >= 0))
    words = "'" + long["score"][wrong].astype(str) + "' is no mark."
    mend = "Write a number of zero or more, absent, or nothing where it is not known."
    reading.add(long.index[wrong], "score", words, mend)
    if told is not None:
        full = long["item"].map(told.set_index("item")["full_marks"]).to_numpy(np.float64)
        above = is_told & ~wrong & (marks > full)
        words = (
            long["score"][above].astype(str)
            + " lies above the full marks of item '"
            + long["item"][above]
            + "'."
        )
        reading.add(long.index[above], "score", words, "Correct the mark, or the full marks.")
    return marks


def _complete_items(told: pd.DataFrame | None, listed: list[str], marks: Floats) -> pd.DataFrame:
    if told is not None:
        return told
    known = np.where(np.isnan(marks), 0.0, marks)
    greatest = known.max(axis=0) if len(marks) else np.zeros(len(listed))
    # An item in which nobody gained anything had some marks all the same.
    full = np.where(greatest > 0, greatest, 1.0)
    return pd.DataFrame({"item": listed, "full_marks": full, "knowledge_point": ""})
