"""What leaves the system for city GIS: layers with their run, plan and data date."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy import Connection

from catchments.disclosure import suppress_cells
from gis.database import read_features
from gis.errors import UsageError
from gis.runs import get_code_version
from scenarios.district import District, Plan
from scenarios.enrolment_warning.count import count_plan
from scenarios.school_network.draw import draw_catchments

LAYERS = ("catchments", "schools", "buildings", "children-counts", "accessibility")


@dataclass(frozen=True)
class Delivery:
    """One layer ready to be written: features in EPSG:4490 and what is to know about them."""

    layer: str
    features: gpd.GeoDataFrame
    metadata: dict[str, Any]

    @property
    def coverage_by(self) -> str | None:
        """Column whose values name coverages: areas of one stage share their borders."""
        return "stage" if "stage" in self.features else None


def read_delivery(
    connection: Connection,
    district: District,
    plan: Plan,
    *,
    layer: str,
    stage: str | None,
    year: int,
) -> Delivery:
    """Read one layer for delivery; counts of children below the district's cells are hidden.

    Raises
    ------
    UsageError
        When the layer is unknown or nothing of it exists for the choice.
    """
    if layer not in LAYERS:
        raise UsageError(f"There is no layer '{layer}'.", mend=f"Use one of {', '.join(LAYERS)}.")
    profile = district.profile
    draw_catchments(connection, district, plan)
    run_id = count_plan(connection, district, plan)
    features = read_features(
        connection,
        f"export_{layer.replace('-', '_')}",
        district_id=district.id,
        plan_id=plan.id,
        run_id=run_id,
        stage=stage,
        year=year,
        kinds=profile.get_stage(stage).kinds if stage else [],
    )
    if features.empty:
        raise UsageError(
            f"Layer {layer} of district {profile.code} is empty for this choice.",
            mend="Choose another stage or plan, or load the data first.",
        )
    if layer == "children-counts":
        features = _hide_small_cells(features, profile.minimum_cell)
    metadata = describe_delivery(
        district, layer=layer, plan=plan.code, stage=stage, year=year, run_id=run_id
    )
    return Delivery(layer, features, metadata)


def describe_delivery(district: District, *, layer: str, **chosen: Any) -> dict[str, Any]:
    """Return what is to know about a delivered layer; `chosen` says of what it is."""
    profile = district.profile
    return {
        "district": profile.code,
        "layer": layer,
        **chosen,
        "rule_version": profile.version,
        "code_version": get_code_version(),
        "data_date": profile.data_date.isoformat(),
        "exported_on": dt.datetime.now(dt.UTC).date().isoformat(),
        "source": profile.source,
        "licence": profile.licence,
        "synthetic": "模拟数据 synthetic" if profile.synthetic else "",
    }


def _hide_small_cells(features: gpd.GeoDataFrame, minimum: int) -> gpd.GeoDataFrame:
    """Hide small counts, and the parts of every count that is hidden."""
    group = features["stage"] + "/" + features["school_code"].fillna("")
    children = suppress_cells(features["children"], group, minimum=minimum)
    registered = suppress_cells(features["registered_children"], group, minimum=minimum)
    migrants = features["children"] - features["registered_children"]
    told = pd.Series(
        suppress_cells(migrants, group, minimum=minimum).notna() & children.notna(),
        index=features.index,
    )
    return features.assign(
        children=children,
        registered_children=registered.where(told),
        suppressed=children.isna() | registered.where(told).isna(),
    )
