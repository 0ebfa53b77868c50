"""Planted cases: what admission must notice is found by reading the tables alone."""

from __future__ import annotations

import pandas as pd

from tests.sample.register import Tables, is_due, list_owners


def list_entrants(tables: Tables, stage: str) -> pd.DataFrame:
    """List the children due at a stage in 2026."""
    child = tables["child"]
    return child[is_due(child["born_on"], stage, 2026)]


def test_some_children_are_listed_as_registered_and_as_migrant(small: Tables) -> None:
    child = small["child"]
    twice = child[child.duplicated("identity_hash", keep=False)]
    for _, rows in twice.groupby("identity_hash"):
        assert len(rows) == 2
        assert rows["registered"].sum() == 1
        assert rows["household_code"].nunique() == rows["code"].nunique() == 2
        same = rows[["born_on", "sex", "identity_last4"]].drop_duplicates()
        assert len(same) == 1
    assert twice["identity_hash"].nunique() == 3
    assert twice["code"].isin(list_entrants(small, "primary")["code"]).all()
    again = twice.loc[~twice["registered"], "code"]
    assert not small["seat_use"]["child_code"].isin(again).any()


def test_some_dwellings_hold_two_families_that_own_half_each(small: Tables) -> None:
    owners = list_owners(small).groupby("property_unit_code")
    families = owners["household_code"].nunique()
    shared = families.index[families > 1]
    assert len(shared) == 4
    household = small["household"].set_index("code")
    due = list_entrants(small, "primary")["household_code"]
    for code in shared:
        owner = owners.get_group(code)
        assert owner["share_pct"].tolist() == [50, 50]
        assert (household.loc[owner["household_code"], "registered_unit_code"] == code).all()
        assert (household.loc[owner["household_code"], "residence_unit_code"] == code).all()
        assert owner["household_code"].isin(due).all()


def test_some_dwellings_bought_lately_gave_another_family_a_seat(small: Tables) -> None:
    uses = small["seat_use"].dropna(subset="property_unit_code")
    families = list_owners(small).groupby("property_unit_code")["household_code"].nunique()
    owner = list_owners(small).drop_duplicates("property_unit_code")
    owner = owner[owner["property_unit_code"].map(families) == 1]
    taken = uses.merge(owner, on="property_unit_code", suffixes=("", "_now"))
    taken = taken[taken["household_code"] != taken["household_code_now"]]
    assert set(taken["stage"]) == {"primary", "junior"}
    assert taken["property_unit_code"].is_unique
    assert taken["entered_year"].between(2021, 2025).all()
    assert (taken["certificate_on"] >= pd.Timestamp(2022, 1, 1)).all()
    opening = pd.to_datetime(taken["entered_year"].astype(str) + "-05-20")
    assert (opening < taken["certificate_on"]).all()
    home = small["household"].set_index("code")["registered_unit_code"]
    assert (taken["household_code_now"].map(home) == taken["property_unit_code"]).all()
    for stage, rows in taken.groupby("stage"):
        entrants = list_entrants(small, str(stage))
        local = entrants.loc[entrants["registered"], "household_code"]
        assert rows["household_code_now"].isin(local).all()
        assert 5 <= len(rows) <= 6  # six are planted; one may be owned by the child itself


def test_twins_are_among_the_entrants(small: Tables) -> None:
    entrants = list_entrants(small, "primary")
    assert entrants.duplicated(["household_code", "born_on"]).sum() >= 2


def test_entrants_own_tiny_and_small_dwellings_slips_and_gaps(small: Tables) -> None:
    owners = list_owners(small)
    due = pd.concat([list_entrants(small, stage) for stage in ("primary", "junior")])
    held = owners[owners["household_code"].isin(due["household_code"])]
    unit = small["property_unit"].set_index("code")
    home = unit.loc[held["property_unit_code"].unique()]
    area_m2 = home.loc[home["dwelling_use"] == "residential", "area_m2"]
    assert (area_m2 < 20).any()
    assert area_m2.between(20, 60).sum() > 10
    assert held["resettlement_slip_on"].notna().any()
    assert (held["certificate_on"].isna() & held["resettlement_slip_on"].isna()).any()
