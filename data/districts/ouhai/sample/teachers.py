"""Teachers of compulsory schools: as many as resources tell, by subject, age and title.

One number, one source: teachers above the required degree, backbone teachers and those of PE and
arts are as many as `resource_fact` reports for the newest year. A school that has not reported
one of them has as many as its classes ask for.

Planted: in one subdistrict seven in ten teachers of science teach Chinese instead, so that
science is short there as nowhere else; see :data:`PLANTED`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.districts.ouhai.sample.enrolment import YEARS
from data.districts.ouhai.sample.people import DATA_DATE

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

STAGES = ("primary", "junior")
SUBJECTS = (
    "chinese", "maths", "foreign", "science", "morality", "society", "pe", "arts", "computing",
    "practice",
)  # fmt: skip
# Posts of one class by subject, about as the lesson plan has them. ASSUMPTION.
CLASS_POSTS = {
    "primary": (0.80, 0.44, 0.16, 0.11, 0.11, 0.0, 0.19, 0.22, 0.04, 0.20),
    "junior": (0.62, 0.59, 0.46, 0.31, 0.14, 0.21, 0.21, 0.13, 0.04, 0.31),
}
PE_ARTS = ("pe", "arts")
DEGREES = ("secondary", "college", "bachelor", "master", "doctor")
TITLES = ("none", "third", "second", "first", "senior", "full_senior")


@dataclass(frozen=True)
class Staff:
    """What teachers are like. ASSUMPTION throughout, of usual size."""

    level: float = 1.0  # filled posts of those the classes ask for
    spread: float = 0.22  # between schools and subjects
    women: tuple[float, float] = (0.78, 0.64)  # primary, junior
    shared: float = 0.10  # teach a second subject
    part_time: float = 0.02
    leaves: float = 0.02  # a year, not to retire
    qualified: float = 0.90  # where not reported
    backbone: float = 0.20


STAFF = Staff()


@dataclass(frozen=True)
class Plant:
    """The planted shortage."""

    subject: str = "science"
    turned_to: str = "chinese"
    share: float = 0.7


PLANTED = Plant()


def find_planted_area(school: pd.DataFrame) -> str:
    """Return the subdistrict that is planted: of those in the country, with most schools."""
    taught = school[school["kind"].isin(["primary", "junior", "nine_year"]) & school["public"]]
    rural = taught[~taught["urban"].astype(bool)]
    return str((rural if len(rural) else taught)["subdistrict_code"].value_counts().idxmax())


def build_teacher(
    school: pd.DataFrame,
    enrolment: pd.DataFrame,
    resource_fact: pd.DataFrame,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the teacher table: those in service, and those who left in the years told.

    Parameters
    ----------
    school, enrolment, resource_fact
        Tables of the sample.
    """
    newest = enrolment[(enrolment["year"] == YEARS[-1]) & enrolment["stage"].isin(STAGES)]
    classes = newest.groupby(["school_code", "stage"])["classes"].sum()
    facts = resource_fact[resource_fact["year"] == YEARS[-1]].set_index("school_code")
    area = find_planted_area(school)
    planted = set(school.loc[school["subdistrict_code"] == area, "code"])
    parts = [
        _staff_school(
            str(code), mine.droplevel(0), facts.loc[[code]].iloc[0], str(code) in planted, rng
        )
        for code, mine in classes.groupby(level=0)
    ]
    staff = pd.concat(parts, ignore_index=True)
    staff = pd.concat([staff, _draw_leavers(staff, rng)], ignore_index=True)
    return staff.assign(code=[f"T{n:06d}" for n in rng.permutation(len(staff)) + 1])


def _staff_school(
    code: str, classes: pd.Series, facts: pd.Series, is_planted: bool, rng: np.random.Generator
) -> pd.DataFrame:
    """Staff one school so that its sums are those that it reported."""
    heads = _count_heads(classes, facts, rng)
    stage, subject = (axis.ravel() for axis in np.indices(heads.shape))
    row = np.repeat(np.arange(heads.size), heads.ravel())
    stages = np.array(STAGES, dtype=object)[stage[row]]
    taught = np.array(SUBJECTS, dtype=object)[subject[row]]
    if is_planted:
        turned = (taught == PLANTED.subject) & (rng.random(len(row)) < PLANTED.share)
        taught[turned] = PLANTED.turned_to
    people = _draw_people(stages, rng)
    qualified = _choose(len(row), facts["qualified_teachers"], STAFF.qualified, rng)
    backbone = _choose(len(row), facts["backbone_teachers"], STAFF.backbone, rng)
    return people.assign(
        school_code=code,
        stage=stages,
        subject=taught,
        degree=_draw_degrees(stages, qualified, rng),
        backbone=np.where(
            backbone,
            rng.choice(["county", "city", "province"], len(row), p=[0.78, 0.18, 0.04]),
            rng.choice(["none", "school"], len(row), p=[0.8, 0.2]),
        ),
        left_on=np.datetime64("NaT", "s"),
        **_draw_second(taught, rng),
    )


def _count_heads(classes: pd.Series, facts: pd.Series, rng: np.random.Generator) -> Ints:
    """Count heads by stage and subject; PE and arts together as reported, all at least qualified.

    Returns
    -------
    heads
        Shape (stages, subjects).
    """
    number = classes.reindex(STAGES).fillna(0).to_numpy(float)
    need = number[:, None] * np.array([CLASS_POSTS[stage] for stage in STAGES])
    level = rng.normal(STAFF.level, STAFF.spread, need.shape)
    heads = np.floor(need * level + rng.random(need.shape)).astype(int)
    few = np.isin(SUBJECTS, PE_ARTS)
    told = facts["pe_arts_teachers"]
    if not np.isnan(told):
        share = np.where(few, need, 0.0)
        heads[:, few] = _share_out(int(told), share)[:, few]
    least = facts["qualified_teachers"]
    lacking = 0 if np.isnan(least) else int(least) - int(heads.sum())
    if lacking > 0:
        heads += _share_out(lacking, np.where(few, 0.0, need))
    return heads


def _share_out(total: int, weight: Floats) -> Ints:
    """Share a whole number out by weight: by largest remainder, so that the sum is kept."""
    exact = total * weight / weight.sum()
    shared = np.floor(exact).astype(int)
    order = np.argsort(-(exact - shared).ravel(), kind="stable")[: total - int(shared.sum())]
    shared.ravel()[order] += 1
    return shared


def _choose(size: int, told: float, share: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Choose as many of a school as it reported, or a usual share where it did not."""
    number = round(size * share) if np.isnan(told) else min(int(told), size)
    return rng.permutation(size) < number


def _draw_people(stages: NDArray[np.object_], rng: np.random.Generator) -> pd.DataFrame:
    """Draw sex, birth, entry and title of teachers in service."""
    size = len(stages)
    women = np.where(stages == "primary", *STAFF.women)
    sex = np.where(rng.random(size) < women, "female", "male")
    oldest = np.where(sex == "female", 55.0, 60.0)
    age = np.clip(22.6 + rng.beta(1.6, 1.5, size) * (oldest - 22.6), 22.6, oldest - 0.05)
    born = DATA_DATE - np.round(age * 365.25).astype(int)
    began = born + np.round(rng.uniform(22.2, 24.5, size) * 365.25).astype(int)
    entered = np.minimum(_find_autumn(began), np.datetime64(f"{YEARS[-1]}-09-01"))
    served = (DATA_DATE - entered).astype(int) / 365.25
    at_school = np.minimum(rng.exponential(9.0, size), served)
    since = np.maximum(_find_autumn(DATA_DATE - np.round(at_school * 365.25).astype(int)), entered)
    since = np.where(since > DATA_DATE, entered, since)
    return pd.DataFrame(
        {
            "sex": sex,
            "born_on": born.astype("datetime64[s]"),
            "title": _draw_titles(age, rng),
            "entered_on": entered.astype("datetime64[s]"),
            "at_school_since": since.astype("datetime64[s]"),
            "post_pct": np.where(rng.random(size) < STAFF.part_time, 50, 100),
        }
    )


def _find_autumn(days: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """Return 1 September of the year of each day: teachers begin and change with the term."""
    return (days.astype("datetime64[Y]").astype("datetime64[M]") + 8).astype("datetime64[D]")


def _draw_titles(age: Floats, rng: np.random.Generator) -> NDArray[np.object_]:
    """Draw titles that rise with age: second by 26, first by 35, senior for a part of the old."""
    own = age + rng.normal(0, 3.0, len(age))
    rank = np.digitize(own, [23.5, 25.5, 35.0, 47.0])
    rank = np.where((rank == 4) & (rng.random(len(age)) < 0.45), 3, rank)
    rank = np.where((rank == 4) & (rng.random(len(age)) < 0.012), 5, rank)
    return np.array(TITLES, dtype=object)[rank]


def _draw_degrees(
    stages: NDArray[np.object_], qualified: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.object_]:
    """Draw degrees above the required one for the qualified, the required one for the others."""
    least = np.where(stages == "junior", 2, 1)  # bachelor; college
    above = rng.choice([1, 2, 3, 4], len(stages), p=[0.10, 0.79, 0.108, 0.002])
    rank = np.where(qualified, np.maximum(above, least), least - 1)
    return np.array(DEGREES, dtype=object)[rank]


def _draw_second(
    taught: NDArray[np.object_], rng: np.random.Generator
) -> dict[str, NDArray[np.object_] | pd.Series]:
    """Let some teachers give a fifth to a third of their work to a second subject."""
    may = np.isin(taught, ["chinese", "maths", "morality", "society"])
    shares = may & (rng.random(len(taught)) < STAFF.shared)
    second = rng.choice(["practice", "computing", "morality"], len(taught), p=[0.7, 0.15, 0.15])
    second = np.where(second == taught, "practice", second)
    percent = pd.Series(rng.choice([20, 25, 33], len(taught))).astype("Int64")
    return {
        "second_subject": pd.Series(second, dtype=object).where(shares),
        "second_pct": percent.where(shares),
    }


def _draw_leavers(staff: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Draw those who left in the years told: some to retire, some elsewhere; two of each year."""
    each = max(round(STAFF.leaves * len(staff)), 2)
    like = staff.iloc[rng.integers(0, len(staff), each * len(YEARS))].reset_index(drop=True)
    left = np.repeat([np.datetime64(f"{year}-08-25") for year in YEARS], each)
    is_old = rng.random(len(like)) < 0.5
    age = np.where(
        is_old, np.where(like["sex"] == "female", 55.1, 60.1), rng.uniform(25, 50, len(like))
    )
    born = left - np.round(age * 365.25).astype(int)
    entered = _find_autumn(born + np.round(23.3 * 365.25).astype(int))
    entered = np.minimum(entered, left - 360)
    return like.assign(
        born_on=born.astype("datetime64[s]"),
        entered_on=entered.astype("datetime64[s]"),
        at_school_since=entered.astype("datetime64[s]"),
        left_on=left.astype("datetime64[s]"),
        title=_draw_titles(age, rng),
    )
