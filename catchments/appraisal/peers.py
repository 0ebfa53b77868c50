"""Similar schools: those to whom a school may fairly be compared. Pure."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.appraisal.scheme import PeerRule

Numbers = NDArray[np.float64]


def find_peers(schools: pd.DataFrame, rule: PeerRule) -> pd.DataFrame:
    """Find for each school the `count` most similar ones of its group.

    ``d² = (size·Δs² + urban·Δu² + intake·Δm²) / (size + urban + intake)``, where s is the
    logarithm of the pupils and m the share of migrant children in the intake, both in standard
    deviations of the group, and Δu is 1 between town and country. A likeness that is unknown of
    one of the two is left out of both sums. Equal distances yield to the lower id.

    Parameters
    ----------
    schools
        school_id, school_group, pupils, urban (may be missing), migrant_pct (may be missing).

    Returns
    -------
    DataFrame
        school_id, peer_id, place (1 for the most similar), distance.

    Examples
    --------
    >>> schools = pd.DataFrame({"school_id": [1, 2, 3], "school_group": "primary",
    ...     "pupils": [400, 420, 1600], "urban": [True, True, False], "migrant_pct": [10, 12, 60]})
    >>> find_peers(schools, PeerRule(1, 1, 1, 1))[["school_id", "peer_id"]].values.tolist()
    [[1, 2], [2, 1], [3, 2]]
    """
    parts = [
        _find_in_group(part.sort_values("school_id"), rule)
        for _, part in schools.groupby("school_group")
    ]
    columns = ["school_id", "peer_id", "place", "distance"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _find_in_group(schools: pd.DataFrame, rule: PeerRule) -> pd.DataFrame:
    distance = _measure_distances(schools, rule)
    np.fill_diagonal(distance, np.inf)
    count = min(rule.count, len(schools) - 1)
    order = np.argsort(distance, axis=1, kind="stable")[:, :count]
    ids = schools["school_id"].to_numpy()
    return pd.DataFrame(
        {
            "school_id": np.repeat(ids, count),
            "peer_id": ids[order].ravel(),
            "place": np.tile(np.arange(1, count + 1), len(ids)),
            "distance": np.take_along_axis(distance, order, axis=1).ravel(),
        }
    )


def _measure_distances(schools: pd.DataFrame, rule: PeerRule) -> Numbers:
    """Measure the distance of each pair, shape (n, n)."""
    pupils = schools["pupils"].to_numpy(np.float64)
    likeness = (
        (_standardise(np.log(np.where(pupils > 0, pupils, np.nan))), rule.size),
        (schools["urban"].astype("Float64").to_numpy(np.float64, na_value=np.nan), rule.urban),
        (_standardise(schools["migrant_pct"].to_numpy(np.float64)), rule.intake),
    )
    total, weight = (np.zeros((len(schools), len(schools))) for _ in range(2))
    for values, weighs in likeness:
        apart = (values[:, None] - values[None, :]) ** 2
        is_known = np.isfinite(apart)
        total += np.where(is_known, weighs * np.nan_to_num(apart), 0.0)
        weight += np.where(is_known, weighs, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Of whom nothing is known nobody is near, but anybody nearer than nobody.
        return np.where(weight > 0, np.sqrt(total / weight), 1e6)


def _standardise(values: Numbers) -> Numbers:
    known = values[np.isfinite(values)]
    spread = known.std() if known.size else 0.0
    return (values - known.mean()) / spread if spread > 0 else values * 0.0
