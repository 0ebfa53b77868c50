"""Rules that contradict each other, found by trying all kinds of children.

Each fact that the conditions of a stage speak of gets representatives: values that no comparison
can tell apart count once. Their combinations, the kinds of children, are tried at once with the
very code that later sorts the real children.

What is taken to be impossible, and nothing else: shares outside 0 to 100 %, areas below zero,
owners whose relation does not count, and a locked dwelling where the stage has no lock. No flag
implies another: registers contradict themselves, and rules must say what happens then.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from catchments.admission.comparisons import Choice, DateComparison, NumberComparison
from catchments.admission.conditions import Condition, Everyone, Leaf, Mask, build_column
from catchments.admission.facts import FACTS, Fact
from catchments.admission.rule_stages import StageReading
from catchments.admission.rules import StageRules
from catchments.rule_nodes import Faults, Place

MAX_KINDS = 500_000
MAX_COMPARISONS = 500
_AT_ONCE = 200_000
_ANY_DAY = dt.date(2000, 1, 1)  # where no day is compared with, all days are alike
_BOUNDS = {"pct": (0.0, 100.0), "m2": (0.0, math.inf)}


@dataclass(frozen=True)
class Kinds:
    """All kinds of children that some conditions can tell apart.

    Parameters
    ----------
    values
        Representatives by fact; the plainest first.
    """

    values: dict[str, list[Any]]

    def __len__(self) -> int:
        """Return the number of kinds."""
        return math.prod(len(values) for values in self.values.values())

    def iterate_tables(self) -> Iterator[pd.DataFrame]:
        """Yield the kinds as facts, a bounded number at once, the plainest first."""
        columns = {name: build_column(FACTS[name], v) for name, v in self.values.items()}
        sizes = [len(values) for values in self.values.values()]
        for start in range(0, len(self), _AT_ONCE):
            rows = np.arange(start, min(start + _AT_ONCE, len(self)))
            positions = np.unravel_index(rows, sizes) if sizes else ()
            yield pd.DataFrame(
                {
                    name: column.take(at).reset_index(drop=True)
                    for (name, column), at in zip(columns.items(), positions, strict=True)
                },
                index=pd.RangeIndex(len(rows)),
            )


def list_kinds(conditions: Iterable[Condition], rules: StageRules | None = None) -> Kinds:
    """Return the kinds of children that `conditions` can tell apart.

    Parameters
    ----------
    rules
        Also leaves out the kinds that this stage cannot have.
    """
    leaves: dict[str, list[Leaf]] = {}
    for condition in conditions:
        for leaf in condition.iterate_leaves():
            known = leaves.setdefault(leaf.fact, [])
            if leaf not in known:
                known.append(leaf)
    return Kinds({name: _represent(FACTS[name], found, rules) for name, found in leaves.items()})


def _represent(fact: Fact, leaves: list[Leaf], rules: StageRules | None) -> list[Any]:
    """Return one value of each group that the comparisons cannot tell apart."""
    values = _list_values(fact, leaves, rules)
    column = build_column(fact, values)
    verdicts = np.array([mask for leaf in leaves for mask in leaf.compare(column)])
    first = np.unique(verdicts, axis=1, return_index=True)[1]
    return [values[position] for position in sorted(first)]


def _list_values(fact: Fact, leaves: list[Leaf], rules: StageRules | None) -> list[Any]:
    if fact.kind == "flag":
        if fact.name == "dwelling_locked" and rules is not None and rules.lock is None:
            return [False]
        return [False, True]
    if fact.kind == "choice":
        named = [value for leaf in leaves if isinstance(leaf, Choice) for value in leaf.values]
        choices = fact.choices
        if fact.name == "owner_relation" and rules is not None:
            choices = rules.owners
        if choices:
            return [None, *choices]
        return [None, "".join(named) + "?", *dict.fromkeys(named)]  # one that nobody names
    if fact.kind == "date":
        days = sorted({leaf.day for leaf in leaves if isinstance(leaf, DateComparison)})
        near = (day + dt.timedelta(days=k) for day in days for k in (-1, 0, 1))
        return [None, *dict.fromkeys(near)] if days else [None, _ANY_DAY]
    edges = sorted({leaf.value for leaf in leaves if isinstance(leaf, NumberComparison)}) or [0.0]
    between = [(low + high) / 2 for low, high in pairwise(edges)]
    least, most = _BOUNDS.get(fact.unit, (-math.inf, math.inf))
    numbers = sorted(
        {edges[0] - 1, *edges, *between, edges[-1] + 1, max(least, -1e9), min(most, 1e9)}
    )
    return [None, *(number for number in numbers if least <= number <= most)]


def list_stage_kinds(rules: StageRules) -> Kinds:
    """Return the kinds of children that the batches of a stage can tell apart."""
    return list_kinds([batch.condition for batch in rules.batches], rules)


def is_order_proven(rules: StageRules) -> bool:
    """Say whether the kinds are few enough to have proven that every batch can be reached."""
    return len(list_stage_kinds(rules)) <= MAX_KINDS


def check_stage(reading: StageReading, faults: Faults) -> None:
    """Note every contradiction in the rules of a stage with its line.

    Where the kinds of children are more than :data:`MAX_KINDS`, the order of batches is not
    proven and the last batch must take everyone in so many words.
    """
    rules = reading.rules
    whens = [term.when for score in rules.scores.values() for term in score.terms if term.when]
    conditions = [*(batch.condition for batch in rules.batches), *whens]
    leaves = sum(1 for condition in conditions for _ in condition.iterate_leaves())
    if leaves > MAX_COMPARISONS:
        faults.add(
            reading.places.get("batches", reading.conditions[0][1]),
            f"Stage {rules.stage} makes {leaves} comparisons; at most {MAX_COMPARISONS} can be"
            " checked.",
            "Say it shorter.",
        )
        return
    is_dated = "opens_on" in reading.places and not faults.has_below(reading.places["opens_on"].key)
    is_whole = reading.is_sorted and not faults.has_below(reading.places["batches"].key)
    _check_conditions(reading, faults, is_dated=is_dated)
    if reading.is_sorted and (is_dated or not any(map(_asks_opening, conditions))):
        _check_order(reading, faults)
    if is_whole:
        _check_lock(reading, faults)


def _asks_opening(condition: Condition) -> bool:
    return any(
        isinstance(leaf, DateComparison) and leaf.months_before_opening is not None
        for leaf in condition.iterate_leaves()
    )


def _check_conditions(reading: StageReading, faults: Faults, *, is_dated: bool) -> None:
    """Note conditions that contradict themselves; of those in each other the innermost."""
    for condition, place in reading.conditions:  # inner ones come first
        if faults.has_below(place.key) or _is_possible(condition):
            continue
        if not is_dated and _asks_opening(condition):
            continue  # judged by a stand-in
        leaves = dict.fromkeys(leaf.describe("en") for leaf in condition.iterate_leaves())
        faults.add(
            place,
            "Nobody can meet this condition.",
            f"Mend what contradicts itself: {'; '.join(leaves)}.",
        )


@lru_cache(maxsize=1024)
def _is_possible(condition: Condition) -> bool:
    kinds = list_kinds([condition])
    if len(kinds) > MAX_KINDS:
        return True
    return any(bool(condition.holds(table).any()) for table in kinds.iterate_tables())


def _check_order(reading: StageReading, faults: Faults) -> None:
    """Note batches that no child reaches, and children who reach no batch."""
    batches, kinds = reading.rules.batches, list_stage_kinds(reading.rules)
    if len(kinds) > MAX_KINDS:
        if not isinstance(batches[-1].condition, Everyone):
            faults.add(
                reading.batch_places[-1],
                "Whether every child falls into a batch cannot be tried: there are too many kinds.",
                "Let the last batch take `everyone`.",
            )
        return
    sorting = _sort_kinds([batch.condition for batch in batches], kinds)
    met, reached, left_out = sorting.met, sorting.reached, sorting.left_out
    for i, (batch, place) in enumerate(zip(batches, reading.batch_places, strict=True)):
        if reached[i] or not _is_possible(batch.condition):
            continue  # the latter is told already
        if met[i]:
            earlier = ", ".join(one.code for one in batches[:i])
            faults.add(
                place,
                f"No child reaches batch '{batch.code}': earlier ones ({earlier}) take all who"
                " meet its condition.",
                "Move it forward, or leave it out.",
            )
        else:
            faults.add(
                place,
                f"No child of stage {reading.rules.stage} can meet the condition of batch"
                f" '{batch.code}' under its lock and owners.",
                "Mend the condition, or give the stage batches of its own.",
            )
    if left_out is not None:
        faults.add(
            reading.batch_places[-1],
            f"Some children fall into no batch: {_describe_kind(left_out)}.",
            "Let the last batch take `everyone`.",
        )


@dataclass
class _Sorting:
    """Which conditions are met by some kind, which take one, and the first kind left out."""

    met: list[bool]
    reached: list[bool]
    left_out: dict[str, Any] | None = None


def _sort_kinds(conditions: list[Condition], kinds: Kinds) -> _Sorting:
    sorting = _Sorting([False] * len(conditions), [False] * len(conditions))
    for table in kinds.iterate_tables():
        free: Mask = np.ones(len(table), dtype=bool)
        for i, condition in enumerate(conditions):
            meets = condition.holds(table)
            sorting.met[i] |= bool(meets.any())
            sorting.reached[i] |= bool((meets & free).any())
            free &= ~meets
        if sorting.left_out is None and free.any():
            first = int(free.argmax())
            sorting.left_out = {name: table[name].iloc[first] for name in kinds.values}
    return sorting


def _describe_kind(kind: dict[str, Any]) -> str:
    said = []
    for name, value in kind.items():
        fact = FACTS[name]
        if fact.kind == "flag":
            said.append(fact.name_en if value else f"not {fact.name_en}")
        elif pd.isna(value):
            said.append(f"{fact.name_en} unknown")
        else:
            shown = f"{value:.10g}" if fact.kind == "number" else str(value)
            said.append(f"{fact.name_en} {shown.removesuffix(' 00:00:00')}")
    return ", ".join(said) or "all"


def _check_lock(reading: StageReading, faults: Faults) -> None:
    rules = reading.rules
    if rules.lock is None or faults.has_below(reading.places["lock"].key):
        return
    place: Place = reading.places["lock"]
    if not any(batch.uses_dwelling for batch in rules.batches):
        faults.add(
            place,
            f"Stage {rules.stage} has a lock, but no batch uses a dwelling.",
            "Add `uses_dwelling: yes` to a batch, or write `lock: none`.",
        )
    if rules.lock.effect == "later_batch" and rules.batches[-1].uses_dwelling:
        faults.add(
            place,
            f"Locked children of batch '{rules.batches[-1].code}' would go to a later batch;"
            " it is the last.",
            "Let the last batch use no dwelling, or change the effect.",
        )
