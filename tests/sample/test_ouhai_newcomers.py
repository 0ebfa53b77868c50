"""Women and homes to come of the sample: believable, and one planted estate is found again."""

from __future__ import annotations

import pandas as pd

from tests.sample.register import DATA_DATE, Tables


def test_women_of_every_age_live_where_children_live(small: Tables) -> None:
    women = small["women"]
    by_age = women.groupby("age_from")["women"].sum()
    assert by_age.index.tolist() == [15, 20, 25, 30, 35, 40, 45]
    assert (by_age > 0).all()
    # About one woman of child-bearing age in each household of the district, or a little fewer.
    assert 0.5 < by_age.sum() / len(small["household"]) < 1.1
    assert not women.duplicated(["planning_unit_code", "age_from"]).any()


def test_homes_to_come_say_when_and_stand_in_the_district(small: Tables) -> None:
    homes = small["housing_project"]
    assert homes["code"].is_unique
    done = pd.to_datetime(homes["completed_on"])
    assert ((done <= DATA_DATE) == (homes["state"] == "completed")).all()
    units = small["planning_unit"].geometry.union_all()
    assert homes.geometry.within(units).all()


def test_the_planted_estate_is_the_largest(small: Tables) -> None:
    homes = small["housing_project"].set_index("code")
    assert homes["dwellings"].idxmax() == "H001"
    assert homes.loc["H001", "tenure"] == "resettlement"
