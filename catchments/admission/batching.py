"""Batches and scores of claims, and the claim that serves each child best."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.admission.rules import StageRules
from catchments.admission.scoring import measure_scores

NOWHERE = -1


def rate_claims(claims: pd.DataFrame, rules: StageRules) -> pd.DataFrame:
    """Add to each claim its batch and score.

    Returns
    -------
    DataFrame
        The claims with batch_place (position in the rules, -1 for none), score_units (whole
        numbers of the last decimal), missing_fact, and locked_out: a batch that uses the
        dwelling would take the child, but another family's seat locks it.
    """
    places = _place_batches(claims, rules)
    uses = np.array([batch.uses_dwelling for batch in rules.batches] + [False])
    locked_out = uses[places] & claims["dwelling_locked"].to_numpy()
    if rules.lock is not None and rules.lock.effect == "later_batch":
        _move_on(claims, rules, places, locked_out)
        locked_out = np.zeros(len(claims), np.bool_)
    scores = np.zeros(len(claims), np.int64)
    missing = np.full(len(claims), None, dtype=object)
    for place, batch in enumerate(rules.batches):
        rows = np.flatnonzero(places == place)
        if batch.score is not None and rows.size:
            found = measure_scores(claims.iloc[rows], rules.scores[batch.score], rules.opens_on)
            scores[rows], missing[rows] = found
    return claims.assign(
        batch_place=places, score_units=scores, missing_fact=missing, locked_out=locked_out
    )


def _place_batches(claims: pd.DataFrame, rules: StageRules) -> NDArray[np.int64]:
    """Return the first batch whose condition holds, by position."""
    places = np.full(len(claims), NOWHERE, np.int64)
    for place, batch in enumerate(rules.batches):
        places[(places == NOWHERE) & batch.condition.holds(claims)] = place
    return places


def _move_on(
    claims: pd.DataFrame,
    rules: StageRules,
    places: NDArray[np.int64],
    locked_out: NDArray[np.bool_],
) -> None:
    """Rank those whose dwelling is locked in the next batch that uses no dwelling."""
    waiting = locked_out.copy()
    for place, batch in enumerate(rules.batches):
        if not batch.uses_dwelling:
            taken = waiting & (places < place) & batch.condition.holds(claims)
            places[taken] = place
            waiting &= ~taken
    places[waiting] = NOWHERE


def choose_claims(claims: pd.DataFrame) -> pd.DataFrame:
    """Keep the claim that serves each child best; one row a child, sorted by child_id.

    Not locked before locked, then the earlier batch, a score that is known, the higher score,
    the earlier property date, and the lowest dwelling id.
    """
    batch = claims["batch_place"].to_numpy()
    order = np.lexsort(
        (
            claims["owned_unit_id"].astype("Int64").fillna(0).to_numpy(np.int64),
            count_days(claims["property_since"]),
            -claims["score_units"].to_numpy(),
            claims["missing_fact"].notna().to_numpy(),
            np.where(batch == NOWHERE, np.iinfo(np.int64).max, batch),
            claims["locked_out"].to_numpy(),
            claims["child_id"].to_numpy(np.int64),
        )
    )
    ids = claims["child_id"].to_numpy(np.int64)[order]
    first = np.ones(len(ids), np.bool_)
    first[1:] = ids[1:] != ids[:-1]
    return claims.iloc[order[first]].reset_index(drop=True)


def count_days(dates: pd.Series) -> NDArray[np.int64]:
    """Count days from 1970 for ranking; a missing date comes last.

    Examples
    --------
    >>> count_days(pd.to_datetime(pd.Series(["1970-01-03", None])))[0].item()
    2
    """
    days = dates.to_numpy().astype("datetime64[D]").astype(np.int64)
    return np.where(dates.isna().to_numpy(), np.iinfo(np.int64).max, days)
