"""The yearly batch assignment: every child seated, placed, or shown to a person with the reason.

children → zone and claim → batch → score → seats batch by batch → placement of the unseated.
The next batch of a school opens only while seats remain; nobody is dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.admission.batching import NOWHERE, choose_claims, rate_claims
from catchments.admission.claims import build_claims
from catchments.admission.cuts import build_cuts
from catchments.admission.facts import FACTS
from catchments.admission.placing import place_children
from catchments.admission.ranking import rank_children
from catchments.admission.registers import Registers, arrange_registers
from catchments.admission.rules import Rules, StageRules

SEATED, PLACED, EXCEPTION = "seated", "placed", "exception"

# Why a person must decide, in the order in which the first that applies is told.
LISTED_TWICE, IMPOSSIBLE_DATE = "listed_twice", "impossible_date"
NO_ADDRESS, NO_CATCHMENT, NO_BATCH = "no_address", "no_catchment", "no_batch"
MISSING_FACT, LOCKED, TWO_FAMILIES = "missing_fact", "dwelling_locked", "two_families"
SEATS_UNKNOWN, TWINS_PARTED = "seats_unknown", "twins_parted"

_RANKED_BY = [
    "zone_school_id",
    "batch_place",
    "score_units",
    "locked_out",
    "child_code",
    "household_code",
    "born_on",
]
_TWINS = ["household_id", "born_on"]

Tell = Callable[[str, float], None]


@dataclass(frozen=True, eq=False)
class Admission:
    """What the assignment decided.

    Parameters
    ----------
    results
        One row a child, sorted by child_id: the columns of table admission_result but run_id.
    cuts
        The rows of table admission_cut but run_id.
    walk_m, least_m
        Sum of the ways of the children divided by distance, and the least possible.
    """

    results: pd.DataFrame
    cuts: pd.DataFrame
    walk_m: float
    least_m: float


def admit_children(
    registers: Registers, rules: Rules, stage: str, *, seed: int, tell: Tell | None = None
) -> Admission:
    """Assign every entrant of a stage to a school, or to the queue of a person.

    The order of rows in the registers never matters. Equal registers, rules and seed give equal
    results.

    Parameters
    ----------
    seed
        Published before the lots are drawn.
    """
    told = tell or (lambda _step, _share: None)
    mine = rules.stages[stage]
    told("claims", 0.0)
    registers = arrange_registers(registers)
    claims = rate_claims(build_claims(registers, mine, rules.year), mine)
    told("batches", 0.5)
    children = choose_claims(claims)
    seats = registers.schools["seats"]
    reason, detail = _find_exceptions(children, mine, seats)
    ranked = _rank_all(children, pd.isna(reason), mine, seed)
    told("seats", 0.7)
    is_seated = _seat_children(ranked, seats)
    left = _count_left(ranked[is_seated], seats)
    unseated = ranked[~is_seated & ranked["order"].notna().to_numpy()]
    family = _TWINS if mine.twins == "together" else "child_id"
    unseated = unseated.assign(family=unseated.groupby(family).ngroup())
    told("placement", 0.8)
    placed = place_children(unseated, left, registers.walks, mine.placement)
    results = ranked.assign(
        outcome=np.where(is_seated, SEATED, EXCEPTION),
        school_id=ranked["zone_school_id"].where(is_seated),
        reason=reason,
        detail=detail,
        walk_distance_m=np.nan,
    )
    results = _enter_placed(results, unseated.index, placed.children)
    if mine.twins == "together":
        results = _part_twins(results)
    told("results", 0.95)
    return Admission(
        _arrange(results, mine), build_cuts(results, mine, seats), placed.walk_m, placed.least_m
    )


def _find_exceptions(
    children: pd.DataFrame, rules: StageRules, seats: pd.Series
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return why a person must decide, and what that rests on; None for the others."""
    reason = np.full(len(children), None, dtype=object)
    detail = np.full(len(children), None, dtype=object)

    def note(found: NDArray[np.bool_], why: str, what: object) -> None:
        rows = found & pd.isna(reason)
        reason[rows] = why
        detail[rows] = what[rows] if isinstance(what, np.ndarray) else what

    note(*_find_twice(children))
    early = children["child_registered_since"] < children["born_on"]
    note(early.to_numpy(), IMPOSSIBLE_DATE, "registered_since")
    zone = children["zone_school_id"]
    nowhere = zone.isna().to_numpy()
    known = children[["registered_unit_id", "residence_unit_id"]].notna().any(axis=1)
    known |= children["owns_elsewhere"]  # elsewhere: without a zone there is no inside
    note(nowhere & ~known.to_numpy(), NO_ADDRESS, None)
    note(nowhere, NO_CATCHMENT, None)
    note(children["batch_place"].to_numpy() == NOWHERE, NO_BATCH, None)
    missing = children["missing_fact"]
    note(missing.notna().to_numpy(), MISSING_FACT, missing.to_numpy(dtype=object))
    locked = children["locked_out"].to_numpy()
    if rules.lock is not None and rules.lock.effect == "exception":
        note(locked, LOCKED, children["locked_until"].astype("string").to_numpy(dtype=object))
    note(_find_rivals(children, rules, pd.isna(reason) & ~locked), TWO_FAMILIES, None)
    stated = seats.reindex(zone).notna().to_numpy()
    note(~stated, SEATS_UNKNOWN, None)
    return reason, detail


def _find_twice(children: pd.DataFrame) -> tuple[NDArray[np.bool_], str, NDArray[np.object_]]:
    """Find rows of a person listed before; all of them where the households differ.

    Also returns the code of the person's first row.
    """
    found = np.zeros(len(children), np.bool_)
    codes = np.full(len(children), None, dtype=object)
    rows = np.flatnonzero(children["identity_hash"].duplicated(keep=False).to_numpy())
    some = children.iloc[rows][["identity_hash", "child_code", "household_id"]]
    by_code = some.sort_values("child_code").groupby("identity_hash", sort=False)
    later = by_code.cumcount().reindex(some.index) > 0
    homes = some.groupby("identity_hash", sort=False)["household_id"].transform("nunique")
    found[rows] = later | (homes > 1)
    codes[rows] = by_code["child_code"].transform("first").reindex(some.index)
    return found, LISTED_TWICE, codes


def _find_rivals(
    children: pd.DataFrame, rules: StageRules, still: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Find children of several families that ask for the seat of one dwelling this year."""
    found = np.zeros(len(children), np.bool_)
    if rules.lock is None:
        return found
    uses = np.array([batch.uses_dwelling for batch in rules.batches] + [False])
    asks = still & uses[children["batch_place"].to_numpy()]
    asks &= children["owned_unit_id"].notna().to_numpy()
    family = "household_id" if rules.lock.siblings_exempt else "child_id"
    mine = children[asks]
    rivals = mine.groupby("owned_unit_id")[family].transform("nunique") > 1
    found[np.flatnonzero(asks)[rivals.to_numpy()]] = True
    return found


def _rank_all(
    children: pd.DataFrame, competes: NDArray[np.bool_], rules: StageRules, seed: int
) -> pd.DataFrame:
    """Rank all who compete; those locked out have an order but no position at their school.

    Returns the children with position, order, tie_broken_by and lot, missing for the others.
    """
    wanted = [*_RANKED_BY, *(tie.fact for tie in rules.ties if tie.fact is not None)]
    some = children.loc[competes, list(dict.fromkeys(wanted))]
    ranks = rank_children(some, ~some["locked_out"].to_numpy(), rules, seed)
    ranks = ranks.reindex(children.index).astype({"position": "Int64", "order": "Int64"})
    return children.assign(**{str(name): ranks[name] for name in ranks})


def _seat_children(ranked: pd.DataFrame, seats: pd.Series) -> NDArray[np.bool_]:
    """Seat the first of each school as far as its seats reach."""
    own = seats.reindex(ranked["zone_school_id"]).array
    fits = ranked["position"].array <= own
    return np.asarray(fits.fillna(False), dtype=np.bool_)


def _count_left(seated: pd.DataFrame, seats: pd.Series) -> pd.Series:
    """Count the seats left at every school whose seats are stated."""
    stated = seats[seats.notna()].astype(np.int64)
    taken = seated["zone_school_id"].value_counts().reindex(stated.index).fillna(0)
    return stated - taken.astype(np.int64)


def _enter_placed(results: pd.DataFrame, rows: pd.Index, placed: pd.DataFrame) -> pd.DataFrame:
    """Enter where the unseated go; those without a school are exceptions."""
    placed = placed.set_axis(rows)
    found = placed["school_id"].notna()
    results.loc[rows, "reason"] = placed["reason"].astype(object)
    results.loc[rows, "walk_distance_m"] = placed["walk_distance_m"]
    results.loc[rows[found], "outcome"] = PLACED
    results.loc[rows[found], "school_id"] = placed.loc[found, "school_id"]
    return results


def _part_twins(results: pd.DataFrame) -> pd.DataFrame:
    """Let a person decide where children of one birth would go to different schools.

    Those who stay are with the first of them: a seat is never taken from who has it.
    """
    columns = [*_TWINS, "school_id", "outcome", "order", "child_id"]
    has = results.loc[results["school_id"].notna(), columns]
    twins = has[has.duplicated(_TWINS, keep=False)]
    twins = twins.assign(is_placed=twins["outcome"] == PLACED)
    twins = twins.sort_values(["is_placed", "order", "child_id"])
    first = twins.groupby(_TWINS)["school_id"].transform("first")
    parted = twins.index[(twins["school_id"] != first).to_numpy()]
    if parted.empty:
        return results
    results.loc[parted, "detail"] = first[parted].astype("string").astype(object)
    results.loc[parted, ["outcome", "reason"]] = [EXCEPTION, TWINS_PARTED]
    results.loc[parted, "school_id"] = pd.NA
    results.loc[parted, "walk_distance_m"] = np.nan
    return results


def _arrange(results: pd.DataFrame, rules: StageRules) -> pd.DataFrame:
    """Return the columns of the result table."""
    codes = np.array([*(batch.code for batch in rules.batches), None], dtype=object)
    place = results["batch_place"].to_numpy()
    scales = np.array(
        [10.0 ** _count_decimals(rules, batch.score) for batch in rules.batches] + [1.0]
    )
    scored = np.array([batch.score is not None for batch in rules.batches] + [False])
    known = scored[place] & results["missing_fact"].isna().to_numpy()
    table = results.assign(
        batch=codes[place],
        score=np.where(known, results["score_units"].to_numpy() / scales[place], np.nan),
    )
    facts = [name for name in FACTS if name != "born_on"]
    return table[[*_HEAD, *facts, *_TAIL]]


def _count_decimals(rules: StageRules, score: str | None) -> int:
    return 0 if score is None else rules.scores[score].decimals


_HEAD = [
    "child_id",
    "child_code",
    "household_code",
    "born_on",
    "outcome",
    "school_id",
    "reason",
    "detail",
    "zone_school_id",
    "zone_basis",
    "batch",
    "score",
    "position",
    "tie_broken_by",
    "lot",
    "walk_distance_m",
]
_TAIL = ["registered_unit_id", "owned_unit_id", "residence_unit_id", "building_id", "locked_until"]
