"""The services over the little town: asked in this process, and by others on a port."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import flask
import pytest
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from gis.database import Database
from scenarios.district import District
from scenarios.services.api_routes import build_api_routes
from scenarios.services.ogc_routes import mount_ogc
from scenarios.services.tile_routes import build_tile_routes

Fetch = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def services(database: Database, town: District) -> flask.Flask:
    """Return a server with all services, which shows the town."""
    server = flask.Flask("services")
    mount_ogc(server, database, district=town.profile.code, language="zh")
    server.register_blueprint(build_tile_routes(database))
    server.register_blueprint(build_api_routes(database))
    return server


@pytest.fixture
def client(services: flask.Flask) -> FlaskClient:
    """Return a client of the services in this process."""
    return services.test_client()


@pytest.fixture
def fetch(client: FlaskClient) -> Fetch:
    """Return a function that asks for an address with words and gives its JSON."""

    def ask(address: str, **words: Any) -> dict[str, Any]:
        query = {name.replace("_", "-"): word for name, word in words.items()}
        answer = client.get(address, query_string=query or None)
        assert answer.status_code == 200, answer.text
        told = answer.get_json(force=True)
        assert isinstance(told, dict)
        return told

    return ask


@pytest.fixture(scope="session")
def address(services: flask.Flask) -> Iterator[str]:
    """Serve the services on a free port; give the address that they start from."""
    server = make_server("127.0.0.1", 0, services, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()
