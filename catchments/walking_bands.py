"""People by how far they walk to the nearest school. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from catchments.disclosure import suppress_cells, suppress_table

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


def list_within(bands: pd.DataFrame, *, minimum: int) -> pd.DataFrame:
    """Add the bands of all places up to "within so many metres".

    Counts under `minimum` are hidden with the next smallest band of them
    (:func:`catchments.disclosure.suppress_cells`); a sum over bands is told where all hidden
    bands lie on the same side of it.

    Parameters
    ----------
    bands
        Of one stage and sector, as :func:`count_bands` returns them.

    Returns
    -------
    DataFrame
        within_m (missing: everybody), residents, children as Int64, missing where hidden, and
        their shares residents_pct, children_pct of everybody.

    Examples
    --------
    >>> bands = pd.DataFrame({"band": [0, 1, 2], "up_to_m": [300.0, 500.0, None],
    ...     "residents": [10, 30, 60], "children": [0, 3, 17]})
    >>> list_within(bands, minimum=5)[["within_m", "residents_pct", "children"]].values.tolist()
    [[300.0, 10.0, 0], [500.0, 40.0, <NA>], [nan, 100.0, 20]]
    """
    band = bands["band"].to_numpy(np.int64)
    limits = bands.drop_duplicates("band").sort_values("band")["up_to_m"]
    told: dict[str, object] = {"within_m": limits.to_numpy(np.float64, na_value=np.nan)}
    one_group = pd.Series(0, index=range(len(limits)))
    for people in PEOPLE:
        whole = np.bincount(band, bands[people].to_numpy(np.float64))
        counts = pd.Series(np.rint(whole).astype(np.int64))
        hidden = suppress_cells(counts, one_group, minimum=minimum).isna().to_numpy()
        inside = hidden.cumsum()
        is_hidden = (inside > 0) & (inside < hidden.sum())
        within = whole.cumsum()
        share = 100.0 * within / within[-1] if within[-1] > 0 else within * np.nan
        told[people] = pd.array(np.rint(within).astype(np.int64), dtype="Int64")
        told[people][is_hidden] = pd.NA  # type: ignore[index]
        told[f"{people}_pct"] = np.where(is_hidden, np.nan, share)
    return pd.DataFrame(told)


def count_beyond(bands: pd.DataFrame, *, by: str, radius_m: float, minimum: int) -> pd.DataFrame:
    """Count the children whom no school serves within the radius, place by place.

    Parameters
    ----------
    bands
        Of one stage and sector, as :func:`count_bands` returns them; the radius is one of their
        limits.

    Returns
    -------
    DataFrame
        `by` (missing: all together), children, beyond_children, beyond_pct. Missing where those
        beyond or those within are few, or would tell of a few elsewhere
        (:func:`catchments.disclosure.suppress_table`: the sums of places are public).

    Examples
    --------
    >>> bands = pd.DataFrame({"town": list("aabb"), "band": [0, 1, 0, 1],
    ...     "up_to_m": [500, None, 500, None], "children": [30, 10, 20, 40]})
    >>> count_beyond(bands, by="town", radius_m=500, minimum=5).values.tolist()
    [['a', 40, 10, 25.0], ['b', 60, 40, 66.66666666666667], [nan, 100, 50, 50.0]]
    """
    place, places = pd.factorize(bands[by], sort=True)
    is_beyond = ~(bands["up_to_m"].to_numpy(np.float64, na_value=np.nan) <= radius_m)
    cell = 2 * place + is_beyond  # within and beyond, place by place
    number = np.bincount(cell, bands["children"].to_numpy(np.float64), minlength=2 * len(places))
    by_place = np.rint(number).astype(np.int64).reshape(-1, 2)
    hidden = suppress_table(by_place, minimum=minimum)
    children = by_place.sum(axis=1)
    beyond = pd.array(by_place[:, 1], dtype="Int64")
    beyond[hidden[:, 1]] = pd.NA
    is_few = (children > 0) & (children < minimum)
    whole = by_place.sum(axis=0)
    is_told = all(amount == 0 or amount >= minimum for amount in whole)
    counted = pd.DataFrame(
        {
            by: [*places, None],
            "children": pd.array([*children, whole.sum()], dtype="Int64"),
            "beyond_children": pd.array([*beyond, whole[1] if is_told else pd.NA], dtype="Int64"),
        }
    )
    counted.loc[[*is_few, False], ["children", "beyond_children"]] = pd.NA
    share = 100.0 * counted["beyond_children"] / counted["children"].replace(0, pd.NA)
    return counted.assign(beyond_pct=share.astype("Float64"))
