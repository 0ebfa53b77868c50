"""Time the cockpit over the loaded district: first map, clicks, first picture, bytes.

Run ``python -m benchmarks.bench_cockpit`` with the database that ``onemap serve`` uses. The
server part asks as a browser does, without one; the browser part opens the page in headless
Chromium, which draws without a graphics card. Fails when a budget is missed.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import numpy as np
from flask.testing import FlaskClient
from playwright.sync_api import sync_playwright
from waitress.server import create_server

from gis.access import Role
from gis.database import Database, open_database, read_table
from gis.settings import Settings, load_settings
from scenarios.cockpit.catalogue import SCENARIOS
from scenarios.cockpit.layout import PARTS
from scenarios.cockpit.server import build_app
from scenarios.district import District, find_district
from tests.cockpit.asking import ask
from tests.cockpit.conftest import CHROMIUM, CHROMIUM_FLAGS

FIRST_MAP_S = 1.0
CLICK_P95_MS = 150.0
FIRST_PICTURE_MB = 2.0
CLICKS = 200
GZIP = {"Accept-Encoding": "gzip"}


def ask_all(client: FlaskClient, parts: tuple[str, ...], state: dict[str, Any]) -> dict[str, Any]:
    """Ask for parts one after the other; return the answer of each."""
    answers = {part: ask(client, part, state) for part in parts}
    assert all(answer.status_code == 200 for answer in answers.values()), state
    return answers


def list_addresses(client: FlaskClient, state: dict[str, Any]) -> list[str]:
    """List the sheets that the map of a state draws from; tiles depend on the window."""
    scene = json.loads(gzip.decompress(ask(client, "scene", state).data))
    deck = scene["response"]["map-deck"]["data"]
    found = {layer["data"] for layer in deck["layers"] if isinstance(layer.get("data"), str)}
    return sorted(address for address in found if "{z}" not in address)


def time_first_map(client: FlaskClient, start: dict[str, Any]) -> tuple[float, float]:
    """Return seconds of everything the first map needs, and of the same asked again."""

    def measure() -> float:
        begun = time.perf_counter()
        ask_all(client, PARTS, start)
        for address in list_addresses(client, start):
            assert client.get(address, headers=GZIP).status_code == 200, address
        return time.perf_counter() - begun

    return measure(), measure()


def list_clicks(database: Database, district: District, start: dict[str, Any]) -> list[dict]:
    """Draw clicks by lot, the same every time: scenarios, years, stages and single things."""
    chance = random.Random(20261121)
    profile = district.profile
    with database.begin(Role.PLANNER) as connection:
        places = read_table(connection, "search_places", district_id=district.id)
    things = {kind: rows["id"].tolist() for kind, rows in places.groupby("kind")}
    stages = [stage.code for stage in profile.list_catchment_stages()]
    clicks = []
    for _number in range(CLICKS):
        kind = chance.choice([None, "school", "school", "subdistrict"])
        kind = kind if kind in things else None
        selection = {"kind": kind, "id": chance.choice(things[kind])} if kind else None
        change = {
            "scenario": chance.choice(SCENARIOS).code,
            "year": chance.choice(profile.years.list_all()),
            "stage": chance.choice(stages),
            "selection": selection,
        }
        clicks.append({**start, **change})
    return clicks


def time_clicks(client: FlaskClient, clicks: list[dict]) -> dict[str, np.ndarray]:
    """Return milliseconds of the map and of the panel of each click."""
    times: dict[str, list[float]] = {"chrome": [], "scene": [], "panel": []}
    for state in clicks:
        for part, taken in times.items():
            begun = time.perf_counter()
            ask_all(client, (part,), state)
            taken.append(1000 * (time.perf_counter() - begun))
    return {part: np.array(taken) for part, taken in times.items()}


@contextmanager
def run_server(database: Database, settings: Settings) -> Iterator[str]:
    """Serve the cockpit on a free port as the product does."""
    server = create_server(
        build_app(database, settings).server, host="127.0.0.1", port=0, threads=8
    )
    Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


def time_first_picture(address: str) -> tuple[float, float, dict[str, float]]:
    """Return seconds to the first picture, megabytes that came before it, and these by kind."""
    sizes: dict[str, float] = {}
    kinds: dict[str, str] = {}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        page = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))

        def take(event: dict[str, Any]) -> None:
            kind = kinds.get(event["requestId"], "Other")
            sizes[kind] = sizes.get(kind, 0) + event["encodedDataLength"] / 1e6

        wire.on("Network.loadingFinished", take)
        begun = time.perf_counter()
        page.goto(address, wait_until="commit")
        while not page.evaluate("!!window.onemapDeck?.ready"):
            page.wait_for_timeout(20)
        seconds = time.perf_counter() - begun
        chromium.close()
    return seconds, sum(sizes.values()), sizes


def main() -> int:
    """Print the table; return 1 when a budget is missed."""
    settings = load_settings()
    with open_database(settings) as database:
        with database.begin(Role.PLANNER) as connection:
            district = find_district(connection, settings.district)
        client = build_app(database, settings).server.test_client()
        start = {"district": settings.district, "language": "zh", "theme": "light"}
        cold_s, warm_s = time_first_map(client, start)
        times = time_clicks(client, list_clicks(database, district, start))
        with run_server(database, settings) as address:
            picture_s, picture_mb, sizes = time_first_picture(address)
    p95_ms = {part: float(np.percentile(taken, 95)) for part, taken in times.items()}
    print(f"{settings.district}: first map {cold_s:.2f} s, again {warm_s:.2f} s (server, in turn)")
    for part, taken in times.items():
        print(
            f"click, {part:6}: p50 {np.median(taken):6.1f} ms, p95 {p95_ms[part]:6.1f} ms,"
            f" most {taken.max():6.1f} ms ({len(taken)} clicks)"
        )
    parts = ", ".join(f"{kind} {size:.2f}" for kind, size in sorted(sizes.items()))
    print(f"first picture in headless Chromium after {picture_s:.2f} s and {picture_mb:.2f} MB")
    print(f"  of them: {parts}")
    kept = (
        cold_s <= FIRST_MAP_S
        and max(p95_ms.values()) <= CLICK_P95_MS
        and picture_mb <= FIRST_PICTURE_MB
    )
    print("all budgets kept" if kept else "a budget is missed")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
