"""Children expected in planning units: hand-worked cohorts, births, homes, moves and totals."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchments.forecast.births import expect_births
from catchments.forecast.calendar import Calendar
from catchments.forecast.cohorts import OLDEST, build_cohorts, measure_growth
from catchments.forecast.entrants import (
    BORN,
    PARTLY_BORN,
    SOURCES,
    UNBORN,
    Evidence,
    forecast_entrants,
)
from catchments.forecast.homes import Yields, expect_homes, measure_filled
from catchments.profile import Forecast, Profile, Scenario
from tests.town import build_profile

# Half of the school year of birth 2026 has passed: 181 of 365 days.
DAY = dt.date(2026, 2, 28)
CALENDAR = Calendar(DAY)
STEADY = Scenario()
NO_HOMES = pd.DataFrame(columns=["planning_unit_id", "tenure", "dwellings", "completed_on"])
NO_WOMEN = pd.DataFrame(columns=["planning_unit_id", "age_from", "women"])
NO_GRADUATES = pd.DataFrame(columns=["stage", "year", "children", "registered_children"])
NO_YIELDS = Yields([], np.zeros((1, OLDEST + 1)), np.zeros((1, OLDEST + 1)))


def build_rows(children: dict[tuple[int | None, int], int], *, registered: bool = True):
    """Return rows of girls by unit and cohort."""
    return pd.DataFrame(
        [
            {
                "planning_unit_id": unit,
                "cohort": cohort,
                "female": True,
                "registered": registered,
                "children": number,
            }
            for (unit, cohort), number in children.items()
        ]
    )


def build_evidence(
    children: dict[tuple[int | None, int], int],
    *,
    units: tuple[int, ...] = (1, 2),
    women: pd.DataFrame = NO_WOMEN,
    homes: pd.DataFrame = NO_HOMES,
    yields: Yields = NO_YIELDS,
    ratio: float = 1.0,
    graduates: pd.DataFrame = NO_GRADUATES,
) -> Evidence:
    return Evidence(
        build_cohorts(build_rows(children), np.array(units), CALENDAR),
        women,
        pd.Series(dict.fromkeys(units, 9)),
        np.full(OLDEST, ratio),
        yields,
        homes,
        graduates,
    )


def build_settings(**changes: object) -> Profile:
    return build_profile(
        data_date=DAY, forecast={"horizon": 4, "recent_years": 1, "draws": 100, **changes}
    )


def take(entrants, stage: str, year: int) -> list[float]:
    found = entrants.children[entrants.stages.index(stage), entrants.years.index(year)]
    return [round(float(number), 6) for number in found]


def test_cohorts_on_the_register_enter_with_their_age_and_nobody_is_lost():
    # Primary 2026 takes cohort 2020, 2029 cohort 2023; the last number are children without a home.
    told = forecast_entrants(
        build_evidence({(1, 2020): 30, (2, 2020): 12, (None, 2020): 3, (2, 2023): 7}),
        build_settings(),
    )
    assert take(told, "primary", 2026) == [30, 12, 3]
    assert take(told, "primary", 2029) == [0, 7, 0]
    assert take(told, "junior", 2026) == [0, 0, 0]


def test_a_cohort_changes_by_the_ratio_of_each_year_until_it_enters():
    # Cohort 2021 is 5.0 on the day and 6.5 when it enters in 2027: a year and a half at 0.9.
    told = forecast_entrants(build_evidence({(1, 2021): 100}, ratio=0.9), build_settings())
    age = CALENDAR.measure_age(2021)
    assert take(told, "primary", 2027)[0] == pytest.approx(
        100 * 0.9 ** (CALENDAR.measure_age(2021, 2027) - age)
    )
    assert CALENDAR.measure_age(2021, 2027) - age == pytest.approx(1.5, abs=0.01)


def test_without_women_a_unit_goes_on_with_its_last_births_as_the_scenario_says():
    held = build_cohorts(build_rows({(1, 2025): 40, (2, 2025): 10}), np.array([1, 2]), CALENDAR)
    areas = pd.Series({1: 9, 2: 9})
    births = expect_births(
        held, NO_WOMEN, areas, CALENDAR, Forecast(recent_years=1), Scenario(births_change_pct=-10),
        last=2028,
    )  # fmt: skip
    # Cohort 2026 is half born: 184 of its 365 days are to come, at 0.9 of last year's births.
    open_share = 1 - CALENDAR.measure_born(2026)
    assert open_share == pytest.approx(184 / 365)
    assert births.cohorts.tolist() == [2026, 2027, 2028]
    total = births.children.sum(axis=0)
    assert total == pytest.approx([50 * 0.9 * open_share, 50 * 0.81, 50 * 0.729])
    # 40 and 10 differ by more than chance: the units keep their own level.
    assert births.children[0, 1] == pytest.approx(40 * 0.81)


def test_births_follow_the_women_who_grow_out_of_age_and_the_girls_who_grow_into_it():
    # One child a woman of 25 to 29, all births in that group: 50 women, 10 at each age. Two years
    # on the women of 23 to 27 are there, of whom the register shows only those of 25 to 27.
    women = pd.DataFrame({"planning_unit_id": [1], "age_from": [25], "women": [50]})
    held = build_cohorts(build_rows({(1, 2025): 20}), np.array([1]), CALENDAR)
    births = expect_births(
        held, women, pd.Series({1: 9}), CALENDAR,
        Forecast(recent_years=1, fertility={25: 100}), STEADY, last=2028,
    )  # fmt: skip
    # Cohort 2025 was born to those of 26 to 30 today: 40 women, 20 children, half a child each.
    # Cohort 2028 to those of 23 to 27 today: 30 women, 15 children.
    assert births.children[0].round(6)[2] == pytest.approx(15)


def test_small_units_are_drawn_towards_their_area_and_chance_alone_counts_for_nothing():
    # All units have the births of their size: every difference is chance, all get the same level.
    held = build_cohorts(
        build_rows({(unit, 2025): 10 + (unit % 3) for unit in range(1, 31)}),
        np.arange(1, 31), CALENDAR,
    )  # fmt: skip
    women = pd.DataFrame({"planning_unit_id": np.arange(1, 31), "age_from": 25, "women": 100})
    births = expect_births(
        held, women, pd.Series(dict.fromkeys(range(1, 31), 9)), CALENDAR,
        Forecast(recent_years=1, fertility={25: 100}), STEADY, last=2026,
    )  # fmt: skip
    assert np.ptp(births.children[:30, 0]) == pytest.approx(0)


def test_homes_fill_over_the_years_and_bring_children_by_tenure():
    # 100 dwellings ready on the data date fill half in the first year and half in the second;
    # from the day to 2026-08-31 half a year passes, to 2027-08-31 a year and a half.
    yields = Yields(["commodity"], np.full((2, OLDEST + 1), 0.1), np.full((2, OLDEST + 1), 0.05))
    homes = pd.DataFrame(
        {"planning_unit_id": [2], "tenure": ["commodity"], "dwellings": [100],
         "completed_on": [pd.Timestamp(DAY)]}
    )  # fmt: skip
    settings_ = Forecast(occupancy=[0.5, 0.5])
    filled = [float(measure_filled(homes["completed_on"], CALENDAR, settings_, y)[0])
              for y in (2026, 2027, 2028)]  # fmt: skip
    assert filled == pytest.approx([0.25, 0.75, 1.0], abs=0.003)
    children, registered = expect_homes(
        homes, yields, np.array([1, 2, -1]), CALENDAR, settings_, ages=[6], years=[2028]
    )
    assert children[0, 0].tolist() == pytest.approx([0, 10, 0])
    assert registered[0, 0].tolist() == pytest.approx([0, 5, 0])


def test_homes_that_stood_long_before_the_registers_bring_nobody():
    long_ago = pd.Series([pd.Timestamp("2015-01-01")])
    assert measure_filled(long_ago, CALENDAR, Forecast(), 2030).tolist() == [0]


def test_children_who_move_within_the_district_are_missing_elsewhere():
    yields = Yields([], np.full((1, OLDEST + 1), 0.1), np.zeros((1, OLDEST + 1)))
    homes = pd.DataFrame(
        {"planning_unit_id": [2], "tenure": ["any"], "dwellings": [200],
         "completed_on": [pd.Timestamp("2020-01-01")]}
    )  # fmt: skip
    ready = homes.assign(completed_on=pd.Timestamp("2026-03-01"))
    told = forecast_entrants(
        build_evidence({(1, 2023): 100}, homes=ready, yields=yields),
        build_settings(occupancy=[1.0], from_district_pct=60),
    )
    # 20 children in new homes, 12 of them out of unit 1: 88 and 20, the district gains 8.
    assert take(told, "primary", 2029) == [88, 20, 0]
    at = (SOURCES.index("homes"), told.stages.index("primary"), told.years.index(2029))
    assert told.sources[at] == pytest.approx(8)


def test_an_official_total_scales_all_units_alike_and_is_told_as_such():
    totals = pd.DataFrame({"stage": ["primary"], "year": [2026], "children": [84.0]})
    told = forecast_entrants(
        build_evidence({(1, 2020): 30, (2, 2020): 12}), build_settings(), totals=totals
    )
    assert take(told, "primary", 2026) == [60, 24, 0]
    assert told.sources[:, told.stages.index("primary"), 0].tolist() == [42, 0, 0, 0, 0, 42]


def test_those_who_graduate_elsewhere_are_missing_and_later_years_are_like_the_last_counted():
    # Of 100 children of 12 years 90 graduate in the district in 2026; of 50 in 2027 as well 90 %.
    graduates = pd.DataFrame(
        {"stage": ["junior"], "year": [2026], "children": [90], "registered_children": [80]}
    )
    told = forecast_entrants(
        build_evidence({(1, 2014): 100, (2, 2015): 50}, graduates=graduates), build_settings()
    )
    assert take(told, "junior", 2026) == [90, 0, 0]
    assert take(told, "junior", 2027) == [0, 45, 0]
    at = (SOURCES.index("elsewhere"), told.stages.index("junior"), 0)
    assert told.sources[at] == pytest.approx(-10)
    assert told.registered[told.stages.index("junior"), 0].tolist() == [80, 0, 0]


def test_a_year_says_whether_its_children_are_born():
    told = forecast_entrants(
        build_evidence({(1, 2025): 10}),
        build_profile(data_date=DAY, forecast={"horizon": 8, "recent_years": 1, "draws": 100}),
    )
    basis = told.basis[told.stages.index("primary")].tolist()
    assert basis == [BORN] * 6 + [PARTLY_BORN, UNBORN]  # 2026–2031, 2032, 2033


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 60), min_size=12, max_size=12),
    st.floats(0.9, 1.05),
    st.integers(0, 400),
    st.sampled_from([0, 60, 100]),
)
def test_units_sum_to_the_district_and_its_sources_sum_to_it(counts, ratio, dwellings, within):
    children = {(1 + at % 3, 2015 + at): number for at, number in enumerate(counts)}
    yields = Yields([], np.full((1, OLDEST + 1), 0.05), np.full((1, OLDEST + 1), 0.03))
    homes = pd.DataFrame(
        {"planning_unit_id": [3], "tenure": ["any"], "dwellings": [dwellings],
         "completed_on": [pd.Timestamp("2027-06-30")]}
    )  # fmt: skip
    told = forecast_entrants(
        build_evidence(children, units=(1, 2, 3), homes=homes, yields=yields, ratio=ratio),
        build_settings(from_district_pct=within),
    )
    assert told.sources.sum(axis=0) == pytest.approx(told.children.sum(axis=2))
    assert (told.children >= 0).all()
    assert (told.registered <= told.children + 1e-9).all()


@given(st.floats(0, 17), st.floats(0, 17), st.floats(0, 17))
def test_growth_over_two_spans_is_the_product_of_both(a, b, c):
    ratios = np.linspace(0.8, 1.1, OLDEST)
    first, middle, last = sorted((a, b, c))
    both = measure_growth(ratios, first, middle) * measure_growth(ratios, middle, last)
    assert measure_growth(ratios, first, last) == pytest.approx(both)
