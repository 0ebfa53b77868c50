"""A map to mail: one HTML file that needs no network and no account, made with folium.

Leaflet is put inside; there are no tiles, the ground is drawn from the district's own lines.
"""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import shapely
from branca.element import Element
from folium.features import DivIcon
from sqlalchemy import Connection

from gis.crs import from_metric, to_metric
from gis.database import read_features
from layers import catchments, schools
from layers.catalogue import find_sheet
from layers.features import collect_features
from layers.language import Language
from layers.palette import WARNINGS, Palette, get_palette, to_css
from layers.scene import Features, LegendEntry, Scene

_VENDOR = Path(__file__).parent / "vendor"
_SHEETS = ("district", "subdistricts", "subdistrict_names", "catchments", "catchment_marks")
_GROUND_KINDS = ("main", "secondary")  # smaller streets would make the file large
_GROUND_TOLERANCE_M = 12.0
_ROAD_PX = {"main": 3.0, "secondary": 1.5}
_ROOM_PX = (0, 120)  # beside and above the district, for the title
# Markers begin with Leaflet's pin, a picture from a folder; ours are texts.
_NO_PINS = "L.Marker.mergeOptions({icon: L.divIcon({className: 'name'})});"
_STYLE = Path(__file__).with_name("mail_map.css")


@dataclass(frozen=True)
class MailedWords:
    """What stands around the map, in the language of the scene."""

    title: str
    subtitle: str
    facts: tuple[str, ...]  # district, plan, date, run, source
    mark: str = ""  # 模拟数据 where the data is invented


def build_mail_map(connection: Connection, scene: Scene, words: MailedWords) -> str:
    """Build the page: catchments by warning, schools, names, legend, title, and cards on click.

    The cards are those of the cockpit's map. The same scene and words give the same text.

    Parameters
    ----------
    scene
        In the light theme; a mailed map is read in daylight and printed.
    """
    sheets = {name: find_sheet(name).read(connection, scene, {}) for name in (*_SHEETS, "schools")}
    palette = get_palette("light")
    page = folium.Map(tiles=None, control_scale=True, attributionControl=False, zoom_snap=0.25)
    page.default_js, page.default_css = [], []  # folium's own lead to public servers
    _add_ground(page, _read_ground(connection, scene), sheets, palette)
    _add_catchments(page, sheets["catchments"], palette)
    _add_schools(page, sheets["schools"], scene, palette)
    _add_names(page, sheets["subdistrict_names"], "place")
    _add_names(page, sheets["catchment_marks"], "mark")
    west, south, east, north = _measure_bounds(sheets["district"], sheets["catchments"])
    page.fit_bounds([[south, west], [north, east]], padding_top_left=_ROOM_PX)
    _dress(page, scene, words, palette)
    return _number_ids(page.get_root().render())


def _read_ground(connection: Connection, scene: Scene) -> Features:
    """Read water and the greater roads, simplified."""
    lines = read_features(connection, "named_lines", district_id=scene.district_id)
    is_water = shapely.get_dimensions(lines["geom"]) == 2
    lines = lines[is_water | lines["kind"].isin(_GROUND_KINDS)]
    if lines.empty:
        return {"type": "FeatureCollection", "features": []}
    srid = scene.profile.metric_srid
    simple = shapely.simplify(to_metric(lines["geom"], srid), _GROUND_TOLERANCE_M)
    shapes = from_metric(simple, srid)
    return collect_features(gpd.GeoDataFrame(lines[["kind"]], geometry=shapes, crs=lines.crs))


def _add_ground(
    page: folium.Map, ground: Features, sheets: Mapping[str, Features], palette: Palette
) -> None:
    def style_ground(feature: dict[str, Any]) -> dict[str, Any]:
        kind = feature["properties"]["kind"]
        if kind in _ROAD_PX:
            return {"color": to_css(palette.roads[kind]), "weight": _ROAD_PX[kind]}
        return {"stroke": False, "fillColor": to_css(palette.water), "fillOpacity": 1}

    land = {"stroke": False, "fillColor": to_css(palette.district), "fillOpacity": 1}
    border = {"fill": False, "color": to_css(palette.line), "weight": 1, "dashArray": "4 3"}
    _add_areas(page, sheets["district"], lambda _feature: land, interactive=False)
    _add_areas(page, ground, style_ground, interactive=False)
    _add_areas(page, sheets["subdistricts"], lambda _feature: border, interactive=False)


def _add_catchments(page: folium.Map, areas: Features, palette: Palette) -> None:
    tints = {
        name: {
            "color": to_css(palette.faint_ink),
            "weight": 1,
            "fillColor": to_css(palette.tints[name][:3]),
            "fillOpacity": round(palette.tints[name][3] / 255, 2),
        }
        for name in WARNINGS
    }
    told = _with_cards(areas)
    _add_areas(
        page,
        told,
        lambda feature: tints[feature["properties"]["warning"]],
        highlight_function=lambda _feature: {"weight": 3, "color": to_css(palette.accent)},
        popup=_build_popup(told),
    )


def _add_schools(page: folium.Map, places: Features, scene: Scene, palette: Palette) -> None:
    taught = scene.profile.get_stage(scene.stage).kinds
    chosen = [one for one in places["features"] if one["properties"]["school_kind"] in taught]
    told = _with_cards({**places, "features": chosen})

    def style(feature: dict[str, Any]) -> dict[str, Any]:
        kind = feature["properties"]["school_kind"]
        return {"fillColor": to_css(palette.schools.get(kind, palette.schools["training"]))}

    marker = folium.CircleMarker(
        radius=5, color=to_css(palette.halo), weight=1.5, fill=True, fill_opacity=1
    )
    _add_areas(page, told, style, marker=marker, popup=_build_popup(told))


def _add_areas(page: folium.Map, features: Features, style: Any, **options: Any) -> None:
    if features["features"]:
        folium.GeoJson(features, style_function=style, embed=True, **options).add_to(page)


def _with_cards(features: Features) -> Features:
    """Write the card of each feature as the table that its popup shows."""

    def write(row: list[str]) -> str:
        label, text = (html.escape(str(part)) for part in row)
        if not label:
            return f"<caption>{text}</caption>"
        return f"<tr><th>{label}</th><td>{text}</td></tr>"

    def build(feature: dict[str, Any]) -> dict[str, Any]:
        known = {name: fact for name, fact in feature["properties"].items() if name != "card"}
        rows = "".join(map(write, feature["properties"]["card"]))
        told = f'<table class="card">{rows}</table>'
        return {**feature, "properties": {**known, "told": told}}

    return {**features, "features": [build(one) for one in features["features"]]}


def _build_popup(features: Features) -> folium.GeoJsonPopup | None:
    if not features["features"]:
        return None
    return folium.GeoJsonPopup(fields=["told"], labels=False, max_width=320)


def _add_names(page: folium.Map, names: Features, kind: str) -> None:
    for feature in names["features"]:
        longitude, latitude = feature["geometry"]["coordinates"]
        text = html.escape(feature["properties"]["name"])
        state = feature["properties"].get("warning", "")
        icon = DivIcon(
            icon_size=(0, 0), html=f'<span class="{kind} {state}">{text}</span>', class_name="name"
        )
        folium.Marker([latitude, longitude], icon=icon, interactive=False).add_to(page)


def _measure_bounds(*sheets: Features) -> list[float]:
    features = itertools.chain.from_iterable(sheet["features"] for sheet in sheets)
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in features]
    bounds: np.ndarray = shapely.total_bounds(shapes)
    return [float(corner) for corner in bounds]


def _dress(page: folium.Map, scene: Scene, words: MailedWords, palette: Palette) -> None:
    """Put scripts, styles, title and legend into the page."""
    figure = page.get_root()
    script, style = _read_leaflet()
    figure.header.add_child(Element(f"<title>{html.escape(words.title)}</title>"))
    colors = "".join(
        f"--{name}:{to_css(color)};"
        for name, color in {
            "ground": palette.ground,
            "ink": palette.ink,
            "faint": palette.faint_ink,
            "halo": palette.halo,
            **{f"mark-{name}": color for name, color in palette.marks.items()},
        }.items()
    )
    sheet = _STYLE.read_text(encoding="utf-8")
    figure.header.add_child(Element(f"<style>{style}\n:root{{{colors}}}\n{sheet}</style>"))
    figure.header.add_child(Element(f"<script>{script}\n{_NO_PINS}</script>"))
    figure.html.add_child(Element(_write_title(words)))
    taught = scene.profile.get_stage(scene.stage).kinds
    kinds = {scene.language.term(kind) for kind in taught}
    entries = [
        *catchments.build_legend(scene),
        *(entry for entry in schools.build_legend(scene) if entry.label in kinds),
    ]
    figure.html.add_child(Element(_write_legend(entries, scene.language)))


def _write_title(words: MailedWords) -> str:
    facts = "".join(f"<span>{html.escape(fact)}</span>" for fact in words.facts)
    mark = f"<strong>{html.escape(words.mark)}</strong>" if words.mark else ""
    return (
        f'<header class="head"><h1>{html.escape(words.title)}</h1>'
        f"<p>{html.escape(words.subtitle)}</p>{mark}<small>{facts}</small></header>"
    )


def _write_legend(entries: Iterable[LegendEntry], language: Language) -> str:
    rows = "".join(
        f'<li><i class="{entry.shape}" style="background:{entry.color}"></i>'
        f"<b>{html.escape(entry.mark if entry.shape == 'area' else '')}</b>"
        f"{html.escape(entry.label)}</li>"
        for entry in entries
    )
    return (
        f'<aside class="legend"><h2>{html.escape(language("Legend"))}</h2><ul>{rows}</ul></aside>'
    )


@cache
def _read_leaflet() -> tuple[str, str]:
    script = (_VENDOR / "leaflet.js").read_text(encoding="utf-8")
    style = (_VENDOR / "leaflet.css").read_text(encoding="utf-8")
    # Its pictures belong to controls and pins that this map does not have.
    return script, re.sub(r"url\((?:images/|#default)[^)]*\)", "none", style)


def _number_ids(page: str) -> str:
    """Replace the chance names of folium by numbers, so that equal maps are equal texts."""
    numbers: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        return numbers.setdefault(found[0], f"{len(numbers):032d}")

    return re.sub(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])", number, page)
