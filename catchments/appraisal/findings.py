"""What the points say of a school: against its peers, and against the year before. Pure."""

from __future__ import annotations

import numpy as np
import pandas as pd

from catchments.appraisal.scheme import Scheme, Thresholds

STRENGTH, WEAKNESS = "strength", "weakness"
ROSE, FELL, STEADY = "rose", "fell", "steady"


def compare_peers(scores: pd.DataFrame, peers: pd.DataFrame) -> pd.DataFrame:
    """Set each score beside the middle one of the peers in the same part or indicator and year.

    Parameters
    ----------
    scores
        school_id, year, part, score.
    peers
        school_id, peer_id.

    Returns
    -------
    DataFrame
        `scores` with peers_median, peers (how many have a score) and above_points; missing where
        no peer has a score.

    Examples
    --------
    >>> scores = pd.DataFrame({"school_id": [1, 2, 3], "year": 2025, "part": "pupils",
    ...     "score": [50.0, 80.0, 70.0]})
    >>> peers = pd.DataFrame({"school_id": [1, 1], "peer_id": [2, 3]})
    >>> compare_peers(scores, peers)[["peers_median", "above_points"]].iloc[0].tolist()
    [75.0, -25.0]
    """
    theirs = peers[["school_id", "peer_id"]].merge(
        scores.rename(columns={"school_id": "peer_id"}), on="peer_id"
    )
    middle = (
        theirs.dropna(subset=["score"])
        .groupby(["school_id", "year", "part"])["score"]
        .agg(peers_median="median", peers="size")
        .reset_index()
    )
    set_beside = scores.merge(middle, on=["school_id", "year", "part"], how="left")
    return set_beside.assign(
        peers=set_beside["peers"].fillna(0).astype(int),
        above_points=set_beside["score"] - set_beside["peers_median"],
    )


def find_strengths(compared: pd.DataFrame, scheme: Scheme) -> pd.DataFrame:
    """Find the indicators in which a school stands out from its peers, for good or ill.

    An indicator is a strength from `strength_points` above the middle of the peers, a weakness
    from `weakness_points` below; at most `most` of each are told of a school and year, those
    that matter most to the score first (points apart × weight).

    Parameters
    ----------
    compared
        Of :func:`compare_peers`, `part` holding indicators.

    Returns
    -------
    DataFrame
        school_id, year, finding (strength or weakness), part, score, peers_median, above_points.
    """
    rule = scheme.thresholds
    weight = {one.code: one.weight for one in scheme.indicators}
    told = compared.dropna(subset=["above_points"])
    # 1e-9: a difference that is the threshold itself counts
    finding = np.select(
        [
            told["above_points"] >= rule.strength_points - 1e-9,
            told["above_points"] <= -rule.weakness_points + 1e-9,
        ],
        [STRENGTH, WEAKNESS],
        "",
    )
    told = told.assign(
        finding=finding, matters=told["above_points"].abs() * told["part"].map(weight)
    )
    told = told[told["finding"] != ""].sort_values(
        ["school_id", "year", "finding", "matters", "part"],
        ascending=[True, True, True, False, True],
    )
    first = told.groupby(["school_id", "year", "finding"]).head(rule.most)
    columns = ["school_id", "year", "finding", "part", "score", "peers_median", "above_points"]
    return first[columns].reset_index(drop=True)


def measure_changes(scores: pd.DataFrame, rule: Thresholds) -> pd.DataFrame:
    """Set each score against that of the year before.

    Parameters
    ----------
    scores
        school_id, year, part, score.

    Returns
    -------
    DataFrame
        `scores` with before, change_points and course (rose, fell or steady, by `change_points`
        of the rule; empty where either year has no score).

    Examples
    --------
    >>> scores = pd.DataFrame({"school_id": 1, "year": [2024, 2025], "part": "whole",
    ...     "score": [60.0, 66.0]})
    >>> measure_changes(scores, Thresholds(10, 10, 5, 3))["course"].tolist()
    ['', 'rose']
    """
    keys = ["school_id", "year", "part"]
    former = scores[[*keys, "score"]].rename(columns={"score": "before"})
    former = former.assign(year=former["year"] + 1)
    joined = scores.merge(former, on=keys, how="left")
    change = (joined["score"] - joined["before"]).to_numpy(np.float64)
    course = np.select(
        [
            np.isnan(change),
            change >= rule.change_points - 1e-9,
            change <= -rule.change_points + 1e-9,
        ],
        ["", ROSE, FELL],
        STEADY,
    )
    return joined.assign(change_points=change, course=course)
