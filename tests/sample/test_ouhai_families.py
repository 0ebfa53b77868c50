"""Parents, grandparents and what they own, as far as the registers know them."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.sample.register import Tables, list_owners


def describe_owners(tables: Tables) -> pd.Series:
    """Return the relations of all owners of each dwelling that a family owns, sorted."""
    relation = tables["guardian"].set_index("identity_hash")["relation"].astype(object)
    owner = tables["property_certificate"]["owner_hash"]
    kind = owner.map(relation).where(~owner.isin(tables["child"]["identity_hash"]), "child")
    home = tables["property_certificate"]["property_unit_code"]
    owners = kind.fillna("outsider").groupby(home).agg(lambda kinds: "+".join(sorted(kinds)))
    return owners[owners.str.contains("parent|child")]


def test_every_household_with_children_has_one_or_two_parents(small: Tables) -> None:
    guardian = small["guardian"]
    assert set(guardian["household_code"]) == set(small["child"]["household_code"])
    parents = guardian[guardian["relation"] == "parent"].groupby("household_code").size()
    assert set(parents.index) == set(small["child"]["household_code"])
    assert parents.between(1, 2).all()
    assert 0.02 < (parents == 1).mean() < 0.10
    grandparents = guardian[guardian["relation"] == "grandparent"].groupby("household_code").size()
    assert grandparents.max() == 2


def test_nobody_is_guardian_of_two_households_or_a_child(small: Tables) -> None:
    person = small["guardian"]["identity_hash"]
    assert person.is_unique
    assert not person.isin(small["child"]["identity_hash"]).any()


def test_heads_are_grandparents_where_a_child_is_their_grandchild(small: Tables) -> None:
    grandchild = small["child"]["relation_to_head"] == "grandchild"
    above = grandchild.groupby(small["child"]["household_code"]).any()
    head = small["household"].set_index("code")["head_hash"]
    relation = small["guardian"].set_index("identity_hash")["relation"]
    found = head[above.index].map(relation).astype(object)
    assert (found == above.map({True: "grandparent", False: "parent"})).all()
    assert 0.05 < above.mean() < 0.20


def test_couples_share_and_grandparents_and_outsiders_hold_shares_too(small: Tables) -> None:
    share = describe_owners(small).value_counts(normalize=True)
    assert 0.20 < share["parent+parent"] < 0.32
    assert 0.06 < share["grandparent"] < 0.14  # owned by one grandparent alone
    assert 0.35 < share["parent"] < 0.50
    outsiders = share[share.index.str.contains("outsider")].sum()
    assert 0.03 < outsiders < 0.09
    three = share[share.index.str.count(r"\+") == 2]
    mixed = three[three.index.str.contains("grandparent")].sum()
    assert 0.05 < mixed < 0.12
    assert 0 < share[share.index.str.contains("child")].sum() < 0.01


def test_a_family_whose_parents_own_together_holds_all_of_the_dwelling(small: Tables) -> None:
    owners = list_owners(small)
    parents = owners[owners["relation"] == "parent"]
    held = parents.groupby(["property_unit_code", "household_code"])["share_pct"].agg(
        ["sum", "size"]
    )
    assert (held["sum"][held["size"] == 2] == 100).mean() > 0.8
    assert held["sum"].isin([25, 50, 75, 100]).all()


def test_certificates_are_as_many_as_before_families_were_known(small: Tables) -> None:
    owners = small["property_certificate"].groupby("property_unit_code").size()
    assert owners.mean() == pytest.approx(1.56, abs=0.02)
    assert not small["property_certificate"].duplicated(["property_unit_code", "owner_hash"]).any()


def test_check_digits_of_identity_numbers_are_right(small: Tables) -> None:
    # GB 11643: weights 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2, the whole number is 1 modulo 11.
    child = small["child"]
    child = child[child["registered"]]
    number = "330304" + child["born_on"].dt.strftime("%Y%m%d") + child["identity_last4"].str[:3]
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(number.str[place].astype(int) * weight for place, weight in enumerate(weights))
    check = child["identity_last4"].str[3].replace("X", "10").astype(int)
    assert ((total + check) % 11 == 1).all()
    boys = child["identity_last4"].str[2].astype(int) % 2 == 1
    assert (boys == (child["sex"] == "male")).all()
