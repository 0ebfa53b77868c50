"""The 3D map in the page: the drawing bundle from our own server and the component around it.

The browser draws with deck.gl 9.3 as it ships inside pydeck; nothing in that package is
changed. Two things in it would reach for public servers and are kept from doing so: the
default basemap (the Deck names no provider, see `layers.deck`) and the reader of vector
tiles, a web worker that the bundle leaves out (served here from ``vendor/``).
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path

import dash
import pydeck
from dash import ClientsideFunction, Input, dcc, html
from flask import Blueprint, Response, abort, request

from gis.errors import OutputError

# The browser half, assets/map.js, knows these ids too.
MAP = "map"  # the drawing surface
DECK = "map-deck"  # store, to the map: what `layers.deck.build_deck` returns
SHOWN = "map-shown"  # store, to the map: {layer group: bool}; groups not named are shown
CAMERA = "map-camera"  # store, to the map: fly there, {longitude, latitude, zoom?, …}
CLICK = "map-click"  # store, from the map: {layer, group, id, properties, coordinate, count}
ENCLOSED = "map-enclosed"  # store, from the map: {part, count}, what was drawn on it
VIEWPORT = "map-viewport"  # store, from the map: camera and bounds, four times a second at most

ASSETS = Path(__file__).parent / "assets"
YEAR_S = 365 * 24 * 3600

_SCRIPTS = {
    "deck.js": Path(pydeck.__file__).parent / "nbextension" / "static" / "index.js",
    "mvt-worker.js": Path(__file__).parent / "vendor" / "mvt-worker.js",
}


def build_map(app: dash.Dash, label: str) -> html.Div:
    """Build the map component: the drawing surface and its stores. One on a page.

    It fills its parent, which needs a height.

    Parameters
    ----------
    app
        Gives the address prefix under which the page is served.
    label
        What a screen reader says of the map.
    """
    surface = html.Div(
        id=MAP,
        className="onemap-map",
        role="region",
        **{
            "aria-label": label,
            "data-bundle": app.get_relative_path(_get_address("deck.js")),
            "data-tile-worker": app.get_relative_path(_get_address("mvt-worker.js")),
        },
    )
    stores = [dcc.Store(id=store) for store in (DECK, SHOWN, CAMERA, CLICK, ENCLOSED, VIEWPORT)]
    return html.Div([surface, *stores], className="onemap-map-frame")


def connect_map(app: dash.Dash) -> None:
    """Serve the bundle and let the map follow its stores."""
    app.server.register_blueprint(
        build_blueprint(), url_prefix=app.config.routes_pathname_prefix.rstrip("/") or None
    )
    for store, function in ((DECK, "draw"), (SHOWN, "show"), (CAMERA, "fly")):
        app.clientside_callback(ClientsideFunction("onemap", function), Input(store, "data"))


def build_blueprint() -> Blueprint:
    """Build the routes ``/assets-deck/deck.js`` and ``/assets-deck/mvt-worker.js``.

    The address carries a digest of the content, so that a browser keeps a file for a year and
    still gets a new one after an update of pydeck. Without the digest it asks every time and
    is told 304.
    """
    blueprint = Blueprint("map_bundle", __name__)
    blueprint.add_url_rule("/assets-deck/<name>", view_func=_serve)
    return blueprint


def _serve(name: str) -> Response:
    if name not in _SCRIPTS:
        abort(404)
    raw, packed, digest = _load_script(name)
    takes_gzip = request.accept_encodings["gzip"] > 0
    response = Response(packed if takes_gzip else raw, mimetype="text/javascript")
    if takes_gzip:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.set_etag(f"{digest}-gzip" if takes_gzip else digest)
    if request.args.get("v") == digest:
        response.cache_control.public = True
        response.cache_control.max_age = YEAR_S
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    response.make_conditional(request)
    return response


def _get_address(name: str) -> str:
    return f"/assets-deck/{name}?v={_load_script(name)[2]}"


@cache
def _load_script(name: str) -> tuple[bytes, bytes, str]:
    path = _SCRIPTS[name]
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise OutputError(
            f"The map script {path} cannot be read: {error.strerror}.",
            mend="Install the package pydeck again.",
        ) from error
    return raw, gzip.compress(raw, compresslevel=6, mtime=0), hashlib.sha256(raw).hexdigest()[:16]
