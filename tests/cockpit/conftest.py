"""A real browser for the cockpit: one Chromium a session, one watched page a test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import dash
import pytest
from playwright.sync_api import Browser, Error, Page, Request, Response, sync_playwright
from werkzeug.serving import BaseWSGIServer, make_server

CHROMIUM = "/usr/bin/chromium"

# WebGL 2 without a graphics card, and no way out to any other machine.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@dataclass
class Watch:
    """What a page said and asked for that it should not have."""

    console: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def attach(self, page: Page) -> None:
        """Listen to everything the page asks for and complains about."""
        page.on("request", self._take_request)
        page.on("response", self._take_response)
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on("console", lambda line: line.type == "error" and self.console.append(line.text))

    def _take_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and address.hostname != "127.0.0.1":
            self.strangers.append(request.url)

    def _take_response(self, response: Response) -> None:
        if response.status >= 400:
            self.failed.append(f"{response.status} {response.url}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium; its absence fails the tests, it never skips them."""
    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        except Error as error:
            pytest.fail(
                f"{CHROMIUM} does not start. Install it with: apt-get install chromium"
                f" fonts-noto-cjk\n{error}"
            )
        yield chromium
        chromium.close()


@pytest.fixture
def serve() -> Iterator[Callable[[dash.Dash], str]]:
    """Return a function that serves a Dash app on a free port and gives its address."""
    servers: list[tuple[BaseWSGIServer, threading.Thread]] = []

    def start(app: dash.Dash) -> str:
        server = make_server("127.0.0.1", 0, app.server, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def page(browser: Browser, watch: Watch, serve: Callable[[dash.Dash], str]) -> Iterator[Page]:
    """Open a fresh page that must neither log an error nor ask any other machine for anything.

    It asks for `serve` so that the page closes before its server does.
    """
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    watch.attach(page)
    yield page
    context.close()
    assert watch == Watch(), "the page logged errors, missed files or asked strangers"
