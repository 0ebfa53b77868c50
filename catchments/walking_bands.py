"""People by how far they walk to the nearest school. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from catchments.disclosure import suppress_table

PEOPLE = ("residents", "children")


def count_bands(
    homes: pd.DataFrame, walk_m: ArrayLike, limits_m: Sequence[float], *, by: str
) -> pd.DataFrame:
    """Count people by the band in which their walk lies; a walk of a limit lies within it.

    Whom no way leads to a school lies in the last band, farther than all.

    Parameters
    ----------
    homes
        `by`, residents, children: parts of people allowed; shape (n,).
    walk_m
        To the nearest school, NaN where there is no way, shape (n,).
    limits_m
        Rising.

    Returns
    -------
    DataFrame
        `by`, band (from 0), up_to_m (missing in the last), residents, children; a row for each
        value of `by` and band, so that the bands of each sum to its people.

    Examples
    --------
    >>> homes = pd.DataFrame({"town": "a", "residents": [30.0, 10.0, 5.0],
    ...     "children": [2.0, 1.0, 0.0]})
    >>> count_bands(homes, [500, 501, np.nan], [300, 500], by="town")["residents"].tolist()
    [0.0, 30.0, 15.0]
    """
    walks = np.asarray(walk_m, dtype=np.float64)
    band = np.searchsorted(np.asarray(limits_m, dtype=np.float64), walks, side="left")
    band = np.where(np.isnan(walks), len(limits_m), band)
    sums = homes.assign(band=band).groupby([by, "band"])[list(PEOPLE)].sum()
    every = pd.MultiIndex.from_product(
        [sorted(homes[by].unique()), range(len(limits_m) + 1)], names=[by, "band"]
    )
    counted = sums.reindex(every, fill_value=0.0).reset_index()
    return counted.assign(up_to_m=counted["band"].map(dict(enumerate(limits_m))))[
        [by, "band", "up_to_m", *PEOPLE]
    ]


def list_within(bands: pd.DataFrame, *, by: str, minimum: int) -> pd.DataFrame:
    """Add the bands up to "within so many metres" for each place and for all together.

    Counts under `minimum` are hidden, and what would give them away through the sum of a place
    or of a band (:func:`catchments.disclosure.suppress_table`). A sum over bands is told where
    all hidden bands lie on the same side of it.

    Parameters
    ----------
    bands
        Of one stage and sector, as :func:`count_bands` returns them.

    Returns
    -------
    DataFrame
        `by` (missing: all together), within_m (missing: everybody), residents, children as Int64,
        missing where hidden, and their shares residents_pct, children_pct of everybody.
    """
    whole = bands.groupby(["band", "up_to_m"], dropna=False, as_index=False)[list(PEOPLE)].sum()
    told = pd.concat([bands, whole.assign(**{by: None})], ignore_index=True)
    parts = []
    for people in PEOPLE:
        counts = bands[people].round().astype(int)
        hidden = suppress_table(counts, bands[by], bands["band"], minimum=minimum).isna()
        total = whole[people].round().astype(int)
        small = ((total > 0) & (total < minimum)).to_numpy()
        parts.append(
            _sum_up(told[[by, "band", "up_to_m", people]], [*hidden, *small], by=by, people=people)
        )
    keys = [by, "within_m"]
    return parts[0].merge(parts[1], on=keys, how="outer", sort=False)


def _sum_up(bands: pd.DataFrame, hidden: list[bool], *, by: str, people: str) -> pd.DataFrame:
    """Sum the bands of each place from the nearest outward; hide what hidden bands hold back."""
    rows = bands.assign(hidden=np.asarray(hidden, dtype=int)).sort_values(
        [by, "band"], na_position="last", kind="stable"
    )
    places = rows.groupby(by, dropna=False, sort=False)
    total = places[people].transform("sum")
    inside, all_hidden = places["hidden"].cumsum(), places["hidden"].transform("sum")
    within = places[people].cumsum()
    is_told = (inside == 0) | (inside == all_hidden)
    share = (100.0 * within / total.where(total > 0)).where(is_told)
    return pd.DataFrame(
        {
            by: rows[by],
            "within_m": rows["up_to_m"],
            people: within.round().astype("Int64").where(is_told),
            f"{people}_pct": share,
        }
    )
