"""What can be told of the school network: sums, density, sites, growth. Pure."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.network_rules import Network
from scenarios.resource_distribution.analysis import FAILED, MET, MISSING

PER_RESIDENTS = 10_000


def sum_groups(groups: pd.DataFrame, *, by: list[str]) -> pd.DataFrame:
    """Sum schools, seats and pupils by the columns `by`, groups without a value included.

    Parameters
    ----------
    groups
        As ``queries/school_groups.sql`` returns it: the columns `by`, public (bool), schools,
        seats, pupils.

    Returns
    -------
    DataFrame
        `by`, schools, public_schools, private_schools, seats, pupils; the schools of all rows
        are those of `groups`.

    Examples
    --------
    >>> groups = pd.DataFrame({"kind": ["primary", "primary"], "public": [True, False],
    ...     "schools": [3, 1], "seats": [900, 200], "pupils": [850, 190]})
    >>> sum_groups(groups, by=["kind"]).values.tolist()
    [['primary', 4, 3, 1, 1100, 1040]]
    """
    public = groups["public"].astype(bool)
    counted = groups.assign(
        public_schools=groups["schools"].where(public, 0),
        private_schools=groups["schools"].where(~public, 0),
    )
    columns = ["schools", "public_schools", "private_schools", "seats", "pupils"]
    return counted.groupby(by, dropna=False, as_index=False, sort=False)[columns].sum()


def measure_density(sums: pd.DataFrame) -> pd.DataFrame:
    """Set schools and seats against the residents of the same ground.

    Parameters
    ----------
    sums
        schools, seats, residents (missing where nobody is counted).

    Returns
    -------
    DataFrame
        `sums` with schools_per_10k and seats_per_10k residents; missing without residents.

    Examples
    --------
    >>> sums = pd.DataFrame({"schools": [3], "seats": [900], "residents": [20_000.0]})
    >>> measure_density(sums)[["schools_per_10k", "seats_per_10k"]].values.tolist()
    [[1.5, 450.0]]
    """
    residents = sums["residents"].astype(np.float64)
    share = PER_RESIDENTS / residents.where(residents > 0)
    return sums.assign(schools_per_10k=sums["schools"] * share, seats_per_10k=sums["seats"] * share)


def measure_sites(sites: pd.DataFrame, rules: Network) -> pd.DataFrame:
    """Set site and floor area of each school, per pupil, against the norms of the profile.

    A value at the norm is met. A school without pupils has no value per pupil; one without a
    norm for its kind has no state.

    Parameters
    ----------
    sites
        kind, pupils, classes, site_area_m2, building_area_m2 (missing where unknown).

    Returns
    -------
    DataFrame
        `sites` with, for site and building: site_m2_per_pupil, site_norm_m2, site_state (met,
        failed, missing; None without a norm).

    Examples
    --------
    400 pupils in 10 classes on 8,000 m²: 20 m² each where 22 are the norm.

    >>> from catchments.network_rules import SiteNorm
    >>> rules = Network(norms=[SiteNorm(kinds=["primary"], up_to_classes=12, site_m2=22)])
    >>> sites = pd.DataFrame({"kind": ["primary"], "pupils": [400], "classes": [10],
    ...     "site_area_m2": [8000.0], "building_area_m2": [None]})
    >>> measure_sites(sites, rules)[["site_m2_per_pupil", "site_state"]].values.tolist()
    [[20.0, 'failed']]
    """
    pupils = sites["pupils"].astype("Float64").to_numpy(np.float64, na_value=np.nan)
    pupils = np.where(pupils > 0, pupils, np.nan)
    classes = sites["classes"].astype("Float64").fillna(0)
    found = [rules.find_norm(*one) for one in zip(sites["kind"], classes, strict=True)]
    measured = sites
    for what in ("site", "building"):
        area_m2 = sites[f"{what}_area_m2"].astype("Float64").to_numpy(np.float64, na_value=np.nan)
        norms = [getattr(norm, f"{what}_m2") if norm else None for norm in found]
        norm_m2 = np.array(norms, dtype=np.float64)
        value = area_m2 / pupils
        told = {"m2_per_pupil": value, "norm_m2": norm_m2, "state": _rate(value, norm_m2)}
        columns = pd.DataFrame(told, index=sites.index).add_prefix(f"{what}_")
        measured = pd.concat([measured, columns], axis=1)
    return measured


def _rate(value: NDArray[np.float64], norm: NDArray[np.float64]) -> list[str | None]:
    # 1e-9: a value that is the norm itself must not fail by its last binary digit
    states = np.select([np.isnan(value), value >= norm - 1e-9], [MISSING, MET], FAILED)
    return [
        None if lacks else str(state) for lacks, state in zip(np.isnan(norm), states, strict=True)
    ]


def sum_sites(measured: pd.DataFrame) -> pd.DataFrame:
    """Count by kind how many schools keep the norms of site and building, and the middle values.

    Parameters
    ----------
    measured
        As :func:`measure_sites` returns it.

    Returns
    -------
    DataFrame
        kind, schools, site_median_m2, site_known, site_met, building_median_m2, building_known,
        building_met; kinds without any norm are left out. Known are those with a value.
    """
    rows = []
    for kind, part in measured.groupby("kind", sort=False):
        if part[["site_state", "building_state"]].isna().all(axis=None):
            continue
        row: dict[str, object] = {"kind": kind, "schools": len(part)}
        for what in ("site", "building"):
            states = part[f"{what}_state"]
            row[f"{what}_median_m2"] = part[f"{what}_m2_per_pupil"].median()
            row[f"{what}_known"] = int(states.isin([MET, FAILED]).sum())
            row[f"{what}_met"] = int((states == MET).sum())
        rows.append(row)
    columns = ["kind", "schools"]
    for what in ("site", "building"):
        columns += [f"{what}_median_m2", f"{what}_known", f"{what}_met"]
    return pd.DataFrame(rows, columns=columns)


def sum_growth(growth: pd.DataFrame) -> pd.DataFrame:
    """Sum schools, seats and pupils of all kinds by year.

    Parameters
    ----------
    growth
        As ``queries/network_growth.sql`` returns it: year, kind, schools, seats, pupils; seats
        and pupils missing where none are known.

    Returns
    -------
    DataFrame
        year, schools, seats, pupils; missing in a year in which nobody stated any.

    Examples
    --------
    >>> growth = pd.DataFrame({"year": [2025, 2025], "kind": ["primary", "junior"],
    ...     "schools": [3, 1], "seats": [None, None], "pupils": [900.0, None]})
    >>> sum_growth(growth).values.tolist()
    [[2025.0, 4.0, nan, 900.0]]
    """
    numbers = growth.astype({"seats": np.float64, "pupils": np.float64})
    sums = numbers.groupby("year")
    return pd.DataFrame(
        {
            "schools": sums["schools"].sum(),
            "seats": sums["seats"].sum(min_count=1),
            "pupils": sums["pupils"].sum(min_count=1),
        }
    ).reset_index()
