"""Everything that is told of the school network of a district: read once, for panel and paper."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from catchments.profile import Profile
from catchments.walking_bands import count_beyond, list_within
from gis.database import read_table
from scenarios.district import District
from scenarios.school_network.analysis import (
    measure_density,
    measure_sites,
    sum_groups,
    sum_growth,
)

_PLACE = ["subdistrict_id", "subdistrict_code", "subdistrict_name_zh", "subdistrict_name_en"]


@dataclass(frozen=True, eq=False)
class SchoolNetwork:
    """The network of one year.

    Parameters
    ----------
    groups
        Of ``queries/school_groups.sql``.
    places
        subdistrict_id, its code and names, urban, residents.
    kinds
        kind, schools, public_schools, private_schools, seats, pupils, residents (of the
        district), schools_per_10k, seats_per_10k.
    subdistricts
        The same by subdistrict, with its names.
    bands
        Of ``queries/network_bands.sql``: walks to the schools of the profile's sector.
    sites
        Schools with area per pupil, norm and state.
    growth
        year, schools, seats, pupils.
    run_id
        Run that measured the walks; nothing where they are not measured.
    """

    year: int
    pupil_year: int | None
    groups: pd.DataFrame
    places: pd.DataFrame
    kinds: pd.DataFrame
    subdistricts: pd.DataFrame
    bands: pd.DataFrame
    sites: pd.DataFrame
    growth: pd.DataFrame
    run_id: int | None
    profile: Profile

    @cached_property
    def within(self) -> pd.DataFrame:
        """Residents and children of the district by stage and longest walk, with their shares.

        Columns stage, within_m (missing: everybody), residents, residents_pct, children,
        children_pct; small counts of children are missing.
        """
        return _list_within(self.bands, self.profile)

    @cached_property
    def white_spots(self) -> pd.DataFrame:
        """Children beyond the radius by stage and subdistrict.

        Columns stage, radius_m, subdistrict_code (missing: the district), children,
        beyond_children, beyond_pct; missing where few.
        """
        return _count_white_spots(self.bands, self.profile)

    @property
    def residents(self) -> float | None:
        """Residents of all subdistricts; nothing where nobody is counted."""
        return None if self.places["residents"].isna().all() else self.places["residents"].sum()


def read_network(
    connection: Connection,
    district: District,
    groups: pd.DataFrame,
    *,
    year: int,
    pupil_year: int | None,
) -> SchoolNetwork:
    """Read and measure what is told of the network; small counts of children are hidden.

    Parameters
    ----------
    groups
        As :func:`scenarios.school_network.panel.read_groups` returns them, of `year`.
    """
    profile, mine = district.profile, {"district_id": district.id}
    places = read_table(connection, "network_places", **mine)
    places = places.astype({"subdistrict_id": "Int64", "residents": np.float64})
    bands = read_table(connection, "network_bands", **mine)
    chosen = bands[bands["sector"] == profile.network.white_spots_to]
    sites = read_table(
        connection, "network_sites", **mine, pupil_year=pupil_year, day=f"{year}-09-01"
    )
    total = places["residents"].sum(min_count=1)
    by_place = sum_groups(groups, by=_PLACE).dropna(subset=["subdistrict_id"])
    by_place = by_place.drop(columns=_PLACE[1:]).astype({"subdistrict_id": "Int64"})
    by_place = by_place.merge(places, on="subdistrict_id", how="right")
    numbers = ["schools", "public_schools", "private_schools", "seats", "pupils"]
    by_place[numbers] = by_place[numbers].fillna(0).astype(int)
    return SchoolNetwork(
        year=year,
        pupil_year=pupil_year,
        groups=groups,
        places=places,
        kinds=measure_density(sum_groups(groups, by=["kind"]).assign(residents=total)),
        subdistricts=measure_density(by_place),
        bands=chosen,
        sites=measure_sites(sites, profile.network),
        growth=sum_growth(read_table(connection, "network_growth", **mine)),
        run_id=None if bands.empty else int(bands["run_id"].iloc[0]),
        profile=profile,
    )


def _list_within(bands: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    parts = [
        list_within(part, minimum=profile.minimum_cell).assign(stage=stage)
        for stage, part in bands.groupby("stage", sort=False)
    ]
    columns = ["stage", "within_m", "residents", "residents_pct", "children", "children_pct"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _count_white_spots(bands: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    """Count those beyond the radius of every stage that has one and catchments."""
    parts = []
    for stage in profile.stages:
        mine = bands[bands["stage"] == stage.code]
        if stage.radius_m is None or not stage.catchments or mine.empty:
            continue
        counted = count_beyond(
            mine, by="subdistrict_code", radius_m=stage.radius_m, minimum=profile.minimum_cell
        )
        parts.append(counted.assign(stage=stage.code, radius_m=stage.radius_m))
    columns = ["stage", "radius_m", "subdistrict_code"]
    columns += ["children", "beyond_children", "beyond_pct"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
