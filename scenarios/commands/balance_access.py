"""``onemap balance access``: how evenly seats lie within reach."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gis.access import Role
from gis.database import open_database, read_features
from gis.errors import RejectedDataError
from gis.settings import load_settings
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    StageOption,
    YearOption,
    print_json,
    print_table,
)
from scenarios.district import District, check_choice, find_district
from scenarios.records import list_records

_SHARES_PCT = (10, 50, 90)


def access(
    district: DistrictOption = None,
    stage: StageOption = None,
    year: YearOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell the seats within reach of a child in every planning unit, and its nearest school.

    Example: onemap balance access --stage primary --json.
    """
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.PLANNER) as connection:
        found = find_district(connection, district or settings.district)
        chosen_year = check_choice(found, stage=stage, year=year)
        asked = {"district_id": found.id, "stage": stage, "year": chosen_year}
        units = pd.DataFrame(
            read_features(connection, "export_accessibility", **asked).drop(columns="geom")
        )
    if units.empty:
        raise RejectedDataError(
            f"Access is not measured in {stage or 'any stage'} {chosen_year}.",
            mend="Set `accessibility.reach_m` of the stage in the profile and load again.",
        )
    spread = _measure_spread(units)
    if as_json:
        head = _describe(found, stage, chosen_year, int(units["run_id"].iloc[0]))
        units = units.drop(columns="run_id")
        print_json({**head, "stages": list_records(spread), "units": list_records(units)})
        return
    print_table(spread, title=f"{found.profile.code} {chosen_year}: seats per child, by unit")


def _describe(district: District, stage: str | None, year: int, run_id: int) -> dict[str, Any]:
    profile = district.profile
    return {
        "district": profile.code,
        "stage": stage,
        "year": year,
        "run": run_id,
        "data_date": profile.data_date,
        "synthetic": profile.synthetic,
        "decay": profile.accessibility.decay,
        "reach_m": profile.accessibility.reach_m,
    }


def _measure_spread(units: pd.DataFrame) -> pd.DataFrame:
    """Measure by stage how far units lie apart, and how many have no seat within reach."""
    rows = []
    for stage, part in units.groupby("stage", sort=False):
        seats = part["seats_per_child"].to_numpy(np.float64)
        shares = dict(
            zip(
                (f"seats_per_child_p{share}" for share in _SHARES_PCT),
                np.percentile(seats, _SHARES_PCT).round(3).tolist(),
                strict=True,
            )
        )
        rows.append(
            {"stage": stage, "units": len(part), "without_seats": int((seats == 0).sum()), **shares}
        )
    return pd.DataFrame(rows)
