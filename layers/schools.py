"""Schools by kind: dots from afar, a letter in the dot and names as they find room."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pydeck
import shapely
from sqlalchemy import Connection

from gis.database import read_features
from gis.errors import UsageError
from layers.drawing import OVER_ALL, build_features, build_zoomed_features, style_names
from layers.expressions import match_property
from layers.features import collect_features
from layers.language import Language, is_missing, msgid
from layers.names import find_first_zooms
from layers.palette import get_palette, to_css
from layers.scene import Features, LegendEntry, MapLayer, Request, Scene, Sheet

_NAME_PX = 12
_NAME_ZOOMS = (13, 14, 15, 16)  # at the first only schools of the stage in question
_SIGN_ZOOM = 14.0  # from here a dot has room for a letter
_FAINT = 130  # UNITS: opacity to 255, of schools that do not teach the stage in question
_SIGNS = {
    "kindergarten": msgid("K"),
    "primary": msgid("P"),
    "junior": msgid("J"),
    "nine_year": msgid("9"),
    "senior": msgid("S"),
    "full_secondary": msgid("F"),
    "twelve_year": msgid("12"),
    "vocational": msgid("V"),
    "training": msgid("T"),
}


def build_schools(scene: Scene) -> list[pydeck.Layer]:
    """Describe dots in the colour of their kind, letters in them, and names by zoom.

    Schools that teach the stage in question stand out.
    """
    palette = get_palette(scene.theme)
    taught = scene.profile.get_stage(scene.stage).kinds
    colors = {
        kind: [*color, 255 if kind in taught else _FAINT] for kind, color in palette.schools.items()
    }
    address = scene.get_address("schools", "language")
    dots = build_features(
        "schools/dot",
        address,
        point_type="'circle'",
        point_billboard=True,
        get_fill_color=match_property("school_kind", colors, colors["training"]),
        get_point_radius=match_property("school_kind", dict.fromkeys(taught, 45), 32),
        point_radius_min_pixels=2,
        point_radius_max_pixels=9,
        get_line_color=[*palette.halo, 255],
        get_line_width=1,
        line_width_units="'pixels'",
        pickable=True,
        parameters=OVER_ALL,
    )
    signs = build_zoomed_features(
        "schools/sign",
        address,
        from_zoom=_SIGN_ZOOM,
        **style_names(palette, size_px=11, color=palette.halo)
        | {"get_text": "properties.sign", "text_outline_width": 0},
    )
    names = [
        build_zoomed_features(
            f"schools/name-{zoom}",
            scene.get_address("school_names", "stage", "language", zoom=zoom),
            from_zoom=zoom,
            **style_names(
                palette, size_px=_NAME_PX, color=palette.ink, get_text_pixel_offset=[0, 17]
            ),
        )
        for zoom in _NAME_ZOOMS
    ]
    return [dots, signs, *names]


def build_legend(scene: Scene) -> list[LegendEntry]:
    """Name the kinds of school that the district's stages have."""
    palette, _ = get_palette(scene.theme), scene.language
    kinds = {kind for stage in scene.profile.stages for kind in stage.kinds}
    return [
        LegendEntry(_.term(kind), to_css(palette.schools[kind]), "dot", _(_SIGNS[kind]))
        for kind in _SIGNS
        if kind in kinds
    ]


def read_schools(connection: Connection, scene: Scene, _request: Request) -> Features:
    """Read the schools that are open on the data date, each with its card."""
    frame = _read(connection, scene)
    language = scene.language
    shown = frame[["id", "geom"]].assign(
        kind="school",
        school_kind=frame["kind"],
        sign=[language(_SIGNS[kind]) if kind in _SIGNS else "" for kind in frame["kind"]],
        card=[_build_card(row, language) for row in frame.itertuples()],
    )
    return collect_features(shown)


def read_names(connection: Connection, scene: Scene, request: Request) -> Features:
    """Read the names that find room from this zoom on, and not before.

    Raises
    ------
    UsageError
        When names are not arranged for that zoom.
    """
    zooms = [str(zoom) for zoom in _NAME_ZOOMS]
    if request.get("zoom") not in zooms:
        raise UsageError(
            f"Names are not arranged for zoom '{request.get('zoom', '')}'.",
            mend=f"Use one of {', '.join(zooms)}.",
        )
    frame = _read(connection, scene)
    taught = frame["kind"].isin(scene.profile.get_stage(scene.stage).kinds).to_numpy()
    order = np.argsort(~taught, kind="stable")
    frame, taught = frame.iloc[order], taught[order]
    names = [_shorten(row, scene) for row in frame.itertuples()]
    lon, lat = shapely.get_coordinates(frame["geom"].to_numpy()).T
    first = find_first_zooms(lon, lat, names, zooms=_NAME_ZOOMS, size_px=_NAME_PX)
    first = np.where(taught, first, np.maximum(first, _NAME_ZOOMS[1]))
    return collect_features(frame[["geom"]].assign(name=names)[first == int(request["zoom"])])


def _shorten(row: Any, scene: Scene) -> str:
    """Leave out the name of the district: all names on its map would begin with it."""
    name, district = scene.language.pick(row.name_zh, row.name_en), scene.profile
    return name.removeprefix(district.name_zh).removeprefix(f"{district.name_en} ") or name


def _read(connection: Connection, scene: Scene) -> gpd.GeoDataFrame:
    return read_features(
        connection,
        "layer_schools",
        district_id=scene.district_id,
        day=scene.profile.data_date,
    )


def _build_card(row: Any, language: Language) -> list[list[str]]:
    _ = language
    owner = _.term("public" if row.public else "private")
    card = [
        ["", _.pick(row.name_zh, row.name_en)],
        [_("Kind"), _.term(row.kind)],
        [_("Owner"), owner],
    ]
    if not is_missing(row.pupils):
        card.append([_("Pupils"), _.number(row.pupils)])
    return card


LAYER = MapLayer(
    code="schools",
    title=msgid("Schools by kind"),
    group=msgid("Places"),
    shown=True,
    build=build_schools,
    build_legend=build_legend,
    sheets={
        "schools": Sheet(read_schools, ("language",)),
        "school_names": Sheet(read_names, ("stage", "language"), ("zoom",)),
    },
)
