"""The page that explains to a family what a run decided for its child, and from what.

A page is made of the stored result, the stored rules and the cut lines of the run alone; what
registers may still add, such as the code of a dwelling, is only for reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from catchments.admission.admitting import EXCEPTION, PLACED, SEATED
from catchments.admission.child_page import (
    Background,
    Candidate,
    ChildPage,
    Decision,
    FactUsed,
    LockAnswer,
    LotDrawn,
    Origin,
    PlacementAnswer,
    School,
    Standing,
    TieUsed,
)
from catchments.admission.facts import FACTS
from catchments.admission.obstacles import explain_batches
from catchments.admission.placing import NO_SEAT, NO_WAY
from catchments.admission.ranking import LOT
from catchments.admission.rules import StageRules
from catchments.admission.workings import work_out_score

NEAREST = 5  # schools shown to a child that was placed


def explain_child(
    row: Mapping[str, Any],
    rules: StageRules,
    cuts: pd.DataFrame,
    schools: Mapping[int, School],
    origin: Origin,
    *,
    background: Background | None = None,
    decisions: tuple[Decision, ...] = (),
) -> ChildPage:
    """Explain what a run decided for a child.

    Parameters
    ----------
    row
        Columns of table admission_result; missing values as None.
    cuts
        Rows of the run in table admission_cut, all schools.
    schools
        By school_id, those of `row` and `cuts`.
    decisions
        Of officers over this child, stage and year, in the order in which they were made.
    """
    told = background or Background()
    school = schools[row["school_id"]] if row["school_id"] is not None else None
    last = decisions[-1].school if decisions else None
    zone = row["zone_school_id"]
    batch = next((one for one in rules.batches if one.code == row["batch"]), None)
    is_scored = batch is not None and batch.score is not None
    detail = row["detail"]
    names_school = row["reason"] == "twins_parted" and detail is not None
    return ChildPage(
        child_code=row["child_code"],
        household_code=row["household_code"],
        born_on=row["born_on"],
        outcome=row["outcome"],
        school=school,
        final_school=last or school,
        zone_school=None if zone is None else schools[zone],
        zone_basis=row["zone_basis"],
        zone_dwelling=told.dwellings.get(row[f"{row['zone_basis']}_unit_id"])
        if row["zone_basis"]
        else None,
        zone_order=rules.zone,
        facts=_list_facts(row, told.dwellings),
        batches=explain_batches(row, rules, row["batch"]) if zone is not None else (),
        score=work_out_score(row, rules.scores[batch.score], rules.opens_on, row["score"])
        if is_scored and batch is not None and batch.score is not None
        else None,
        standing=_find_standing(row, cuts, batch.code) if batch and zone is not None else None,
        ties=_list_ties(row, rules),
        lot=_tell_lot(row, origin.seed),
        lock=_explain_lock(row, rules, schools, told),
        placement=_explain_placement(row, rules, cuts, schools, told),
        reason=row["reason"],
        reason_detail=None if names_school else detail,
        reason_school=schools.get(int(detail)) if names_school else None,
        decisions=decisions,
        origin=origin,
    )


# Of each fact the table that it is read from, and what names the row there.
_REGISTERS = {
    "local": ("child", "child_code"),
    "registered_inside": ("household", "registered_unit_id"),
    "owns_inside": ("property_certificate", "owned_unit_id"),
    "lives_inside": ("household", "residence_unit_id"),
    "registered_at_owned": ("household", "registered_unit_id"),
    "owns_elsewhere": ("property_certificate", "household_code"),
    "sibling_enrolled": ("seat_use", "household_code"),
    "deferral_certificate": ("deferral", "child_code"),
    "dwelling_locked": ("seat_use", "owned_unit_id"),
    "owner_relation": ("guardian", "household_code"),
    "owned_share_pct": ("property_certificate", "owned_unit_id"),
    "owned_area_m2": ("property_unit", "owned_unit_id"),
    "owned_use": ("property_unit", "owned_unit_id"),
    "owned_tenure": ("property_unit", "owned_unit_id"),
    "property_since": ("property_certificate", "owned_unit_id"),
    "certificate_on": ("property_certificate", "owned_unit_id"),
    "slip_on": ("property_certificate", "owned_unit_id"),
    "registered_since": ("child", "child_code"),
    "permit_since": ("household", "household_code"),
    "born_on": ("child", "child_code"),
    "points": ("household", "household_code"),
}


def _list_facts(row: Mapping[str, Any], dwellings: Mapping[int, str]) -> tuple[FactUsed, ...]:
    found = []
    for name, fact in FACTS.items():
        register, names = _REGISTERS[name]
        at = row[names]
        if names.endswith("_unit_id") and at is not None:
            at = dwellings.get(at, f"id {at}")
        found.append(FactUsed(name, row[name], fact.source, register, at))
    return tuple(found)


def _find_standing(row: Mapping[str, Any], cuts: pd.DataFrame, batch: str) -> Standing | None:
    mine = cuts[cuts["school_id"] == row["zone_school_id"]]
    here = mine[mine["batch"] == batch]
    if here.empty:  # nobody stated its seats
        return None
    cut = here.iloc[0]
    scores = [None if pd.isna(cut[name]) else float(cut[name]) for name in _LINE]
    return Standing(
        seats=int(cut["seats"]),
        position=row["position"],
        earlier_seated=int(mine.loc[mine["place"] < cut["place"], "seated"].sum()),
        children=int(cut["children"]),
        seated=int(cut["seated"]),
        last_score=scores[0],
        first_unseated_score=scores[1],
    )


_LINE = ("last_score", "first_unseated_score")


def _list_ties(row: Mapping[str, Any], rules: StageRules) -> tuple[TieUsed, ...]:
    decided = row["tie_broken_by"]
    return tuple(
        TieUsed(
            tie.fact,
            tie.first,
            row["lot"] if tie.fact is None else row[tie.fact],
            decided is not None and decided == (tie.fact or LOT),
        )
        for tie in rules.ties
    )


def _tell_lot(row: Mapping[str, Any], seed: int) -> LotDrawn | None:
    if row["lot"] is None:
        return None
    return LotDrawn(row["lot"], f"{seed}:{row['household_code']}:{row['born_on'].isoformat()}")


def _explain_lock(
    row: Mapping[str, Any],
    rules: StageRules,
    schools: Mapping[int, School],
    told: Background,
) -> LockAnswer | None:
    lock, zone = rules.lock, row["zone_school_id"]
    if lock is None or zone is None or row["owned_unit_id"] is None:
        return None
    years = lock.schools.get(schools[zone].code, lock.years)
    until = row["locked_until"]
    return LockAnswer(
        years=years,
        effect=lock.effect,
        siblings_exempt=lock.siblings_exempt,
        dwelling=told.dwellings.get(row["owned_unit_id"]),
        locked_until=until,
        used_year=None if until is None else until - years,
        uses=told.uses,
    )


def _explain_placement(
    row: Mapping[str, Any],
    rules: StageRules,
    cuts: pd.DataFrame,
    schools: Mapping[int, School],
    told: Background,
) -> PlacementAnswer | None:
    if row["outcome"] == SEATED or (
        row["outcome"] == EXCEPTION and row["reason"] not in {NO_SEAT, NO_WAY}
    ):
        return None
    sums = cuts.groupby("school_id").agg(
        seats=("seats", "first"), seated=("seated", "sum"), placed_here=("placed_here", "sum")
    )
    left = sums.assign(left=sums["seats"] - sums["seated"])
    left = left[left["left"] > 0]
    ways = (
        pd.Series(told.walk_m, dtype=float).reindex(left.index).dropna().sort_values(kind="stable")
    )
    shown = [*ways.index[:NEAREST]]
    if row["school_id"] in ways.index[NEAREST:]:
        shown.append(row["school_id"])
    candidates = tuple(
        Candidate(
            school=schools[school],
            seats_left=int(left.loc[school, "left"]),
            placed_here=int(left.loc[school, "placed_here"]),
            walk_distance_m=float(ways[school]),
            is_chosen=school == row["school_id"],
        )
        for school in shown
    )
    why = row["reason"] or "least_total"
    if row["outcome"] == PLACED:
        if rules.placement.siblings_first and row["school_id"] in told.sibling_school_ids:
            why = "sibling"
        elif candidates and candidates[0].is_chosen:
            why = "nearest"
    locked_out = bool(row["dwelling_locked"]) and row["position"] is None
    return PlacementAnswer(
        why, locked_out, row["walk_distance_m"], int(left["left"].sum()), candidates
    )
