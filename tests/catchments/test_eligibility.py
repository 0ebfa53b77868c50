"""Who may enter a stage in a year: born from 1 September to 31 August."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchments.eligibility import compute_age_window, list_age_windows
from tests.town import build_profile

BIRTHDAYS = st.dates(min_value=dt.date(1990, 1, 1), max_value=dt.date(2030, 12, 31))
CUTOFFS = st.sampled_from(["08-31", "12-31", "01-01", "02-28", "02-29", "06-30"])


def find_entry_years(birthday: dt.date, *, entry_age: int = 6, cutoff: str = "08-31") -> list[int]:
    """List the years in which a child of that birthday may enter."""
    years = range(birthday.year + entry_age - 1, birthday.year + entry_age + 3)
    windows = {y: compute_age_window(entry_age=entry_age, year=y, cutoff=cutoff) for y in years}
    return [y for y, window in windows.items() if window.born_from <= birthday <= window.born_to]


def test_ouhai_2025_takes_those_born_from_september_2018_to_august_2019():
    window = compute_age_window(entry_age=6, year=2025)
    assert (window.born_from, window.born_to) == (dt.date(2018, 9, 1), dt.date(2019, 8, 31))


def test_born_on_31_august_enters_a_year_before_one_born_on_1_september():
    assert find_entry_years(dt.date(2019, 8, 31)) == [2025]
    assert find_entry_years(dt.date(2019, 9, 1)) == [2026]


def test_child_of_29_february_enters_with_its_year():
    assert find_entry_years(dt.date(2020, 2, 29)) == [2026]


@pytest.mark.parametrize(
    ("year", "born_from", "born_to"),
    [
        (2026, dt.date(2019, 3, 1), dt.date(2020, 2, 29)),  # ends in a leap year
        (2027, dt.date(2020, 3, 1), dt.date(2021, 2, 28)),  # begins after its leap day
    ],
)
def test_cutoff_of_29_february_means_the_last_day_of_february(year, born_from, born_to):
    window = compute_age_window(entry_age=6, year=year, cutoff="02-29")
    assert (window.born_from, window.born_to) == (born_from, born_to)


@settings(deadline=None, max_examples=200)
@given(birthday=BIRTHDAYS, entry_age=st.integers(2, 16), cutoff=CUTOFFS)
def test_every_child_enters_in_exactly_one_year(birthday, entry_age, cutoff):
    assert len(find_entry_years(birthday, entry_age=entry_age, cutoff=cutoff)) == 1


@settings(deadline=None, max_examples=100)
@given(birthday=BIRTHDAYS)
def test_one_who_enters_has_had_the_entry_birthday_by_the_cutoff_and_not_a_year_before(birthday):
    (year,) = find_entry_years(birthday)
    turns_six = (birthday.year + 6, birthday.month, birthday.day)
    assert (year - 1, 8, 31) < turns_six <= (year, 8, 31)


def test_windows_are_listed_for_every_register_stage_and_shown_year():
    windows = list_age_windows(build_profile())
    assert windows[["stage", "year"]].to_numpy().tolist() == [
        ["primary", 2026],
        ["primary", 2027],
        ["junior", 2026],
        ["junior", 2027],
        ["senior", 2026],
        ["senior", 2027],
    ]


def test_year_is_complete_when_its_youngest_child_was_born_on_the_data_date():
    on_the_last_birthday = list_age_windows(build_profile(data_date=dt.date(2020, 8, 31)))
    a_day_before = list_age_windows(build_profile(data_date=dt.date(2020, 8, 30)))
    assert bool(on_the_last_birthday.set_index(["stage", "year"]).complete["primary", 2026])
    assert not a_day_before.set_index(["stage", "year"]).complete["primary", 2026]


def test_stages_that_are_loaded_by_unit_or_know_no_age_have_no_window():
    stages = [stage.model_dump() for stage in build_profile().stages]
    stages[0]["demand"], stages[1]["entry_age"] = "unit", None
    windows = list_age_windows(build_profile(stages=stages))
    assert set(windows["stage"]) == {"senior"}
