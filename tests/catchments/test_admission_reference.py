"""The engine against a slow reference, child by child, on random districts under random rules."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from catchments.admission.admitting import Admission, admit_children
from catchments.admission.facts import FACTS
from catchments.admission.rules import StageRules
from tests.catchments.random_districts import Case, draw_cases
from tests.catchments.slow_admission import admit_slowly
from tests.catchments.slow_claims import Row, list_rows
from tests.catchments.slow_placement import Placement

SAME = (
    *("child_code", "household_code", "zone_school_id", "zone_basis", "position", "lot"),
    *("tie_broken_by", "registered_unit_id", "owned_unit_id", "residence_unit_id"),
    *("building_id", "locked_until", *FACTS),
)


def try_cases(count: int) -> settings:
    """Return settings that try so many districts, the same at each run."""
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )


@try_cases(25)
@given(draw_cases())
def test_engine_and_reference_agree_on_every_child(case: Case) -> None:
    compare(case)


@pytest.mark.slow
@try_cases(1000)
@given(draw_cases())
def test_engine_and_reference_agree_on_every_child_of_many_districts(case: Case) -> None:
    compare(case)


def compare(case: Case) -> None:
    """Compare the two on one case."""
    rules = case.rules.stages["primary"]
    admission = admit_children(case.registers, case.rules, "primary", seed=case.seed)
    children = admit_slowly(case.registers, case.rules, "primary", case.seed)
    placement = Placement(children, case.registers, siblings_first=rules.placement.siblings_first)
    results = {row["child_id"]: row for row in list_rows(admission.results)}
    assert list(results) == [child["child_id"] for child in children]
    for child in children:
        compare_facts(results[child["child_id"]], child, rules)
        compare_outcome(results[child["child_id"]], child, placement)
    check_division(admission, results, children, placement)
    check_twins(results, children, rules)


def compare_facts(found: Row, child: Row, rules: StageRules) -> None:
    """Compare zone, batch, score, rank and every fact."""
    told = {name: found[name] for name in SAME}
    assert told == {name: child[name] for name in SAME}
    batch = None if child["place"] is None else rules.batches[child["place"]]
    assert found["batch"] == (batch.code if batch else None)
    if batch is None or batch.score is None or child["missing"] is not None:
        assert found["score"] is None
    else:
        assert found["score"] == float(child["score"])


def compare_outcome(found: Row, child: Row, placement: Placement) -> None:
    """Compare all that does not rest on one of several equal divisions."""
    outcome, reason = found["outcome"], found["reason"]
    if reason == "twins_parted":
        assert child["ends"] != "exception"
        assert outcome == "exception"
        assert (found["school_id"], found["walk_distance_m"]) == (None, None)
        return
    assert (reason, found["detail"]) == (child["reason"], child["detail"])
    ends = {"follows": "placed", "divided": "placed"}.get(child["ends"], child["ends"])
    assert outcome == ends
    if outcome == "exception":
        assert (found["school_id"], found["walk_distance_m"]) == (None, None)
    elif outcome == "seated":
        assert (found["school_id"], found["walk_distance_m"]) == (child["zone_school_id"], None)
    else:
        if child["ends"] == "follows":
            assert found["school_id"] == child["school"]
        else:
            assert found["school_id"] in child["reach"]
        way_m = placement.measure_way_m(child, int(found["school_id"]))
        assert found["walk_distance_m"] == (way_m if math.isfinite(way_m) else None)


def check_division(
    admission: Admission, results: dict[Any, Row], children: list[Row], placement: Placement
) -> None:
    """Check that ways are the least possible, and who was placed part of a shortest division."""
    told = {}
    for child in placement.divided:
        found = results[child["child_id"]]
        if found["outcome"] == "placed":
            told[child["child_id"]] = {found["school_id"]}
        else:  # parted from a twin, so it would have gone to another school
            told[child["child_id"]] = set(child["reach"]) - {int(found["detail"])}
    assert placement.measure_least(told) == placement.least_cm
    assert admission.walk_m == pytest.approx(placement.least_cm / 100)
    assert admission.least_m == pytest.approx(admission.walk_m)


def check_twins(results: dict[Any, Row], children: list[Row], rules: StageRules) -> None:
    """Check that children of one birth share a school, or a person decides on the later ones."""
    if rules.twins == "apart":
        assert "twins_parted" not in {row["reason"] for row in results.values()}
        return
    births: dict[Any, list[Row]] = {}
    for child in children:
        if child["ends"] != "exception":
            births.setdefault((child["household_id"], child["born_on"]), []).append(child)
    for twins in births.values():
        twins.sort(key=lambda child: (child["ends"] != "seated", child["order"]))
        school = results[twins[0]["child_id"]]["school_id"]
        assert school is not None
        for child in twins[1:]:
            found = results[child["child_id"]]
            own = {"seated": child["zone_school_id"], "follows": child.get("school")}
            if found["reason"] == "twins_parted":
                assert found["detail"] == str(int(school))
                assert own.get(child["ends"]) != school
            else:
                assert found["school_id"] == school
