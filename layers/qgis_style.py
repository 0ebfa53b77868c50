"""Styles that a GeoPackage carries for QGIS: the colours and words of the map, as QML."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree

from catchments.profile import Profile
from layers.language import Language
from layers.palette import WARNINGS, Palette, get_palette, list_stage_colors

Rgba = tuple[int, ...]
# Which column colours which layer; the others are drawn in one quiet colour.
_COLORED_BY = {
    "catchments": "warning",
    "forecasts": "warning",
    "warnings": "level",
    "teacher-posts": "level",
    "schools": "kind",
    "projects": "construction_stage",
    "project-buildings": "construction_stage",
    "balance": "state",
}
_POINTS = {"schools", "projects", "balance", "teacher-posts"}
_BALANCE = ("met", "near", "failed", "missing")


def build_style(layer: str, profile: Profile, language: Language) -> str:
    """Build the QML of a delivered layer.

    Parameters
    ----------
    layer
        Name of the layer as `onemap export` takes it.
    language
        Of the legend.

    Examples
    --------
    >>> from layers.language import load_language
    >>> from tests.town import build_profile
    >>> style = build_style("catchments", build_profile(), load_language("zh"))
    >>> '<category label="红色预警" render="true" symbol="0" value="red"' in style
    True
    """
    palette = get_palette("light")
    column = _COLORED_BY.get(layer)
    classes = _list_classes(layer, palette, profile, language)
    root = ElementTree.Element("qgis", version="3.28.0", styleCategories="Symbology")
    kind = "categorizedSymbol" if column else "singleSymbol"
    renderer = ElementTree.SubElement(root, "renderer-v2", type=kind, enableorderby="0")
    if column:
        renderer.set("attr", column)
        categories = ElementTree.SubElement(renderer, "categories")
        for at, (value, (label, _)) in enumerate(classes.items()):
            told = {"label": label, "render": "true", "symbol": str(at), "value": value}
            ElementTree.SubElement(categories, "category", told)
    symbols = ElementTree.SubElement(renderer, "symbols")
    for at, (_, color) in enumerate(classes.values()):
        _add_symbol(symbols, str(at), color, palette, is_point=layer in _POINTS)
    head = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
    return head + ElementTree.tostring(root, encoding="unicode")


def _list_classes(
    layer: str, palette: Palette, profile: Profile, _: Language
) -> Mapping[str, tuple[str, Rgba]]:
    """List label and colour of each value of the column that colours a layer."""
    column = _COLORED_BY.get(layer)
    if column in ("warning", "level"):
        return {value: (_.term(value), palette.tints[value]) for value in WARNINGS}
    if column == "kind":
        return {kind: (_.term(kind), color) for kind, color in palette.schools.items()}
    if column == "construction_stage":
        stages = profile.construction.stages
        colors = list_stage_colors(palette, len(stages))
        return {
            stage.code: (_.name(stage), color) for stage, color in zip(stages, colors, strict=True)
        } | {"": (_.term("not_started"), palette.not_begun)}
    if column == "state":
        steps = (255, 150, 60, 0)  # UNITS: opacity to 255: the more is missing the stronger
        opacity = dict(zip(_BALANCE, reversed(steps), strict=True))
        return {
            value: (_.term(value), (*palette.balance, opacity[value] or 20)) for value in _BALANCE
        }
    return {"": (layer, (*palette.buildings[0], 160 if layer == "buildings" else 30))}


def _add_symbol(
    symbols: ElementTree.Element, name: str, color: Rgba, palette: Palette, *, is_point: bool
) -> None:
    *rgb, opacity = color if len(color) == 4 else (*color, 255)
    kind = "marker" if is_point else "fill"
    symbol = ElementTree.SubElement(symbols, "symbol", type=kind, name=name, alpha="1")
    drawn = "SimpleMarker" if is_point else "SimpleFill"
    layer = ElementTree.SubElement(symbol, "layer", {"class": drawn, "enabled": "1"})
    rim = palette.halo if is_point else palette.catchment_line
    options = {
        "color": ",".join(map(str, (*rgb, opacity))),
        "outline_color": ",".join(map(str, (*rim, 255))),
        "outline_width": "0.2",
        "outline_width_unit": "MM",
    }
    options |= {"name": "circle", "size": "2.6"} if is_point else {"style": "solid"}
    listed = ElementTree.SubElement(layer, "Option", type="Map")
    for key, value in options.items():
        ElementTree.SubElement(listed, "Option", type="QString", name=key, value=value)
