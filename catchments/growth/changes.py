"""Who rose and who fell between two school years, and whether that is more than chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

UP, DOWN, WITHIN = "up", "down", "within"


def pair_years(rated: pd.DataFrame, before: int, year: int) -> pd.DataFrame:
    """Set the levels of two school years side by side, for who is rated in both.

    Parameters
    ----------
    rated
        pupil_id, year, domain, level (-1 unrated) and columns of the pupil.

    Returns
    -------
    DataFrame
        Rows of the newer year with level_before.
    """
    keys = ["pupil_id", "domain"]
    rated = rated[rated["level"] >= 0]
    old = rated.loc[rated["year"] == before, [*keys, "level"]]
    return rated[rated["year"] == year].merge(
        old.rename(columns={"level": "level_before"}), on=keys
    )


def measure_changes(
    pairs: pd.DataFrame,
    by: list[str],
    *,
    interval_pct: float,
    false_discovery_pct: float,
    least_pupils: int,
) -> pd.DataFrame:
    """Measure by group how many more pupils rose than fell, in per cent of its pupils.

    The interval is that of Agresti and Min, half a pupil added to each of four cells, which keeps
    its promise for small groups; the chance is the exact test of McNemar (rises among all who
    changed against one half), adjusted over the groups by Benjamini and Hochberg.

    SOURCE: Agresti and Min (2005), Statistics in Medicine 24, 729–740; McNemar (1947),
    Psychometrika 12, 153–157; Benjamini and Hochberg (1995).

    Parameters
    ----------
    pairs
        level and level_before, one row a pupil and domain.
    least_pupils
        Smaller groups are left out.

    Returns
    -------
    DataFrame
        The columns of `by`, pupils, net_pct, net_low_pct, net_high_pct, chance, state: up, down or
        within (what chance alone brings).

    Examples
    --------
    Of 40 pupils 14 rose and 4 fell: (14 − 4) / 40 = 25 %.

    >>> pairs = pd.DataFrame({"level_before": [1] * 40, "level": [2] * 14 + [0] * 4 + [1] * 22,
    ...     "stage": "primary"})
    >>> told = measure_changes(pairs, ["stage"], interval_pct=95, false_discovery_pct=5,
    ...     least_pupils=10)
    >>> told.round(3)[["pupils", "net_pct", "chance", "state"]].values.tolist()
    [[40, 25.0, 0.031, 'up']]
    """
    counted = pairs.assign(
        rose=pairs["level"] > pairs["level_before"], fell=pairs["level"] < pairs["level_before"]
    )
    table = counted.groupby(by, as_index=False, dropna=False).agg(
        pupils=("level", "size"), rose=("rose", "sum"), fell=("fell", "sum")
    )
    table = table[table["pupils"] >= max(least_pupils, 1)].reset_index(drop=True)
    rose, fell = table.pop("rose").to_numpy(int), table.pop("fell").to_numpy(int)
    number = table["pupils"].to_numpy(np.float64)
    low, high = _bound_difference(rose, fell, number, interval_pct)
    changed = rose + fell
    chance = np.minimum(2 * stats.binom.cdf(np.minimum(rose, fell), changed, 0.5), 1.0)
    adjusted = stats.false_discovery_control(chance) if len(chance) else chance
    found = adjusted <= false_discovery_pct / 100
    return table.assign(
        net_pct=100 * (rose - fell) / number,
        net_low_pct=100 * low,
        net_high_pct=100 * high,
        chance=adjusted,
        state=np.select([found & (rose > fell), found & (rose < fell)], [UP, DOWN], WITHIN),
    )


def _bound_difference(
    rose: np.ndarray, fell: np.ndarray, number: np.ndarray, interval_pct: float
) -> tuple[np.ndarray, np.ndarray]:
    """Bound the difference of two shares of the same pupils, −1 to 1."""
    total = number + 2
    difference = (rose - fell) / total
    spread = np.sqrt(rose + fell + 1 - (rose - fell) ** 2 / total) / total
    half = stats.norm.ppf(0.5 + interval_pct / 200) * spread
    return np.maximum(difference - half, -1.0), np.minimum(difference + half, 1.0)
