"""Admission as a clerk would do it with a pencil: one child after the other, in plain Python.

Written from the rules and standards, not from the engine, to be compared with it. Everything is
lists of dicts and exact numbers; nothing is fast. Where children without a seat go is told in
:mod:`tests.catchments.slow_placement`.
"""

from __future__ import annotations

import hashlib
from typing import Any

from catchments.admission.registers import Registers
from catchments.admission.rules import Rules, StageRules
from tests.catchments.slow_claims import Row, judge_child, list_rows, plain


def find_exception(child: Row, children: list[Row], rules: StageRules, town: Row) -> Row | None:
    """Return why a person must decide on a child, before families compete for a dwelling."""
    same = [one for one in children if one["identity_hash"] == child["identity_hash"]]
    first = min(same, key=lambda one: one["child_code"])
    if child is not first or len({one["household_id"] for one in same}) > 1:
        return {"reason": "listed_twice", "detail": first["child_code"]}
    born, since = child["born_on"], child["child_registered_since"]
    if since is not None and since < born:
        return {"reason": "impossible_date", "detail": "registered_since"}
    if child["zone_school_id"] is None:
        homes = (child["registered_unit_id"], child["residence_unit_id"])
        nowhere = homes == (None, None) and not child["owns_elsewhere"]
        return {"reason": "no_address" if nowhere else "no_catchment", "detail": None}
    if child["place"] is None:
        return {"reason": "no_batch", "detail": None}
    if child["missing"] is not None:
        return {"reason": "missing_fact", "detail": child["missing"]}
    if child["locked_out"] and rules.lock is not None and rules.lock.effect == "exception":
        return {"reason": "dwelling_locked", "detail": str(child["locked_until"])}
    return None


def find_rivals(children: list[Row], rules: StageRules) -> list[Row]:
    """Return the children of several families that ask for the seat of one dwelling."""
    if rules.lock is None:
        return []
    family = "household_id" if rules.lock.siblings_exempt else "child_id"
    asking = [
        child
        for child in children
        if child["reason"] is None
        and not child["locked_out"]
        and child["owned_unit_id"] is not None
        and rules.batches[child["place"]].uses_dwelling
    ]
    return [
        child
        for child in asking
        if any(
            other[family] != child[family]
            for other in asking
            if other["owned_unit_id"] == child["owned_unit_id"]
        )
    ]


def list_keys(child: Row, rules: StageRules, seed: int) -> list[tuple[str | None, Any]]:
    """Return what ranks a child, one key after the other, and how each is called in a tie."""
    keys: list[tuple[str | None, Any]] = [(None, child["place"]), (None, -(child["score"] or 0))]
    for tie in rules.ties:
        if tie.fact is None:
            continue
        value = child[tie.fact]
        if tie.first == "true":
            keys.append((tie.fact, not value))
        elif value is None:
            keys.append((tie.fact, (1, 0)))
        else:
            keys.append((tie.fact, (0, -value if tie.first == "higher" else value)))
    text = f"{seed}:{child['household_code']}:{child['born_on'].isoformat()}"
    child["drawn"] = hashlib.sha256(text.encode()).hexdigest()[:16]
    return [*keys, ("lot", (int(child["drawn"], 16), child["child_code"]))]


def break_tie(keys: list[tuple[str | None, Any]], other: list[tuple[str | None, Any]]) -> int:
    """Return which key parts two children of one score; 0 when their scores differ."""
    for place, (mine, theirs) in enumerate(zip(keys, other, strict=True)):
        if mine[1] != theirs[1]:
            return place if place > 1 else 0
    raise AssertionError("two children rank the same")


def admit_slowly(registers: Registers, rules: Rules, stage: str, seed: int) -> list[Row]:
    """Judge, rank and seat all children, in the order of child_id.

    Each gets ``ends``: seated, exception (with reason and detail), or unseated; those who compete
    also get ``order`` across schools, and position, tie_broken_by and lot as results have them.
    """
    mine = rules.stages[stage]
    schools = {
        int(school): plain(seats) for school, seats in registers.schools["seats"].to_dict().items()
    }
    town = {
        "year": rules.year,
        "grades": registers.grades,
        "zones": {int(unit): int(school) for unit, school in registers.zones.to_dict().items()},
        "codes": registers.schools["code"].to_dict(),
    }
    owned, uses = list_rows(registers.owned), list_rows(registers.uses)
    listed = sorted(list_rows(registers.entrants), key=lambda child: child["child_id"])
    children = [judge_child(child, owned, uses, mine, town) for child in listed]
    for child in children:
        found = find_exception(child, children, mine, town)
        child.update(found or {"reason": None, "detail": None})
        child.update(order=None, position=None, tie_broken_by=None, lot=None)
    for child in find_rivals(children, mine):
        child["reason"] = "two_families"
    for child in children:
        if child["reason"] is None and schools.get(child["zone_school_id"]) is None:
            child["reason"] = "seats_unknown"
        child["ends"] = "unseated" if child["reason"] is None else "exception"
    _seat_ranked(children, schools, mine, seed)
    return children


def _seat_ranked(
    children: list[Row], schools: dict[int, int | None], rules: StageRules, seed: int
) -> None:
    """Rank those who compete and seat the first of each school."""
    ranked = [child for child in children if child["reason"] is None]
    for child in ranked:
        child["keys"] = list_keys(child, rules, seed)
    ranked.sort(key=lambda child: [value for _, value in child["keys"]])
    for order, child in enumerate(ranked):
        child["order"] = order
    for school, seats in schools.items():
        queue = [c for c in ranked if c["zone_school_id"] == school and not c["locked_out"]]
        for at, child in enumerate(queue):
            child["position"] = at + 1
            if at < (seats or 0):
                child["ends"] = "seated"
            neighbours = [*queue[max(at - 1, 0) : at], *queue[at + 1 : at + 2]]
            parted = [break_tie(child["keys"], other["keys"]) for other in neighbours]
            child["tie_broken_by"] = child["keys"][max(parted, default=0)][0]
            if child["tie_broken_by"] == "lot":
                child["lot"] = child["drawn"]
