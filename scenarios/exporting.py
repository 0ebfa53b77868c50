"""What leaves the system for city GIS: layers with their run, plan and data date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from sqlalchemy import Connection

from catchments.disclosure import suppress_cells
from gis.database import read_features, read_table
from gis.errors import UsageError
from gis.runs import get_code_version
from layers.language import load_language
from layers.qgis_style import build_style
from scenarios.district import District, Plan
from scenarios.enrolment_warning.count import count_plan
from scenarios.enrolment_warning.forecast.runs import MIDDLE, find_forecast, name_kind
from scenarios.project_monitoring.track import track_projects
from scenarios.resource_distribution.accessibility import update_accessibility
from scenarios.resource_distribution.assess import assess_balance
from scenarios.school_network.draw import draw_catchments
from scenarios.teacher_analysis.assess import find_teachers

_FORECAST = name_kind(MIDDLE)

FindRun = Callable[[Connection, District, Plan], int | None]


def _find_count(connection: Connection, district: District, plan: Plan) -> int:
    draw_catchments(connection, district, plan)
    return count_plan(connection, district, plan)


def _find_outlook(connection: Connection, district: District, plan: Plan) -> int | None:
    runs = find_forecast(connection, district, plan)
    return None if runs is None else runs.plan_id


# How the run of each kind is found, and computed where it is stale.
_FIND_RUN: dict[str, FindRun] = {
    "count": _find_count,
    _FORECAST: _find_outlook,
    "progress": lambda connection, district, _plan: track_projects(connection, district),
    "balance": lambda connection, district, _plan: assess_balance(connection, district),
    "accessibility": lambda connection, district, _plan: update_accessibility(connection, district),
    # Read as it is stored: computing it anew would read the register of teachers.
    "teachers": lambda connection, district, _plan: find_teachers(connection, district),
}


@dataclass(frozen=True)
class Source:
    """The kind of run a layer rests on, and the columns whose values name its coverages.

    A layer of places as they were loaded rests on no run.
    """

    run: str | None = None
    coverage_by: tuple[str, ...] = ()


LAYERS: dict[str, Source] = {
    "catchments": Source("count", ("stage",)),
    "schools": Source(),
    "buildings": Source(),
    "children-counts": Source("count", ("stage",)),
    "planning-units": Source(),
    "subdistricts": Source(),
    "warnings": Source("count", ("stage", "year")),
    "projects": Source("progress"),
    "project-buildings": Source("progress"),
    "balance": Source("balance"),
    "accessibility": Source("accessibility"),
    "teacher-posts": Source("teachers"),
    "forecasts": Source(_FORECAST, ("stage", "year")),
}


@dataclass(frozen=True)
class Delivery:
    """One layer ready to be written: features in EPSG:4490 and what is to know about them."""

    layer: str
    features: gpd.GeoDataFrame
    metadata: dict[str, Any]
    style: str

    @property
    def coverage_by(self) -> tuple[str, ...]:
        """Columns whose values name coverages: areas of one stage share their borders."""
        return LAYERS[self.layer].coverage_by


def read_delivery(
    connection: Connection,
    district: District,
    plan: Plan,
    *,
    layer: str,
    stage: str | None,
    year: int | None,
    since: dt.date | None = None,
) -> Delivery:
    """Read one layer for delivery; counts of children below the district's cells are hidden.

    Parameters
    ----------
    year
        Year of counts and seats, by default the one that the district shows first. Warnings and
        forecasts come for all their years unless one is given.
    since
        Only what was added, changed or ended on that day or later; see :func:`select_changes`.

    Raises
    ------
    UsageError
        When the layer is unknown or nothing of it exists for the choice.
    """
    check_layer(layer)
    profile = district.profile
    kind = LAYERS[layer].run
    run_id = None if kind is None else _FIND_RUN[kind](connection, district, plan)
    features = read_features(
        connection,
        f"export_{layer.replace('-', '_')}",
        district_id=district.id,
        plan_id=plan.id,
        run_id=run_id,
        stage=stage,
        year=year or profile.years.shown,
        asked_year=year,
        day=profile.data_date,
        kinds=profile.get_stage(stage).kinds if stage else [],
    )
    if features.empty:
        raise UsageError(
            f"Layer {layer} of district {profile.code} is empty for this choice.",
            mend="Choose another stage, year or plan, or load the data first.",
        )
    if layer == "children-counts":
        features = _hide_small_cells(features, profile.minimum_cell)
    if since is not None:
        features = select_changes(features, since)
        if features.empty:
            raise UsageError(
                f"Nothing of layer {layer} changed since {since}.", mend="Name an earlier day."
            )
    metadata = describe_delivery(
        district,
        layer=layer,
        plan=plan.code,
        stage=stage,
        year=year if "year" in LAYERS[layer].coverage_by else year or profile.years.shown,
        run_id=run_id,
        computed_at=_read_finished(connection, run_id),
        **({} if since is None else {"since": since.isoformat()}),
    )
    style = build_style(layer, profile, load_language("zh"))
    return Delivery(layer, features, metadata, style)


def check_layer(layer: str) -> None:
    """Refuse an unknown layer.

    Raises
    ------
    UsageError
        Names those there are.
    """
    if layer not in LAYERS:
        raise UsageError(f"There is no layer '{layer}'.", mend=f"Use one of {', '.join(LAYERS)}.")


def select_changes(features: gpd.GeoDataFrame, since: dt.date) -> gpd.GeoDataFrame:
    """Select what was added, changed or ended on a day or later, and say which.

    The last of these counts: what ended since is told as ended, else what began as added, else
    what was changed. Days of which nothing is known change nothing.

    Parameters
    ----------
    features
        Columns valid_from, valid_to and changed_on.

    Examples
    --------
    >>> day = dt.date(2026, 1, 1)
    >>> rows = gpd.GeoDataFrame({"code": ["a", "b", "c"], "valid_from": [day, None, None],
    ...     "valid_to": [None, None, None], "changed_on": [day, day, dt.date(2025, 1, 1)]})
    >>> select_changes(rows, day)[["code", "change"]].values.tolist()
    [['a', 'added'], ['b', 'changed']]
    """
    was = {
        name: (pd.to_datetime(features[name]) >= pd.Timestamp(since)).to_numpy()
        for name in ("valid_to", "valid_from", "changed_on")
    }
    change = np.select(list(was.values()), ["ended", "added", "changed"], "")
    return features.assign(change=change)[change != ""].reset_index(drop=True)


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
        "source": profile.source,
        "licence": profile.licence,
        "synthetic": "模拟数据 synthetic" if profile.synthetic else "",
    }


def _read_finished(connection: Connection, run_id: int | None) -> str | None:
    found = read_table(connection, "run_finished", run_id=run_id)
    return None if found.empty else found["finished_at"].iloc[0].isoformat()


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
