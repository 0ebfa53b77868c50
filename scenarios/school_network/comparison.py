"""Two subdistricts side by side: the same measures of both. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from gis.errors import UsageError
from layers.language import is_missing
from scenarios.resource_distribution.analysis import FAILED, MET
from scenarios.school_network.network import SchoolNetwork


@dataclass(frozen=True)
class Measure:
    """One measure of a place.

    Parameters
    ----------
    code
        What is measured: residents, schools, private_schools, seats, pupils, schools_per_10k,
        seats_per_10k, kind (schools of it), white_spot_pct, site_met_pct or building_met_pct.
    of
        Kind of school, or stage, that it is about.
    """

    code: str
    of: str
    value: float | None


_COUNTED = ("residents", "schools", "private_schools", "seats", "pupils")
_DENSE = ("schools_per_10k", "seats_per_10k")


def find_place(network: SchoolNetwork, word: str) -> pd.Series:
    """Return the subdistrict of that code or name.

    Raises
    ------
    UsageError
        When there is none; names those there are.
    """
    places = network.subdistricts
    columns = ["subdistrict_code", "subdistrict_name_zh", "subdistrict_name_en"]
    found = places[(places[columns] == word).any(axis=1)]
    if found.empty:
        known = ", ".join(
            f"{code} {name}"
            for code, name in zip(
                places["subdistrict_code"], places["subdistrict_name_zh"], strict=True
            )
        )
        raise UsageError(
            f"There is no subdistrict '{word}'.",
            mend=f"Use one of {known}." if known else "Load subdistricts first.",
        )
    return found.iloc[0]


def measure_place(network: SchoolNetwork, place: pd.Series, kinds: list[str]) -> list[Measure]:
    """Measure one subdistrict.

    Parameters
    ----------
    place
        Of :func:`find_place`.
    kinds
        Kinds of school in the order in which they are told.
    """
    code = place["subdistrict_code"]
    here = network.groups[network.groups["subdistrict_code"] == code]
    by_kind = here.groupby("kind")["schools"].sum()
    measures = [Measure(name, "", _read(place[name])) for name in (*_COUNTED, *_DENSE)]
    present = set(network.groups["kind"])
    measures += [
        Measure("kind", kind, float(by_kind.get(kind, 0))) for kind in kinds if kind in present
    ]
    spots = network.white_spots[network.white_spots["subdistrict_code"] == code]
    measures += [
        Measure("white_spot_pct", stage, _read(share))
        for stage, share in zip(spots["stage"], spots["beyond_pct"], strict=True)
    ]
    sites = network.sites[network.sites["subdistrict_code"] == code]
    measures += [Measure(f"{what}_met_pct", "", _share_met(sites, what)) for what in _AREAS]
    return measures


def compare_places(
    network: SchoolNetwork, first: pd.Series, second: pd.Series, kinds: list[str]
) -> pd.DataFrame:
    """Set the same measures of two subdistricts side by side.

    Returns
    -------
    DataFrame
        measure, of (kind or stage; empty), first, second, difference (second less first; missing
        where either is not known).
    """
    left, right = (measure_place(network, place, kinds) for place in (first, second))
    rows = pd.DataFrame(
        [(one.code, one.of, one.value) for one in left], columns=["measure", "of", "first"]
    )
    other = pd.DataFrame(
        [(one.code, one.of, one.value) for one in right], columns=["measure", "of", "second"]
    )
    joined = rows.merge(other, on=["measure", "of"], how="left")
    numbers = joined.astype({"first": float, "second": float})
    return numbers.assign(difference=numbers["second"] - numbers["first"])


_AREAS = ("site", "building")


def _share_met(sites: pd.DataFrame, what: str) -> float | None:
    known = sites[sites[f"{what}_state"].isin([MET, FAILED])]
    return None if known.empty else float(100.0 * (known[f"{what}_state"] == MET).mean())


def _read(value: object) -> float | None:
    return None if is_missing(value) else float(value)  # type: ignore[arg-type]
