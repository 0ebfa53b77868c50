"""Ranks of schools, and how far they rest on the weights. Pure."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.appraisal.scheme import Scheme, Stability
from catchments.appraisal.scoring import weigh_points

Numbers = NDArray[np.float64]
_DIGITS = 9  # scores that differ by less are the same: the rest is binary rounding


def rank_scores(scores: Numbers) -> NDArray[np.int64]:
    """Rank scores along the last axis, the best first; equal ones share the better rank.

    Parameters
    ----------
    scores
        Shape (…, schools), without missing values.

    Examples
    --------
    >>> rank_scores(np.array([70.0, 90.0, 70.0, 50.0])).tolist()
    [2, 1, 2, 4]
    """
    told = np.round(np.asarray(scores, dtype=np.float64), _DIGITS)
    order = np.argsort(-told, axis=-1, kind="stable")
    arranged = np.take_along_axis(told, order, axis=-1)
    place = np.broadcast_to(np.arange(1, told.shape[-1] + 1), told.shape)
    is_new = np.ones(told.shape, dtype=bool)
    is_new[..., 1:] = arranged[..., 1:] != arranged[..., :-1]
    shared = np.maximum.accumulate(np.where(is_new, place, 0), axis=-1)
    ranks = np.empty(told.shape, dtype=np.int64)
    np.put_along_axis(ranks, order, shared, axis=-1)
    return ranks


def draw_weights(weights: Numbers, stability: Stability) -> Numbers:
    """Draw weightings in which each weight lies evenly within ± `vary_pct` of its own.

    Returns
    -------
    NDArray
        Shape (draws, indicators), each row summing to the sum of `weights`; the same seed gives
        the same rows.
    """
    rng = np.random.default_rng(stability.seed)
    span = stability.vary_pct / 100
    drawn = weights * rng.uniform(1 - span, 1 + span, (stability.draws, weights.size))
    return np.asarray(drawn * (weights.sum() / drawn.sum(axis=1, keepdims=True)))


def rank_group(points: Numbers, weights: Numbers, stability: Stability) -> pd.DataFrame:
    """Rank the schools of one group and year, and try their ranks on other weights.

    Parameters
    ----------
    points
        Shape (schools, indicators), every school with a score.

    Returns
    -------
    DataFrame
        In the order of `points`: rank; stays_pct, share of the draws in which the rank is the
        very same; rank_low and rank_high, between which it lies in `interval_pct` of them.

    Examples
    --------
    Two schools that are each better in one indicator of nearly equal weight change places often,
    the third is last however the weights are set.

    >>> points = np.array([[90.0, 50.0], [50.0, 89.0], [10.0, 10.0]])
    >>> ranks = rank_group(points, np.array([50.0, 50.0]), Stability(10, 2000, 1, 90))
    >>> ranks["rank"].tolist(), bool(ranks["stays_pct"][0] < 70), float(ranks["stays_pct"][2])
    ([1, 2, 3], True, 100.0)
    """
    scores, _ = weigh_points(points, weights)
    rank = rank_scores(scores)
    tried = rank_scores(weigh_points(points, draw_weights(weights, stability))[0])
    tail = (100 - stability.interval_pct) / 2
    return pd.DataFrame(
        {
            "rank": rank,
            "stays_pct": 100.0 * (tried == rank).mean(axis=0),
            # Ranks that were reached, not values between two of them.
            "rank_low": np.percentile(tried, tail, axis=0, method="lower").astype(np.int64),
            "rank_high": np.percentile(tried, 100 - tail, axis=0, method="higher").astype(np.int64),
        }
    )


def rank_schools(
    points: pd.DataFrame, scores: pd.DataFrame, kinds: pd.Series, scheme: Scheme
) -> pd.DataFrame:
    """Rank the schools of every group and year among each other.

    Schools without a score of the whole, or of a kind that no group names, are not ranked.

    Parameters
    ----------
    points
        Index (school_id, year).
    scores
        Of :func:`catchments.appraisal.scoring.score_schools`, the rows of the whole.
    kinds
        Kind by school_id.

    Returns
    -------
    DataFrame
        school_id, year, school_group, ranked (how many share the ranking), rank, stays_pct,
        rank_low, rank_high; by group, year and rank.
    """
    told = scores.dropna(subset=["score"])[["school_id", "year"]]
    told = told.assign(school_group=told["school_id"].map(kinds).map(scheme.find_group))
    parts = []
    for _, part in told.dropna(subset=["school_group"]).groupby(["school_group", "year"]):
        mine = points.loc[pd.MultiIndex.from_frame(part[["school_id", "year"]])]
        ranks = rank_group(mine.to_numpy(np.float64), scheme.weights, scheme.stability)
        ranks.index = part.index
        parts.append(pd.concat([part.assign(ranked=len(part)), ranks], axis=1))
    columns = ["school_id", "year", "school_group", "ranked"]
    columns += ["rank", "stays_pct", "rank_low", "rank_high"]
    if not parts:
        return pd.DataFrame(columns=columns)
    order = ["school_group", "year", "rank", "school_id"]
    return pd.concat(parts)[columns].sort_values(order, ignore_index=True)
