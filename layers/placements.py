"""Placement flows (统筹流向): arcs from the school of the zone to the school that admits."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pydeck
import shapely
from sqlalchemy import Connection

from catchments.admission.kinds import name_kind
from catchments.disclosure import suppress_cells
from gis.crs import STORE_SRID
from gis.database import read_table
from layers.drawing import OVER_ALL
from layers.features import collect_features
from layers.language import msgid
from layers.palette import get_palette, to_css
from layers.scene import Features, LegendEntry, MapLayer, Part, Request, Scene, Sheet
from layers.seated_share import parse_run

# Width of an arc grows with the root of its children: twice as wide is four times as many.
NARROWEST_PX, WIDEST_PX, PX_BY_ROOT = 1.5, 14.0, 1.4


def build_placements(scene: Scene) -> list[pydeck.Layer]:
    """Describe one arc a pair of schools, thin where it starts and strong where it ends.

    An officer's scene asks for every flow of the open run, any other for the newest run's without
    small cells.
    """
    color = get_palette(scene.theme).moved
    near, far = _fade(scene, [*color, 70]), _fade(scene, [*color, 235])
    return [
        pydeck.Layer(
            "ArcLayer",
            _get_address(scene),
            id="placements",
            get_source_position='geometry["coordinates"][0]',
            get_target_position='geometry["coordinates"][1]',
            get_source_color=near,
            get_target_color=far,
            get_width="properties.width_px",
            get_height=0.45,
            width_units="'pixels'",
            pickable=True,
            parameters=OVER_ALL,
        )
    ]


def _get_address(scene: Scene) -> str:
    if scene.run_id is None:
        return scene.get_address("placements", *_PARTS, ending="json")
    return scene.get_address("officer_placements", *_PARTS, ending="json", run=scene.run_id)


def _fade(scene: Scene, color: list[int]) -> list[int] | str:
    """Let the arcs step back that neither leave nor reach the selected school."""
    if scene.selected is None or scene.selected[0] not in ("school", "catchment"):
        return color
    id = scene.selected[1]
    faint = [*color[:3], 18]
    return f"properties.zone == {id} || properties.school == {id} ? {color} : {faint}"


def build_legend(scene: Scene) -> list[LegendEntry]:
    """Say which way an arc goes, what its width means, and what is hidden."""
    _, color = scene.language, to_css(get_palette(scene.theme).moved)
    entries = [
        LegendEntry(_("From pale to strong"), color, "line"),
        LegendEntry(_("Wider: more children"), "transparent", "line"),
    ]
    if scene.run_id is None:
        least = scene.profile.minimum_cell
        hidden = _("Under {least}: not drawn", least=least)
        entries.append(LegendEntry(hidden, "transparent", "line"))
    return entries


def read_placements(connection: Connection, scene: Scene, _request: Request) -> Features:
    """Read the flows of the newest run by the plan, small ones left out."""
    newest = read_table(
        connection,
        "admission_newest_by_plan",
        district_id=scene.district_id,
        kind=name_kind(scene.stage, scene.year),
        plan_id=scene.plan_id,
    )
    run_id = None if newest.empty else int(newest["id"].iloc[0])
    flows = _read_flows(connection, scene, run_id)
    # How many leave a zone may be known elsewhere: no flow may be what is left of them.
    told = suppress_cells(
        flows["children"], flows["zone_school_id"], minimum=scene.profile.minimum_cell
    )
    return _collect(flows[told.notna()].reset_index(drop=True), scene)


def read_officer_placements(connection: Connection, scene: Scene, request: Request) -> Features:
    """Read every flow of a run, for the officer who has it open.

    Raises
    ------
    UsageError
        When the address names no run.
    """
    return _collect(_read_flows(connection, scene, parse_run(request)), scene)


def _read_flows(connection: Connection, scene: Scene, run_id: int | None) -> pd.DataFrame:
    mine = {"run_id": run_id, "district_id": scene.district_id}
    flows = read_table(connection, "admission_flows", **mine)
    # A child whose dwelling is locked may be placed at the school of its own zone: no way to draw.
    return flows[flows["zone_school_id"] != flows["school_id"]].reset_index(drop=True)


def _collect(flows: pd.DataFrame, scene: Scene) -> Features:
    ends = [
        flows[[f"{end}_longitude", f"{end}_latitude"]].to_numpy(dtype=float)
        for end in ("zone", "school")
    ]
    widths = np.clip(
        PX_BY_ROOT * np.sqrt(flows["children"].to_numpy(dtype=float)), NARROWEST_PX, WIDEST_PX
    )
    shown = pd.DataFrame(
        {
            "zone": flows["zone_school_id"],
            "school": flows["school_id"],
            "children": flows["children"],
            "width_px": widths.round(1),
            "card": [_build_card(row, scene) for row in flows.itertuples()],
        }
    )
    lines = shapely.linestrings(np.stack(ends, axis=1))
    return collect_features(gpd.GeoDataFrame(shown, geometry=gpd.GeoSeries(lines, crs=STORE_SRID)))


def _build_card(row: Any, scene: Scene) -> list[list[str]]:
    _ = scene.language
    return [
        ["", _("Placement")],
        [_("From the zone of"), _.pick(row.zone_name_zh, row.zone_name_en)],
        [_("To"), _.pick(row.school_name_zh, row.school_name_en)],
        [_("Children"), _.number(row.children)],
        [_("Mean way"), f"{_.number(row.walk_distance_m)} m"],
    ]


_PARTS: tuple[Part, ...] = ("plan", "stage", "year", "language")
LAYER = MapLayer(
    code="placements",
    title=msgid("Placement flows"),
    group=msgid("Answers"),
    shown=False,
    build=build_placements,
    build_legend=build_legend,
    sheets={
        "placements": Sheet(read_placements, _PARTS, is_personal=True),
        "officer_placements": Sheet(read_officer_placements, _PARTS, ("run",), is_personal=True),
    },
)
