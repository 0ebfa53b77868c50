"""The parts of the page that explains to a family what was decided; values without language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from catchments.admission.obstacles import BatchAnswer
from catchments.admission.workings import ScoreWorked


@dataclass(frozen=True)
class School:
    """A school as people know it."""

    code: str
    name_zh: str
    name_en: str | None


@dataclass(frozen=True)
class SeatUse:
    """A seat that the dwelling of a claim gave before."""

    school: School
    entered_year: int
    same_family: bool


@dataclass(frozen=True)
class Background:
    """What the registers still tell beside the stored result; all of it may be gone.

    Parameters
    ----------
    dwellings
        Codes of dwellings by id.
    uses
        Seats that the owned dwelling gave before.
    sibling_school_ids
        Schools that elder children of the household entered.
    walk_m
        Way on foot from the child's building by school_id; infinite where there is none.
    """

    dwellings: Mapping[int, str] = field(default_factory=dict)
    uses: tuple[SeatUse, ...] = ()
    sibling_school_ids: frozenset[int] = frozenset()
    walk_m: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """What an officer decided; no school: an earlier decision is withdrawn."""

    school: School | None
    reason: str
    who: str
    decided_at: dt.datetime


@dataclass(frozen=True)
class Origin:
    """From which run, rules and data a page comes."""

    run_id: int
    started_at: dt.datetime
    district: str
    district_name_zh: str
    district_name_en: str | None
    stage: str
    stage_name_zh: str
    stage_name_en: str | None
    year: int
    plan: str
    plan_name_zh: str
    plan_name_en: str | None
    rules: str
    rules_name_zh: str
    rules_name_en: str
    rule_version: str
    seed: int
    code_version: str
    inputs_digest: str
    data_date: dt.date
    synthetic: bool


@dataclass(frozen=True)
class FactUsed:
    """A fact that the run used, and the register and row that it was read from.

    Parameters
    ----------
    register
        Table of the register.
    register_row
        Code of the child, household or dwelling in that table; None when nothing names it.
    """

    fact: str
    value: Any
    source: str
    register: str
    register_row: str | None


@dataclass(frozen=True)
class Standing:
    """Where a child stands at the school of its zone.

    Parameters
    ----------
    position
        From 1; None for children who have no place in the order.
    earlier_seated
        Children of earlier batches with a seat there.
    children, seated
        Of the child's batch, in the zone.
    """

    seats: int | None
    position: int | None
    earlier_seated: int
    children: int
    seated: int
    last_score: float | None
    first_unseated_score: float | None


@dataclass(frozen=True)
class TieUsed:
    """A tie-breaker with the value of the child; decided: it set the child apart."""

    fact: str | None
    first: str
    value: Any
    decided: bool


@dataclass(frozen=True)
class LotDrawn:
    """A lot, and the text that anybody can draw it from again."""

    lot: str
    text: str


@dataclass(frozen=True)
class LockAnswer:
    """Whether one dwelling, one seat stands against the child.

    Parameters
    ----------
    years
        Years for which a seat at the school of the zone locks a dwelling.
    locked_until
        First year in which the dwelling gives a seat again; None when it is free.
    used_year
        Year in which the other family's child entered.
    """

    years: int
    effect: str
    siblings_exempt: bool
    dwelling: str | None
    locked_until: int | None
    used_year: int | None
    uses: tuple[SeatUse, ...]


@dataclass(frozen=True)
class Candidate:
    """A school with seats left when children without a seat were placed.

    Parameters
    ----------
    seats_left, placed_here
        Seats left before placement, and children placed on them.
    """

    school: School
    seats_left: int
    placed_here: int
    walk_distance_m: float
    is_chosen: bool


@dataclass(frozen=True)
class PlacementAnswer:
    """How a child without a seat at its school was placed.

    Parameters
    ----------
    why
        ``sibling``, ``nearest``, ``least_total`` or, without a school, the reason.
    walk_distance_m
        As the run measured it.
    candidates
        The nearest schools with seats left and the one chosen, the nearest first; empty when the
        ways can no longer be measured.
    """

    why: str
    locked_out: bool
    walk_distance_m: float | None
    seats_left: int
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class ChildPage:
    """Everything that explains what was decided for a child.

    Parameters
    ----------
    school, final_school
        As the run decided, and with the last decision of an officer.
    zone_order
        What puts a child into a zone, in the order of the rules.
    reason, reason_detail, reason_school
        Why a person must decide; what that rests on, or the school it speaks of.
    """

    child_code: str
    household_code: str
    born_on: dt.date
    outcome: str
    school: School | None
    final_school: School | None
    zone_school: School | None
    zone_basis: str | None
    zone_dwelling: str | None
    zone_order: tuple[str, ...]
    facts: tuple[FactUsed, ...]
    batches: tuple[BatchAnswer, ...]
    score: ScoreWorked | None
    standing: Standing | None
    ties: tuple[TieUsed, ...]
    lot: LotDrawn | None
    lock: LockAnswer | None
    placement: PlacementAnswer | None
    reason: str | None
    reason_detail: str | None
    reason_school: School | None
    decisions: tuple[Decision, ...]
    origin: Origin

    @property
    def batch(self) -> BatchAnswer | None:
        """The child's batch."""
        return next((one for one in self.batches if one.verdict == "met"), None)
