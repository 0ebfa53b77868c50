"""Value added of schools: closed forms, Henderson's equations, statsmodels, and planted truth."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from catchments.attainment.effects import Effects, fit_effects
from catchments.attainment.value_added import measure_value_added

Floats = NDArray[np.float64]
RULES = {"degree": 2, "interval_pct": 95, "least_pupils": 10}


def draw_marks(
    seed: int, *, schools: int = 40, between: float = 3.0, planted: float = 0.0
) -> pd.DataFrame:
    """Draw pupils in schools of 3 to 60, prior attainment and marks; school 0 has the planted."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(3, 60, schools)
    school = np.repeat(np.arange(schools), sizes)
    prior = rng.normal(60, 12, len(school)) + rng.normal(0, 5, schools)[school]
    effect = rng.normal(0, between, schools) if between else np.zeros(schools)
    effect[0] += planted
    points = 20 + 0.8 * prior + effect[school] + rng.normal(0, 7, len(school))
    return pd.DataFrame({"school_id": school, "prior_points": prior, "points": points})


def fit(marks: pd.DataFrame) -> tuple[Effects, Floats, Floats, NDArray[np.intp]]:
    prior = marks["prior_points"].to_numpy()
    standard = (prior - prior.mean()) / prior.std()
    fixed = np.column_stack([np.ones(len(marks)), standard, standard**2])
    y, school = marks["points"].to_numpy(), marks["school_id"].to_numpy()
    fitted = fit_effects(y, fixed, school)
    assert fitted is not None
    return fitted, y, fixed, school


def test_balanced_schools_have_the_variances_of_the_analysis_of_variance():
    # Four schools of three: means 2, 5, 8, 9 (grand mean 6), within each −1, 0, +1.
    # MS between = 3 · (16 + 1 + 4 + 9) / 3 = 30, MS within = 8 / 8 = 1,
    # τ² = (30 − 1) / 3, each mean counts to 1 − 1/30 of its distance.
    means = np.array([2.0, 5, 8, 9])
    y = (means[:, None] + [-1.0, 0, 1]).ravel()
    fitted = fit_effects(y, np.ones((12, 1)), np.repeat(np.arange(4), 3))
    assert fitted is not None
    assert fitted.within == pytest.approx(1.0, abs=1e-6)
    assert fitted.between == pytest.approx(29 / 3, abs=1e-5)
    assert fitted.effect == pytest.approx((means - 6) * 29 / 30, abs=1e-6)
    # variance of the mean of all: (τ² + σ²/3) / 4; of a predicted effect:
    # τ²/30 + (29/30)² · (τ² + 1/3) / 4
    error2 = 29 / 3 / 30 + (29 / 30) ** 2 * (29 / 3 + 1 / 3) / 4
    assert fitted.error == pytest.approx(np.sqrt(error2), abs=1e-6)


def test_effects_solve_hendersons_mixed_model_equations():
    fitted, y, fixed, school = fit(draw_marks(1))
    groups = np.eye(school.max() + 1)[school]
    both = np.hstack([fixed, groups])
    left = both.T @ both / fitted.within
    at = np.arange(3, left.shape[0])
    left[at, at] += 1 / fitted.between
    solved = np.linalg.solve(left, both.T @ y / fitted.within)
    inverse = np.linalg.inv(left)
    assert fitted.coefficients == pytest.approx(solved[:3], abs=1e-9)
    assert fitted.effect == pytest.approx(solved[3:], abs=1e-9)
    # their error holds the uncertainty of the coefficients too
    assert fitted.error == pytest.approx(np.sqrt(np.diag(inverse)[3:]), abs=1e-9)
    assert fitted.coefficient_errors == pytest.approx(np.sqrt(np.diag(inverse)[:3]), abs=1e-9)


def test_the_likelihood_is_as_great_as_that_of_statsmodels_and_the_answers_are_the_same():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what its search says on the way
        from statsmodels.regression.mixed_linear_model import MixedLM, MixedLMParams  # noqa: PLC0415  (1 s)

        for seed in (2, 3):
            fitted, y, fixed, school = fit(draw_marks(seed))
            model = MixedLM(y, fixed, groups=school)
            other = model.fit(reml=True)
            # Tolerance: statsmodels stops its search at some 1e-4 of a variance.
            assert fitted.coefficients == pytest.approx(other.fe_params, rel=1e-4, abs=1e-4)
            assert fitted.within == pytest.approx(other.scale, rel=1e-4)
            assert fitted.between == pytest.approx(other.cov_re[0, 0], rel=1e-3)
            effects = [other.random_effects[at].iloc[0] for at in range(school.max() + 1)]
            assert fitted.effect == pytest.approx(effects, abs=1e-3)
            # its likelihood at our answer is no smaller than at its own
            ratio = np.array([[fitted.between / fitted.within]])
            ours = MixedLMParams.from_components(fitted.coefficients, cov_re=ratio)
            at_ours = model.loglike(ours, profile_fe=False)
            assert at_ours >= other.llf - 1e-6


def test_the_school_that_adds_value_is_told_and_chance_is_not():
    told = measure_value_added(draw_marks(4, between=0.0, planted=6.0), **RULES)
    marks = draw_marks(4, between=0.0, planted=6.0)
    size = (marks["school_id"] == 0).sum()
    assert size >= 10
    assert told.schools.loc[0, "state"] == "above"
    # without any difference but chance hardly a school is told, over fifty districts
    states = [
        measure_value_added(draw_marks(seed, between=0.0), **RULES).schools["state"]
        for seed in range(100, 125)
    ]
    share = pd.concat(states).isin(["above", "below"]).mean()
    assert share < 0.01


def test_intervals_hold_the_truth_as_often_as_they_promise():
    inside, total = 0, 0
    for seed in range(30):
        rng = np.random.default_rng(1000 + seed)
        truth = rng.normal(0, 3, 50)
        school = np.repeat(np.arange(50), 20)
        prior = rng.normal(0, 1, 1000)
        marks = pd.DataFrame(
            {"school_id": school, "prior_points": prior,
             "points": 60 + 8 * prior + truth[school] + rng.normal(0, 7, 1000)}
        )  # fmt: skip
        told = measure_value_added(marks, **RULES).schools
        inside += ((told["value_added_low"] <= truth) & (truth <= told["value_added_high"])).sum()
        total += 50
    assert 0.93 < inside / total < 0.97


def test_a_small_school_is_shrunken_more_than_a_large_one():
    marks = draw_marks(6)
    few = marks[marks["school_id"] == marks["school_id"].value_counts().idxmax()]
    small = few.head(4).assign(school_id=99)
    told = measure_value_added(
        pd.concat([marks, small], ignore_index=True), degree=1, interval_pct=95, least_pupils=1
    ).schools
    width = told["value_added_high"] - told["value_added_low"]
    assert width[99] > width[few["school_id"].iloc[0]]


def test_an_able_intake_is_no_quality():
    rng = np.random.default_rng(8)
    school = np.repeat(np.arange(30), 40)
    prior = rng.normal(0, 1, 1200) + np.where(school == 0, 1.5, 0.0)
    points = 60 + 9 * prior + rng.normal(0, 6, 1200)
    marks = pd.DataFrame({"school_id": school, "prior_points": prior, "points": points})
    means = marks.groupby("school_id")["points"].mean()
    assert means.idxmax() == 0
    assert measure_value_added(marks, **RULES).schools.loc[0, "state"] == "within"


def test_the_order_of_pupils_never_matters():
    marks = draw_marks(9)
    one = measure_value_added(marks, **RULES).schools
    other = measure_value_added(marks.sample(frac=1, random_state=1), **RULES).schools
    pd.testing.assert_frame_equal(one, other, rtol=1e-6, atol=1e-6)


def test_small_schools_count_and_are_not_told():
    told = measure_value_added(draw_marks(10), **RULES).schools
    few = told["pupils"] < 10
    assert few.any()
    assert (told.loc[few, "state"] == "few").all()
    assert told.loc[few, "value_added_points"].isna().all()
    # what is told has an interval, always
    known = told["value_added_points"].notna()
    assert told.loc[known, ["value_added_low", "value_added_high"]].notna().all(axis=None)


@pytest.mark.parametrize(
    "marks",
    [
        pd.DataFrame({"school_id": [], "prior_points": [], "points": []}),
        draw_marks(11, schools=1),
        draw_marks(12).assign(points=50.0),
        pd.DataFrame({"school_id": [1, 2], "prior_points": [1.0, 2], "points": [3.0, 4]}),
        draw_marks(13).assign(prior_points=np.nan),
    ],
    ids=["nobody", "one school", "all equal", "one pupil a school", "no prior marks"],
)
def test_where_nothing_can_be_told_nothing_is(marks: pd.DataFrame):
    told = measure_value_added(marks, **RULES)
    assert told.model is None
    assert set(told.schools["state"]) <= {"unmeasured"}
    assert told.describe_model()["is_fitted"] is False


def test_equal_prior_marks_leave_the_mean_alone():
    told = measure_value_added(draw_marks(14).assign(prior_points=50.0), **RULES)
    assert told.model is not None
    assert len(told.model.coefficients) == 1


def test_no_difference_between_schools_is_found_to_be_none():
    chances = [fit(draw_marks(seed, between=0.0))[0].chance for seed in range(30)]
    assert np.mean(np.array(chances) < 0.05) < 0.15
    assert fit(draw_marks(15, between=4.0))[0].chance < 1e-6
