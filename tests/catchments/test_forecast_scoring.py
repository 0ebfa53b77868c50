"""Forecasts scored on the past: errors by hand, selection of schools, coverage."""

from __future__ import annotations

import numpy as np
import pytest

from catchments.forecast.scoring import LEVELS, METHODS, backtest_panel
from gis.errors import UsageError


def test_errors_and_bias_of_last_year_by_hand() -> None:
    # Two schools of one grade, known for three years, then one more.
    panel = np.array([[100, 100, 100, 125], [200, 200, 200, 160]], dtype=float)[:, :, None]
    scores = backtest_panel(panel, seed=1).set_index(["level", "method", "horizon"])
    # School 1: (100 − 125) / 125 = −20 %; school 2: (200 − 160) / 160 = +25 %.
    school = scores.loc[("school", "last_year", 1)]
    assert (school["mape_pct"], school["bias_pct"]) == pytest.approx((22.5, 2.5))
    # District: (300 − 285) / 285 = +5.263 %.
    district = scores.loc[("district", "last_year", 1)]
    assert (district["mape_pct"], district["bias_pct"]) == pytest.approx((100 * 15 / 285,) * 2)
    assert (school["origins"], school["cases"], district["cases"]) == (1, 2, 1)


def test_small_and_unsteady_schools_are_not_scored_but_belong_to_the_district() -> None:
    panel = np.full((4, 5, 2), 60.0)
    panel[1] = 40.0  # 80 pupils
    panel[2, 1] = np.nan
    panel[3, 4] = np.nan  # closes: its pupils are gone for the district
    scores = backtest_panel(panel, seed=1).set_index(["level", "method", "horizon"])
    assert scores.loc[("school", "last_year", 2), "cases"] == 1
    # Told 120 + 80 + 120 + 120 = 440, came 320.
    assert scores.loc[("district", "last_year", 2), "mape_pct"] == pytest.approx(100 * 120 / 320)
    smaller = backtest_panel(panel, least_pupils=1, seed=1)
    assert (
        smaller.set_index(["level", "method", "horizon"]).loc[("school", "last_year", 2), "cases"]
        == 2
    )


def test_every_level_horizon_and_method_is_scored() -> None:
    panel = np.random.default_rng(1).poisson(70, (20, 6, 3)).astype(float)
    scores = backtest_panel(panel, seed=1)
    assert len(scores) == len(LEVELS) * 3 * len(METHODS)
    assert scores.groupby("level")["origins"].max().to_dict() == dict.fromkeys(LEVELS, 3)
    naive = scores[scores["method"] != "forecast"]
    assert naive[["covered_80_pct", "covered_95_pct"]].isna().all(axis=None)
    told = scores[scores["method"] == "forecast"]
    assert (told["covered_80_pct"] <= told["covered_95_pct"]).all()


def test_the_future_is_not_looked_into() -> None:
    panel = np.random.default_rng(1).poisson(70, (20, 6, 3)).astype(float)
    other = panel.copy()
    other[:, 5] *= 3
    one, two = (
        backtest_panel(some, least_history=4, seed=1).set_index(["level", "method", "horizon"])
        for some in (panel[:, :5], other[:, :5])
    )
    assert one.equals(two)


def test_too_few_years_are_refused() -> None:
    with pytest.raises(UsageError, match="3 years"):
        backtest_panel(np.ones((2, 3, 1)), seed=1)
    with pytest.raises(UsageError, match="at least 1"):
        backtest_panel(np.ones((2, 3, 1)), least_history=0, seed=1)
