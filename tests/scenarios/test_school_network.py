"""Schools are summed by type and place without losing one."""

from __future__ import annotations

import doctest
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import catchments.walking_bands
import scenarios.school_network.analysis
from catchments.network_rules import Network, SiteNorm
from scenarios.school_network.analysis import (
    measure_density,
    measure_sites,
    sum_groups,
    sum_growth,
    sum_sites,
)
from scenarios.school_network.panel import list_kinds
from tests.town import build_profile

GROUP = st.fixed_dictionaries(
    {
        "subdistrict_id": st.sampled_from([1.0, 2.0, None]),
        "kind": st.sampled_from(["primary", "junior", "training"]),
        "public": st.booleans(),
        "schools": st.integers(1, 50),
        "seats": st.integers(0, 9000),
        "pupils": st.integers(0, 9000),
    }
)


@settings(deadline=None)
@given(st.lists(GROUP, min_size=1, max_size=12))
def test_no_school_seat_or_pupil_is_lost_by_summing(rows: list[dict[str, object]]) -> None:
    groups = pd.DataFrame(rows).astype({"subdistrict_id": "Float64"})
    for by in (["kind"], ["subdistrict_id"], ["subdistrict_id", "kind"]):
        sums = sum_groups(groups, by=by)
        for column in ("schools", "seats", "pupils"):
            assert sums[column].sum() == groups[column].sum()
        assert (sums["public_schools"] + sums["private_schools"] == sums["schools"]).all()
        assert not sums.duplicated(by).any()


def test_kinds_stand_in_the_order_of_the_age_of_their_pupils() -> None:
    assert list_kinds(build_profile()) == ["primary", "nine_year", "junior", "senior"]


def test_density_without_residents_is_unknown_not_infinite() -> None:
    sums = pd.DataFrame({"schools": [2, 1], "seats": [900, 0], "residents": [0.0, np.nan]})
    assert measure_density(sums)[["schools_per_10k", "seats_per_10k"]].isna().all(axis=None)


RULES = Network(
    norms=[
        SiteNorm(kinds=["primary"], up_to_classes=12, site_m2=22, building_m2=6.6),
        SiteNorm(kinds=["primary"], site_m2=20),
    ]
)
SITES = pd.DataFrame(
    {
        "kind": ["primary", "primary", "primary", "training"],
        "pupils": [500, 1200, 0, 80],
        "classes": [12, 26, 6, 4],
        "site_area_m2": [11_000.0, 23_999.0, 9_000.0, np.nan],
        "building_area_m2": [3_250.0, 9_000.0, 900.0, 200.0],
    }
)


def test_a_site_is_held_against_the_norm_of_its_size() -> None:
    # 22.0 of 22 and 6.5 of 6.6; 19.999 of 20, and no norm of buildings above 12 classes.
    measured = measure_sites(SITES, RULES)
    assert measured["site_state"].fillna("").tolist() == ["met", "failed", "missing", ""]
    assert measured["building_state"].fillna("").tolist() == ["failed", "", "missing", ""]
    assert measured["site_m2_per_pupil"].iloc[:2].tolist() == pytest.approx([22.0, 19.99917])


def test_kinds_without_a_norm_are_left_out_and_schools_without_pupils_are_not_judged() -> None:
    [row] = sum_sites(measure_sites(SITES, RULES)).to_dict("records")
    assert (row["kind"], row["schools"]) == ("primary", 3)
    assert (row["site_known"], row["site_met"]) == (2, 1)
    assert (row["building_known"], row["building_met"]) == (1, 0)


def test_years_without_seats_or_pupils_are_gaps_not_zeros() -> None:
    growth = pd.DataFrame(
        {
            "year": [2025, 2025, 2026],
            "kind": ["primary", "junior", "primary"],
            "schools": [3, 1, 4],
            "seats": [900.0, np.nan, 1000.0],
            "pupils": [850.0, 300.0, np.nan],
        }
    )
    sums = sum_growth(growth)
    assert sums["schools"].tolist() == [4, 4] and sums["seats"].tolist() == [900, 1000]
    assert sums["pupils"].iloc[0] == 1150 and np.isnan(sums["pupils"].iloc[1])


@pytest.mark.parametrize("module", [catchments.walking_bands, scenarios.school_network.analysis])
def test_examples_in_the_documentation_hold(module: ModuleType) -> None:
    tried = doctest.testmod(module)
    assert tried.attempted and not tried.failed


def test_bands_of_a_profile_must_rise() -> None:
    with pytest.raises(ValidationError, match="bands_m must rise"):
        Network(bands_m=[500, 300])
