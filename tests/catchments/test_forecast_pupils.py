"""The forecast of pupils: cohorts, newcomers, persistence, totals and intervals."""

from __future__ import annotations

import doctest
import importlib
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from catchments.forecast.combining import (
    Shares,
    combine_forecasts,
    estimate_shares,
    forecast_by_cohorts,
    replay_history,
)
from catchments.forecast.entry import forecast_entry
from catchments.forecast.naive import repeat_last_year, survive_cohorts
from catchments.forecast.progression import (
    carry_cohorts,
    measure_progression,
    measure_pseudo_pupils,
)
from catchments.forecast.pupils import PupilForecast, forecast_pupils
from gis.errors import UsageError

panels = arrays(
    np.float64,
    st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 4)),
    elements=st.one_of(st.just(np.nan), st.integers(0, 150).map(float)),
)


def draw_district(*, schools: int = 40, years: int = 8, grades: int = 6) -> np.ndarray:
    """Return a district whose cohorts lose 5 % a step, with chance."""
    drawn = np.random.default_rng(5)
    cohort = drawn.uniform(30, 120, schools)[:, None, None]
    kept = 0.95 ** np.arange(grades)
    return drawn.poisson(cohort * kept, (schools, years, grades)).astype(float)


@pytest.mark.parametrize(
    "name", ["combining", "entry", "naive", "panel", "progression", "pupils", "scoring", "spread"]
)
def test_the_examples_run(name: str) -> None:
    module = importlib.import_module(f"catchments.forecast.{name}")
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("years", [2, 3, 6])
def test_a_stationary_panel_forecasts_itself(years: int) -> None:
    steady = np.repeat(np.array([[[50.0, 45.0, 54.0]], [[100.0, 90.0, 108.0]]]), years, axis=1)
    told = forecast_pupils(steady, horizon=4, seed=1)
    assert told.expected == pytest.approx(np.repeat(steady[:, -1:], 4, axis=1))


@pytest.mark.parametrize("years", [3, 6])
def test_schools_that_differ_for_years_keep_their_own_ratios(years: int) -> None:
    steady = np.repeat(np.array([[[50.0, 48.0, 40.0]], [[90.0, 80.0, 85.0]]]), years, axis=1)
    told = forecast_pupils(steady, horizon=4, seed=1)
    assert told.expected == pytest.approx(np.repeat(steady[:, -1:], 4, axis=1), rel=0.01)


def test_a_single_year_keeps_its_pupils() -> None:
    # No ratio is known: cohorts 50 + 50, persistence 50 + 40, half of each; then three eighths.
    told = forecast_pupils(np.array([[[50.0, 40.0]]]), horizon=2, seed=1)
    assert told.district_expected == pytest.approx([95.0, 93.75])


def test_a_ratio_is_drawn_towards_the_district_by_its_pupils() -> None:
    # One step, two years. Small: 10 → 5, large: 990 → 985; the district 990 / 1000 = 0.99.
    # Two years tell no κ: 100. Small: (5 + 100·0.99) / (10 + 100) = 104 / 110.
    # Large: 985 of 990, with the same beside them: 1084 / 1090.
    panel = np.array([[[10.0, 5.0], [10.0, 5.0]], [[990.0, 985.0], [990.0, 985.0]]])
    assert measure_progression(panel).ratio == pytest.approx(np.array([[104 / 110], [1084 / 1090]]))


def test_a_grade_that_fills_from_elsewhere_does_not_hang_on_the_one_below() -> None:
    # One school takes 100 into its second grade whatever sits below; eight others pass on 50 of 50.
    panel = np.full((9, 5, 2), 50.0)
    panel[0, :, 0] = [10, 20, 30, 20, 5]
    panel[0, :, 1] = 100.0
    assert carry_cohorts(panel, np.full((9, 2), 5.0))[0, :, 1].tolist() == [100.0, 100.0]


def test_a_school_that_moved_house_leaves_the_weight_of_the_district_as_it_was() -> None:
    drawn = np.random.default_rng(3)
    below = drawn.integers(40, 90, (50, 5, 1)).astype(float)
    above = drawn.binomial(below.astype(int), drawn.uniform(0.85, 0.95, (50, 1, 1))).astype(float)
    district = above.sum(axis=(0, 1)) / below.sum(axis=(0, 1))
    told = measure_pseudo_pupils(below, above, district)
    below[0, 2], above[0, 2] = 1.0, 90.0
    assert measure_pseudo_pupils(below, above, district) == pytest.approx(told, rel=0.1)


def test_cohorts_are_conserved_where_nobody_comes_or_leaves() -> None:
    # Cohorts of 10, 20, 30, 40 and 50 pass through whole: every ratio of the district is 1.
    sizes = np.array([30.0, 20.0, 10.0, 40.0, 50.0])
    panel = np.array([[sizes[[2, 1, 0]], sizes[[3, 2, 1]], sizes[[4, 3, 2]]]])
    ahead = carry_cohorts(panel, np.array([[7.0, 8.0]]))
    assert ahead[0].tolist() == [[7.0, 50.0, 40.0], [8.0, 7.0, 50.0]]


def test_a_new_school_grows_by_a_grade_a_year() -> None:
    # Ten schools opened with grade 1 alone; all went on to grade 2 and 3 without a loss.
    opened = np.zeros((11, 5, 3))
    for year in range(2, 5):
        opened[:10, year, : year - 1] = 40.0
    opened[10, 4, 0] = 40.0  # the eleventh opens now
    opened[:10, 4, :] = 40.0
    ahead = forecast_by_cohorts(opened, 2)[10]
    # 800 pupils of such grades all went on: (800 + 0.5·100) / (800 + 100) = 0.944.
    assert ahead[0, 1] == pytest.approx(40 * 850 / 900)
    assert ahead[1, 2] > 35


def test_a_school_that_takes_in_no_more_runs_out_from_below() -> None:
    panel = np.full((6, 4, 3), 50.0)
    panel[0, -1, 0] = 0.0
    told = forecast_pupils(panel, horizon=3, seed=1).expected[0]
    assert (told[0, 0], told[0, 1]) == (0.0, 0.0)
    assert told[0, 2] > 0
    assert told[2].sum() == 0.0


def test_a_school_that_begins_above_the_entry_grade_goes_on() -> None:
    panel = np.full((6, 4, 4), 50.0)
    panel[0, :, :2] = np.nan
    told = forecast_pupils(panel, horizon=3, seed=1).expected[0]
    assert told == pytest.approx(np.array([[0, 0, 50, 50]] * 3))


def test_schools_without_pupils_in_the_last_year_are_told_nothing_of() -> None:
    panel = draw_district()
    panel[3, -1] = np.nan  # closed, or sent no figures
    panel[4, -1] = 0.0
    told = forecast_pupils(panel, horizon=2, seed=1)
    assert np.flatnonzero(~told.has_data).tolist() == [3, 4]
    for values in (told.expected, told.schools_expected, *told.bounds.cells, *told.bounds.schools):
        assert np.isnan(values[3:5]).all() and not np.isnan(np.delete(values, [3, 4], 0)).any()
    assert np.isfinite(told.district_expected).all()


def test_a_school_that_pauses_or_begins_late_is_forecast_from_what_it_has() -> None:
    panel = draw_district()
    panel[0, 2:4] = np.nan
    panel[1, :-1] = np.nan
    panel[2, 3] = np.nan
    told = forecast_pupils(panel, horizon=5, seed=1)
    for school in range(3):
        now = np.nansum(panel[school, -1])
        assert told.schools_expected[school] == pytest.approx(np.full(5, now), rel=0.35)


def test_a_year_without_any_data_spoils_nothing() -> None:
    panel = draw_district()
    panel[:, 3] = np.nan
    told = forecast_pupils(panel, horizon=3, seed=1)
    now = panel[:, -1].sum()
    assert told.district_expected == pytest.approx(np.full(3, now), rel=0.05)


def test_newcomers_are_smoothed_against_the_district() -> None:
    # The district fell from 100 to 50, both schools with it: their shares stay.
    intake = np.array([[60.0, 30.0], [40.0, 20.0]])[:, :, None]
    assert forecast_entry(intake).tolist() == [30.0, 20.0]


def test_known_newcomers_are_followed_and_carried_up() -> None:
    panel = np.full((2, 5, 3), 50.0)
    entrants = np.array([[20.0, 30.0, 40.0], [np.nan, np.nan, np.nan]])
    told = forecast_pupils(panel, horizon=3, entrants=entrants, seed=1).expected
    assert told[0, :, 0].tolist() == [20.0, 30.0, 40.0]
    assert told[0, 2] == pytest.approx([40.0, 30.0, 20.0])
    assert told[1] == pytest.approx(np.full((3, 3), 50.0))


def test_the_total_follows_a_falling_share_of_growth() -> None:
    # Persistence 100; cohorts lose 20. Shares ½, then (½ + ¼) / 2 = ⅜, then (½ + ¼ + ⅛) / 3.
    told = combine_forecasts(np.full((1, 3, 1), 80.0), np.full((1, 3, 1), 100.0), Shares())
    assert told.ravel() == pytest.approx([90.0, 92.5, 100 - 20 * 0.875 / 3])


def test_a_history_of_exact_cohorts_teaches_to_follow_them() -> None:
    drawn = np.random.default_rng(2)
    cohorts = drawn.uniform(20, 200, (30, 12))
    panel = np.stack([cohorts[:, year : year + 5][:, ::-1] for year in range(8)], axis=1)
    assert estimate_shares(replay_history(panel)).persistence < 0.35  # newcomers are not known
    assert estimate_shares([]).persistence == 0.5


def test_naive_forecasts_by_hand() -> None:
    panel = np.array([[[20.0, 10.0, 8.0], [30.0, 10.0, 5.0], [40.0, 30.0, 10.0]]])
    assert repeat_last_year(panel, 2)[0].tolist() == [[40.0, 30.0, 10.0]] * 2
    # First step (10/20 + 30/30) / 2 = 0.75, second (5/10 + 10/10) / 2 = 0.75.
    assert survive_cohorts(panel, 2)[0].tolist() == [[40.0, 30.0, 22.5], [40.0, 30.0, 22.5]]


def check_intervals(told: PupilForecast) -> None:
    bounds = told.bounds
    for four in (bounds.cells, bounds.schools, bounds.grades, bounds.district):
        known = ~np.isnan(four)
        assert (four[known] >= 0).all()
        rising = np.diff(four, axis=0)
        assert (rising[~np.isnan(rising)] >= 0).all()


@given(panels, st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_intervals_nest_sums_agree_and_nothing_is_invented(panel: np.ndarray, horizon: int) -> None:
    told = forecast_pupils(panel, horizon=horizon, seed=3, draws=50)
    check_intervals(told)
    assert (told.has_data == (np.nan_to_num(panel[:, -1]).sum(axis=1) > 0)).all()
    assert np.isnan(told.expected[~told.has_data]).all()
    assert (told.expected[told.has_data] >= 0).all()
    assert told.district_expected == pytest.approx(np.nansum(told.schools_expected, axis=0))
    assert told.grades_expected.sum(axis=1) == pytest.approx(told.district_expected)


@given(panels, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_schools_never_matters(panel: np.ndarray, chance: object) -> None:
    order = np.arange(len(panel))
    chance.shuffle(order)  # type: ignore[attr-defined]
    one = forecast_pupils(panel, horizon=2, seed=1, draws=5).expected
    other = forecast_pupils(panel[order], horizon=2, seed=1, draws=5).expected
    assert other == pytest.approx(one[order], nan_ok=True)


def test_the_same_seed_gives_the_same_intervals() -> None:
    panel = draw_district()
    one, other = (forecast_pupils(panel, horizon=3, seed=9).bounds for _ in range(2))
    assert (one.cells == other.cells).all() and (one.district == other.district).all()


def test_uncertainty_grows_with_the_years_and_is_smaller_for_the_whole() -> None:
    told = forecast_pupils(draw_district(), horizon=6, seed=1)
    width = told.bounds.district[2] - told.bounds.district[1]
    assert (np.diff(width) > 0).all()
    of_schools = (told.bounds.schools[2] - told.bounds.schools[1]) / told.schools_expected
    assert (width / told.district_expected < np.median(of_schools, axis=0)).all()


def test_the_intervals_cover_what_comes_by_chance_alone() -> None:
    panel = draw_district(schools=300, years=9)
    told = forecast_pupils(panel[:, :-1], horizon=1, seed=1).bounds.schools[:, :, 0]
    came = panel[:, -1].sum(axis=1)
    assert ((told[1] <= came) & (came <= told[2])).mean() == pytest.approx(0.80, abs=0.05)
    assert ((told[0] <= came) & (came <= told[3])).mean() == pytest.approx(0.95, abs=0.03)


def test_three_hundred_schools_ten_years_ahead_take_moments() -> None:
    panel = draw_district(schools=300)
    start = time.perf_counter()
    forecast_pupils(panel, horizon=10, seed=1)
    assert time.perf_counter() - start < 5.0  # 0.4 s on a quiet machine


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"horizon": 0}, "0 years ahead"),
        ({"horizon": 31}, "31 years ahead"),
        ({"draws": 0}, "0 futures"),
        ({"history": np.ones((2, 3))}, "shape"),
        ({"history": np.full((1, 1, 1), -1.0)}, "below zero"),
        ({"history": np.full((1, 1, 1), np.inf)}, "without end"),
        ({"entrants": np.ones((1, 2))}, "not \\(2, 1\\)"),
        ({"entrants": np.full((2, 1), -5.0)}, "entrants holds"),
    ],
)
def test_impossible_inputs_are_refused(change: dict[str, object], found: str) -> None:
    asked = {"history": np.ones((2, 2, 2)), "horizon": 1, "seed": 1, **change}
    with pytest.raises(UsageError, match=found):
        forecast_pupils(**asked)  # type: ignore[arg-type]
