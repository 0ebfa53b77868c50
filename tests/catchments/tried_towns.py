"""Small towns on a grid, and all their divisions, found by trying."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from catchments.units import Instance, Terms

SIDE_M = 1000.0


def build_grid(wide: int, high: int, **more: Any) -> Instance:
    """Squares of one kilometre with two schools in opposite corners, and a third if asked."""
    number = np.arange(wide * high).reshape(high, wide)
    across = np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()], axis=1)
    down = np.stack([number[:-1].ravel(), number[1:].ravel()], axis=1)
    count = wide * high
    own_unit = np.asarray(more.pop("own_unit", [0, count - 1]), dtype=np.int64)
    place = np.stack([number.ravel() % wide, number.ravel() // wide], axis=1) * SIDE_M
    apart = place[:, None, :] - place[own_unit][None, :, :]
    town = Instance(
        unit_ids=tuple(f"u{i}" for i in range(count)),
        pupils=np.full(count, 10.0),
        borders=np.concatenate([across, down]).astype(np.int64),
        border_m=np.full(len(across) + len(down), SIDE_M),
        school_ids=tuple(f"s{i}" for i in range(own_unit.size)),
        own_unit=own_unit,
        capacity=np.full(own_unit.size, 1000.0),
        distance_m=np.hypot(apart[..., 0], apart[..., 1]),
        open_cost=np.zeros(own_unit.size),
        is_candidate=np.zeros(own_unit.size, dtype=bool),
        area_m2=np.full(count, SIDE_M**2),
        perimeter_m=np.full(count, 4 * SIDE_M),
    )
    return replace(town, **more)


def list_divisions(town: Instance, terms: Terms) -> np.ndarray:
    """Return all divisions with whole, connected catchments that keep the terms, seats aside."""
    count, schools = len(town.unit_ids), len(town.school_ids)
    all_of_them = np.array(list(itertools.product(range(schools), repeat=count)))
    touching = np.zeros((count, count), dtype=bool)
    touching[tuple(town.borders.T)] = True
    touching |= touching.T
    keeps = np.ones(len(all_of_them), dtype=bool)
    for school, own in enumerate(town.own_unit):
        held = all_of_them == school
        is_open = held.any(axis=1) | ~town.is_candidate[school]
        reached = held & (np.arange(count) == own)
        for _ in range(count):
            reached |= held & (reached @ touching)
        keeps &= ~is_open | (held[:, own] & (reached == held).all(axis=1))
    for unit, school in terms.locked:
        keeps &= all_of_them[:, unit] == school
    for unit, school in terms.forbidden:
        keeps &= all_of_them[:, unit] != school
    for group in terms.together:
        keeps &= (all_of_them[:, list(group)] == all_of_them[:, [group[0]]]).all(axis=1)
    keeps &= _count_moved(town, all_of_them) <= terms.max_moved_pupils
    return all_of_them[keeps]


def measure_overflow(town: Instance, divisions: np.ndarray) -> np.ndarray:
    """Return the pupils above the seats of each division."""
    return np.maximum(_count_loads(town, divisions) - town.capacity, 0.0).sum(axis=1)


def measure_objective(town: Instance, terms: Terms, divisions: np.ndarray) -> np.ndarray:
    """Return the objective of each division."""
    change = terms.w_change * _count_moved(town, divisions)
    schools = np.arange(len(town.school_ids))
    is_open = (divisions[:, :, None] == schools).any(axis=1) | ~town.is_candidate
    if terms.objective == "distance":
        ways = town.distance_m[np.arange(len(town.unit_ids)), divisions]
        return ways @ town.pupils / 1000.0 + is_open @ town.open_cost + change
    assert town.area_m2 is not None
    assert town.perimeter_m is not None
    balance = np.abs(1.0 - _count_loads(town, divisions) / town.capacity)
    rounded = np.zeros_like(balance)
    for school in schools:
        held = divisions == school
        a, b = town.borders.T
        outline_m = held @ town.perimeter_m - 2.0 * (held[:, a] & held[:, b]) @ town.border_m
        share = 4.0 * np.pi * (held @ town.area_m2) / np.maximum(outline_m, 1.0) ** 2
        rounded[:, school] = 1.0 - share
    worth = terms.w_balance * balance + terms.w_compactness * rounded
    return np.where(is_open, worth, 0.0).sum(axis=1) + change


def _count_loads(town: Instance, divisions: np.ndarray) -> np.ndarray:
    schools = np.arange(len(town.school_ids))
    return np.einsum("kns,n->ks", divisions[:, :, None] == schools, town.pupils)


def _count_moved(town: Instance, divisions: np.ndarray) -> np.ndarray:
    if town.current is None:
        return np.zeros(len(divisions))
    return ((divisions != town.current) & (town.current >= 0)) @ town.pupils


@st.composite
def draw_towns(draw: st.DrawFn, *, most_candidates: int = 2) -> tuple[Instance, Terms]:
    """Draw small towns with tight or ample seats, candidates and terms."""
    wide, high = draw(st.sampled_from([(6, 1), (3, 2), (7, 1), (4, 2)]))
    count = wide * high
    schools = draw(st.integers(2, 3)) if count < 8 else 2
    own_unit = draw(
        st.lists(st.integers(0, count - 1), min_size=schools, max_size=schools, unique=True)
    )
    pupils = np.array(draw(st.lists(st.integers(0, 9), min_size=count, max_size=count)), float)
    shares = draw(st.lists(st.integers(2, 6), min_size=schools, max_size=schools))
    ample = draw(st.sampled_from([1.05, 1.3, 2.0]))
    seats = np.ceil(ample * (pupils.sum() + 1.0) * np.array(shares) / sum(shares))
    is_candidate = np.zeros(schools, dtype=bool)
    is_candidate[1 : 1 + draw(st.integers(0, min(most_candidates, schools - 1)))] = True
    cost = np.array(draw(st.lists(st.integers(0, 30), min_size=schools, max_size=schools)), float)
    current = draw(st.lists(st.integers(-1, schools - 1), min_size=count, max_size=count))
    town = build_grid(
        wide,
        high,
        own_unit=own_unit,
        pupils=pupils,
        capacity=seats,
        is_candidate=is_candidate,
        open_cost=np.where(is_candidate, cost, 0.0),
        current=np.array(current) if draw(st.booleans()) else None,
    )
    free = [unit for unit in range(count) if unit not in own_unit]
    pair = st.tuples(st.sampled_from(free), st.integers(0, schools - 1))
    groups = [(), (tuple(town.borders[draw(st.integers(0, len(town.borders) - 1))].tolist()),)]
    terms = Terms(
        forbidden=tuple(draw(st.lists(pair, max_size=1))),
        locked=tuple(draw(st.lists(pair, max_size=1))),
        together=draw(st.sampled_from(groups)),
        w_change=draw(st.sampled_from([0.0, 0.5])),
        max_moved_pupils=draw(st.sampled_from([float("inf"), pupils.sum() / 2])),
    )
    return town, terms
