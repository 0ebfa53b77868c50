"""Two plans on two maps: what is the same is drawn on both sides, what is moved is marked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from shapely.geometry import shape
from sqlalchemy import Connection

from layers.catalogue import compare_layers, find_sheet, list_available
from layers.deck import View, build_deck
from layers.moved import build_moved
from layers.scene import Scene
from scenarios.district import District, find_plan
from tests.town import find_centre

SIDES = ("before", "after")


@pytest.fixture
def scenes(
    planner: Connection, town: District, build_scene: Callable[..., Scene]
) -> tuple[Scene, Scene]:
    """Build the town's present plan and, beside it, that of the nearest schools."""
    present, other = (find_plan(planner, town, code) for code in ("statutory", "nearest"))
    before = replace(build_scene(), is_compared=True)
    after = replace(
        before,
        plan_id=other.id,
        plan_code=other.code,
        against=present.code,
        against_id=present.id,
    )
    return before, after


def test_units_that_change_their_school_are_told_with_both_schools(
    planner: Connection, scenes: tuple[Scene, Scene]
) -> None:
    _before, after = scenes
    (moved,) = find_sheet("moved").read(planner, after, {})["features"]
    # Unit 02 goes from A to B with the one child of h04; 20 and 21 had no school to leave.
    assert shape(moved["geometry"]).contains(find_centre("02"))
    card = dict(moved["properties"]["card"][1:])
    assert card == {"School now": "School A", "School then": "School B", "Children of 2026": "<5"}
    assert moved["properties"]["lived_in"]


def test_only_what_differs_is_drawn_once_a_side(scenes: tuple[Scene, Scene]) -> None:
    ids = [part.id for part in compare_layers(*scenes, {"catchments", "moved", "schools"}, SIDES)]
    assert ids.index("catchments/fill@after") == ids.index("catchments/fill@before") + 1
    assert ids.index("moved/unit") > ids.index("catchments/fill@after"), "over the catchments"
    assert "land" in ids and "schools/dot" in ids
    assert not [id for id in ids if id.startswith(("land@", "schools/dot@", "moved/unit@"))]


def test_moved_units_are_offered_only_while_plans_are_compared(
    planner: Connection, scenes: tuple[Scene, Scene]
) -> None:
    before, after = scenes
    assert "moved" in list_available(planner, after)
    assert "moved" not in list_available(planner, before)
    assert build_moved(before) == []


def test_maps_beside_each_other_share_the_width() -> None:
    views = build_deck([], View("town", 120.6, 28.0, 12), sides=SIDES)["views"]
    assert [(view["id"], view["x"], view["width"]) for view in views] == [
        ("before", "0%", "50%"),
        ("after", "50%", "50%"),
    ]
    (alone,) = build_deck([], View("town", 120.6, 28.0, 12))["views"]
    assert alone["width"] == "100%"
