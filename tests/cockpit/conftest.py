"""A real browser for the cockpit: one Chromium a session, one window a module, watched a test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import dash
import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Response,
    ViewportSize,
    sync_playwright,
)
from werkzeug.exceptions import NotFound
from werkzeug.serving import BaseWSGIServer, make_server

CHROMIUM = "/usr/bin/chromium"
SIZE_PX: ViewportSize = {"width": 1440, "height": 900}

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
        for event, take in self._list_listeners():
            page.on(event, take)

    def detach(self, page: Page) -> None:
        """Listen no more."""
        for event, take in self._list_listeners():
            page.remove_listener(event, take)

    def _list_listeners(self) -> list[tuple[Any, Callable[[Any], None]]]:
        return [
            ("request", self._take_request),
            ("response", self._take_response),
            ("pageerror", self._take_error),
            ("console", self._take_line),
        ]

    def _take_error(self, error: Error) -> None:
        self.console.append(str(error))

    def _take_line(self, line: ConsoleMessage) -> None:
        if line.type == "error":
            self.console.append(line.text)

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


@contextmanager
def run_server() -> Iterator[BaseWSGIServer]:
    """Run a server on a free port; what it serves can be changed while it runs."""
    server = make_server("127.0.0.1", 0, NotFound(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()


@pytest.fixture(scope="module")
def module_server() -> Iterator[BaseWSGIServer]:
    """Run one server for a module: scripts of one address are compiled once by its page."""
    with run_server() as server:
        yield server


@pytest.fixture
def serve(module_server: BaseWSGIServer) -> Iterator[Callable[[dash.Dash], str]]:
    """Return a function that serves a Dash app on a free port and gives its address."""
    free = [module_server]
    with ExitStack() as more:

        def start(app: dash.Dash) -> str:
            server = free.pop() if free else more.enter_context(run_server())
            server.app = app.server
            return f"http://127.0.0.1:{server.server_port}"

        yield start


@pytest.fixture
def watch() -> Watch:
    return Watch()


@contextmanager
def open_window(browser: Browser) -> Iterator[Page]:
    """Open a page with cookies, storage and a cache of its own."""
    context = browser.new_context(viewport=SIZE_PX, locale="zh-CN")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def module_page(browser: Browser) -> Iterator[Page]:
    """Open one window for a module: what it has compiled serves the next test too."""
    with open_window(browser) as page:
        yield page


@pytest.fixture
def standing_page(
    request: pytest.FixtureRequest,
    module_page: Page,
    watch: Watch,
    serve: Callable[[dash.Dash], str],
) -> Iterator[Page]:
    """Go on with the page as the test before left it; see :func:`page` for what it must not do.

    After a failure the next test begins with an empty page. It asks for `serve` so that nothing
    is served any more that the page has not left.
    """
    failed = request.session.testsfailed
    module_page.set_viewport_size(SIZE_PX)
    module_page.emulate_media(reduced_motion="null")
    watch.attach(module_page)
    yield module_page
    if request.session.testsfailed > failed:
        leave(module_page)
    watch.detach(module_page)
    assert watch == Watch(), "the page logged errors, missed files or asked strangers"


@pytest.fixture
def page(standing_page: Page) -> Iterator[Page]:
    """Open an empty page that must neither log an error nor ask any other machine for anything.

    It is left before anything else of the test is cleaned: a page asks on for what it shows.
    """
    leave(standing_page)
    yield standing_page


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Function) -> None:
    """Leave the page of a test before its data goes."""
    page = getattr(item, "funcargs", {}).get("page")
    if page is not None:
        leave(page)


@pytest.fixture
def fresh_page(browser: Browser, watch: Watch, serve: Callable[[dash.Dash], str]) -> Iterator[Page]:
    """Open a window of its own, for a test that changes more of it than can be undone."""
    with open_window(browser) as page:
        watch.attach(page)
        yield page
    assert watch == Watch(), "the page logged errors, missed files or asked strangers"


def leave(page: Page) -> None:
    """Go to an empty page and forget all that a site could have kept in the browser."""
    if page.url.startswith("http"):
        page.evaluate("localStorage.clear(); sessionStorage.clear()")
        page.goto("about:blank")
        page.context.clear_cookies()
        session = page.context.new_cdp_session(page)
        session.send("Network.clearBrowserCache")
        session.detach()
