"""The pydeck Deck of the cockpit map, as data for the browser.

The Deck has no basemap provider, no map style and no key: it asks nobody for anything.

How layer properties reach deck.gl (all of it checked in a browser by the map bridge test):

- pydeck turns a bare string into an accessor expression: ``get_fill_color="properties.color"``.
  A constant string needs inner quotes: ``character_set="'auto'"``. ``data`` is always literal.
- Expressions know names, numbers, strings, arrays, ``a.b``, ``a["b"]``, ``? :``, arithmetic,
  comparisons, ``&& || !``. They know **no function calls**, no object literals and no
  ``?.`` or ``??``; ``a.b.c`` fails when ``a.b`` is missing; a property whose name contains
  "prototype" or ends with "constructor" cannot be read. Anything cleverer is a column
  computed by the server.
- Inside nested values (``card``, ``update_triggers``) write the prefix: ``"@@=properties.name"``.
- deck.gl never notices a changed accessor by itself; `build_deck` adds the update triggers.
- Inline rows are never read as expressions: text that begins with ``@@=`` stays text.
- ``data`` may be an address of our own server: ``/map/x.geojson`` or ``/tiles/{z}/{x}/{y}.mvt``.
  An unchanged address is not fetched again when the Deck is updated.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pydeck
from pydeck.bindings.json_tools import default_serialize

from gis.errors import RejectedDataError

MAX_PITCH_DEG = 75

# Sun from the south-west, tuned with deck.gl's default material (ambient 0.35, diffuse 0.6) so
# that a roof keeps its legend colour (1.0), sunny walls show 0.8 to 0.9 of it, others 0.63.
DAYLIGHT: dict[str, Any] = {
    "@@type": "LightingEffect",
    "sky": {"@@type": "AmbientLight", "color": [255, 255, 255], "intensity": 1.8},
    "sun": {
        "@@type": "DirectionalLight",
        "color": [255, 255, 255],
        "intensity": 0.83,
        "direction": [2, 3, -4],
    },
}


@dataclass(frozen=True)
class View:
    """Where the camera stands. UNITS: EPSG:4326 degrees, zoom in web map levels.

    Parameters
    ----------
    id
        Name of the place shown. The browser keeps the user's camera while the id stays the
        same and flies to the new place when it changes.
    pitch
        Degrees from straight down, at most 75.
    bearing
        Degrees clockwise from north to the top of the screen.
    """

    id: str
    longitude: float
    latitude: float
    zoom: float
    pitch: float = 45.0
    bearing: float = 0.0


def build_deck(
    layers: Sequence[pydeck.Layer],
    view: View,
    *,
    max_zoom: float = 19.0,
    sides: Sequence[str] = (),
) -> dict[str, Any]:
    """Build the Deck of the cockpit map as a JSON-ready mapping.

    A layer id has the form ``group`` or ``group/part`` (``catchments/fill``,
    ``catchments/name``): the browser shows and hides whole groups.

    Parameters
    ----------
    layers
        Drawn in the given order, the last on top; every one with its own id. A layer with
        ``pickable=True`` answers clicks; with ``card=[[label, "@@=expression"], ...]`` it also
        shows these rows under the pointer. A row with an empty label is the heading.
    view
        The camera at first, and again whenever its id changes.
    sides
        Names of maps of the same place beside each other, from left to right; by default one
        map. A layer whose id ends with ``@name`` is drawn on that side alone, others on all.

    Returns
    -------
    dict
        For the ``data`` of the map store.

    Raises
    ------
    RejectedDataError
        If two layers share an id or inline data holds NaN or infinity.

    Examples
    --------
    >>> dots = pydeck.Layer("ScatterplotLayer", [{"at": [120.6, 28.0]}], id="schools",
    ...                     get_position="at", get_radius=40)
    >>> spec = build_deck([dots], View("ouhai", 120.6, 28.0, 12))
    >>> spec["layers"][0]["getPosition"], spec["layers"][0]["updateTriggers"]
    ('@@=at', {'getPosition': 'at'})
    """
    ids = [layer.id for layer in layers]
    if len(ids) != len(set(ids)):
        raise RejectedDataError(f"Layers share an id: {ids}.", mend="Give every layer its own id.")
    deck = pydeck.Deck(
        layers=list(layers),
        views=_list_views(sides or ("map",)),
        initial_view_state=pydeck.ViewState(
            longitude=view.longitude,
            latitude=view.latitude,
            zoom=view.zoom,
            pitch=view.pitch,
            bearing=view.bearing,
            max_zoom=max_zoom,
            max_pitch=MAX_PITCH_DEG,
        ),
        map_provider=None,
        map_style=None,
        effects=[DAYLIGHT],
    )
    plain = _to_plain(deck)
    for layer in plain["layers"]:
        layer["updateTriggers"] = _build_triggers(layer) | layer.get("updateTriggers", {})
    # Only these: pydeck also copies service keys it finds in the environment.
    spec = {key: plain[key] for key in ("layers", "views", "effects", "initialViewState")}
    return spec | {"viewId": view.id}


def _list_views(sides: Sequence[str]) -> list[pydeck.View]:
    width = 100 / len(sides)
    return [
        pydeck.View(
            "MapView",
            controller={"touchRotate": True, "inertia": 200},
            id=side,
            x=f"{at * width:g}%",
            width=f"{width:g}%",
        )
        for at, side in enumerate(sides)
    ]


def _to_plain(deck: pydeck.Deck) -> dict[str, Any]:
    # Deck.to_json writes one coordinate a line, five times the size; its own serializer
    # is used here without the indentation.
    try:
        text = json.dumps(deck, default=_serialize, allow_nan=False)
    except ValueError as error:
        raise RejectedDataError(
            f"A layer cannot be written as JSON: {error}.",
            mend="Replace missing numbers by None, or drop the rows.",
        ) from error
    plain: dict[str, Any] = json.loads(text)
    return plain


def _serialize(value: object) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()  # pydeck would write numpy integers as text
    return default_serialize(value)


def _build_triggers(layer: dict[str, Any]) -> dict[str, str]:
    return {
        name: value.removeprefix("@@=")
        for name, value in layer.items()
        if isinstance(value, str) and value.startswith("@@=")
    }
