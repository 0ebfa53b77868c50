"""Papers, their items, and the marks of leavers in two papers a stage and two earlier ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.districts.ouhai.sample.pupils import LEAVING, YEAR, Leavers

Floats = NDArray[np.float64]

PRIMARY_MATHS, JUNIOR_MATHS = "primary_maths_2025", "junior_maths_2025"
WEAK_POINT = {PRIMARY_MATHS: "分数与比例", JUNIOR_MATHS: "二次函数"}


@dataclass(frozen=True)
class PaperPlan:
    """A paper: its knowledge points with the full marks of their items. ASSUMPTION throughout."""

    code: str
    stage: str
    subject: str
    names: tuple[str, str]
    points: dict[str, tuple[int, ...]]
    has_planted_schools: bool = False
    has_dull_item: bool = False

    @property
    def full_marks(self) -> NDArray[np.int64]:
        """Full marks of the items in their order."""
        return np.array([mark for marks in self.points.values() for mark in marks])

    @property
    def knowledge(self) -> list[str]:
        """Knowledge point of the items in their order."""
        return [point for point, marks in self.points.items() for _ in marks]


@dataclass(frozen=True)
class Chances:
    """How marks come about, in standard deviations of ability. ASSUMPTION throughout."""

    intake: float = 0.30  # spread of the intake between schools
    able_intake: float = 1.0  # of the planted one
    school: float = 0.08  # spread of what schools add
    planted: float = 0.5  # of the planted ones
    weak_point: float = -1.3  # of the planted class, as a logit
    memory: float = 0.88  # correlation of ability then and now
    absent: float = 0.012
    lost: float = 0.002  # pupils with one mark that is not known


PAPERS = (
    PaperPlan(
        PRIMARY_MATHS,
        "primary",
        "数学",
        ("六年级数学期末", "Mathematics, grade 6"),
        {
            "数与运算": (4, 4, 4, 4, 6),
            "分数与比例": (4, 4, 6, 6),
            "图形与几何": (4, 4, 6, 8),
            "统计与概率": (4, 6, 6),
            "综合与实践": (10, 10),
        },
        has_planted_schools=True,
    ),
    PaperPlan(
        "primary_chinese_2025",
        "primary",
        "语文",
        ("六年级语文期末", "Chinese, grade 6"),
        {
            "识字与写字": (4, 4, 4, 4),
            "积累与运用": (5, 5, 5, 5),
            "现代文阅读": (4, 4, 6, 6, 8),
            "古诗文阅读": (3, 3, 4),
            "习作": (26,),
        },
    ),
    PaperPlan(
        JUNIOR_MATHS,
        "junior",
        "数学",
        ("九年级数学期末", "Mathematics, grade 9"),
        {
            "数与式": (4, 4, 4, 6),
            "方程与不等式": (4, 4, 8),
            "二次函数": (4, 4, 8, 10),
            "图形与证明": (4, 4, 8, 10),
            "统计与概率": (4, 4, 6),
        },
        has_planted_schools=True,
    ),
    PaperPlan(
        "junior_science_2025",
        "junior",
        "科学",
        ("九年级科学期末", "Science, grade 9"),
        {
            "物质科学": (4, 4, 4, 6, 8, 8),
            "生命科学": (4, 4, 4, 6, 8),
            "地球与宇宙": (4, 4, 6),
            "科学探究": (4, 6, 8, 8),
        },
        has_dull_item=True,
    ),
)


def build_paper() -> pd.DataFrame:
    """Return the paper table: each paper, and the earlier one that tells prior attainment."""
    rows = []
    for plan in PAPERS:
        grade = 6 if plan.stage == "primary" else 3
        rows.append(
            {
                "code": plan.code,
                "name_zh": plan.names[0],
                "name_en": plan.names[1],
                "year": YEAR,
                "grade": grade,
                "held_on": f"{YEAR + 1}-01-22",
                "full_marks": int(plan.full_marks.sum()),
                "prior_code": _name_prior(plan),
            }
        )
        earlier = LEAVING[plan.stage] - 2
        rows.append(
            {
                "code": _name_prior(plan),
                "name_zh": f"{'四' if earlier == 4 else '七'}年级{plan.subject}期末",
                "name_en": f"{plan.names[1].split(',')[0]}, grade {earlier}",
                "year": YEAR - 2,
                "grade": grade - 2,
                "held_on": f"{YEAR - 1}-06-24",
                "full_marks": 100,
                "prior_code": None,
            }
        )
    about = [
        {"stage": plan.stage, "subject": plan.subject} for plan in PAPERS for _ in ("now", "then")
    ]
    return pd.DataFrame([{**row, **more} for row, more in zip(rows, about, strict=True)])


def build_paper_item() -> pd.DataFrame:
    """Return the items of the papers; of the earlier ones the marks in all are known alone."""
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "paper_code": plan.code,
                    "number": np.arange(1, len(plan.full_marks) + 1),
                    "full_marks": plan.full_marks,
                    "knowledge_point": plan.knowledge,
                }
            )
            for plan in PAPERS
        ],
        ignore_index=True,
    )


def build_paper_result(
    leavers: dict[str, Leavers], codes: NDArray[np.object_], rng: np.random.Generator
) -> pd.DataFrame:
    """Return the marks of every leaver in the two papers of the stage and the two before them.

    Parameters
    ----------
    codes
        Pseudonyms of the pupils, shape (rows of the pupil table,).
    """
    chances = Chances()
    parts = []
    for stage, pupils in leavers.items():
        intake = rng.normal(0, chances.intake, pupils.schools)
        intake[3:4] = chances.able_intake
        start = intake[pupils.school] + rng.normal(size=len(pupils.row))
        for plan in PAPERS:
            if plan.stage == stage:
                parts += _draw_paper(plan, pupils, start, codes, chances, rng)
    return pd.concat(parts, ignore_index=True)


def _draw_paper(
    plan: PaperPlan,
    pupils: Leavers,
    start: Floats,
    codes: NDArray[np.object_],
    chances: Chances,
    rng: np.random.Generator,
) -> list[pd.DataFrame]:
    """Draw the marks of one paper and of the one before it."""
    n = len(pupils.row)
    then = start + rng.normal(0, 0.25, n)
    added = rng.normal(0, chances.school, pupils.schools)
    if plan.has_planted_schools:
        added[:4] = [chances.planted, -chances.planted, 0.0, 0.0][: len(added)]
    now = (
        chances.memory * start
        + np.sqrt(1 - chances.memory**2) * rng.normal(size=n)
        + added[pupils.school]
    )
    marks = _draw_marks(plan, pupils, now, chances, rng)
    prior = np.clip(np.round(62 + 14 * then), 0, 100)
    earlier = _build_rows(codes[pupils.row], _name_prior(plan), prior, rng.random(n) < 0.02)
    is_lost = rng.random(n) < chances.lost
    text = _write_marks(marks, is_lost, rng)
    later = _build_rows(
        codes[pupils.row], plan.code, marks.sum(axis=1), rng.random(n) < chances.absent
    )
    later["item_points"] = pd.Series(text, dtype=object).where(~later["absent"])
    return [earlier, later]


def _draw_marks(
    plan: PaperPlan, pupils: Leavers, now: Floats, chances: Chances, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw marks by pupil and item: each mark of an item is a chance that rises with ability."""
    full = plan.full_marks
    hard = rng.normal(-0.9, 0.7, len(full)) + 0.6 * np.linspace(-1, 1, len(full))
    slope = rng.uniform(0.9, 1.7, len(full))
    logit = slope * (now[:, None] - hard)
    if plan.has_planted_schools:
        point = np.array(plan.knowledge) == WEAK_POINT[plan.code]
        is_class = (pupils.school == 2) & (pupils.class_number == 2)
        logit += chances.weak_point * np.outer(is_class, point)
    if plan.has_dull_item:
        logit[:, -1] = 0.2
    # Marks of an item hang together: a pupil who sees the way has most of them.
    share = 1 / (1 + np.exp(-(logit + rng.normal(0, 0.8, logit.shape))))
    return rng.binomial(full, share).astype(np.int64)


def _build_rows(
    codes: NDArray[np.object_], paper: str, points: NDArray, absent: NDArray[np.bool_]
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "pupil_code": codes,
            "paper_code": paper,
            "absent": absent,
            "points": np.where(absent, np.nan, points.astype(float)),
            "item_points": None,
        }
    )


def _write_marks(
    marks: NDArray[np.int64], is_lost: NDArray[np.bool_], rng: np.random.Generator
) -> list[str]:
    """Write the marks of each pupil in one text, one of them as not known where it was lost."""
    words = np.array([str(mark) for mark in range(marks.max() + 1)], dtype=object)[marks]
    lost = np.flatnonzero(is_lost)
    words[lost, rng.integers(0, marks.shape[1], len(lost))] = "-"
    return [" ".join(row) for row in words.tolist()]


def _name_prior(plan: PaperPlan) -> str:
    return plan.code.replace(str(YEAR), str(YEAR - 2))
