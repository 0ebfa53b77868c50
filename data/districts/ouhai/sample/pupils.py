"""Pupils of compulsory grades, by pseudonym, as many as the enrolment of the newest year counts.

Planted, in the order of size of the leaving grade of a stage (primary grade 6, junior grade 9):

1. the largest school adds value in mathematics: half a standard deviation above expectation;
2. the second takes as much away;
3. in the third, class 2 is weak in one knowledge point of mathematics;
4. the fourth has by far the ablest intake and adds nothing: no quality, only a good start;
5. in the fifth, labour fell from the first to the second year of growth records.

In science of grade 9 the last item tells nobody apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.districts.ouhai.sample.codes import write_hash
from data.districts.ouhai.sample.enrolment import YEARS

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]
Text = NDArray[np.object_]

LEAVING = {"primary": 6, "junior": 9}  # as people count grades; in the tables 6 and 3
YEAR = YEARS[-1]
_BEFORE_JUNIOR = 6


@dataclass(frozen=True, eq=False)
class Leavers:
    """Pupils of the leaving grade of a stage: those whose growth and marks are known.

    Parameters
    ----------
    row
        Row of each in the pupil table.
    school
        Position of the school by size of the grade, 0 the largest.
    class_number
        From 1.
    """

    stage: str
    row: Ints
    school: Ints
    class_number: Ints

    @property
    def schools(self) -> int:
        """Return how many schools have the grade."""
        return int(self.school.max()) + 1 if len(self.school) else 0


def build_pupil(enrolment: pd.DataFrame) -> pd.DataFrame:
    """Return the pupil table: one row for each pupil whom the newest enrolment counts."""
    rows = enrolment[(enrolment["year"] == YEAR) & enrolment["stage"].isin(LEAVING)]
    pupils, classes = rows["pupils"].to_numpy(int), rows["classes"].to_numpy(int)
    at = np.repeat(np.arange(len(rows)), pupils)
    place = np.arange(len(at)) - np.repeat(np.cumsum(pupils) - pupils, pupils)
    table = rows[["school_code", "stage", "grade"]].iloc[at].reset_index(drop=True)
    return table.assign(
        code=write_hash(np.arange(len(at)), salt=77, length=16),
        class_number=place % np.maximum(classes, 1)[at] + 1,
        year=YEAR,
    )


def list_leavers(pupil: pd.DataFrame, stage: str) -> Leavers:
    """List the pupils of the leaving grade, schools by size and code."""
    grade = LEAVING[stage] - (_BEFORE_JUNIOR if stage == "junior" else 0)
    row = np.flatnonzero((pupil["stage"] == stage) & (pupil["grade"] == grade))
    codes, names = pd.factorize(pupil["school_code"].iloc[row], sort=True)
    order = np.argsort(-np.bincount(codes, minlength=len(names)), kind="stable")
    rank = np.empty(len(names), dtype=np.intp)
    rank[order] = np.arange(len(names))
    return Leavers(stage, row, rank[codes], pupil["class_number"].to_numpy(int)[row])
