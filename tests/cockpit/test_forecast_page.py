"""A planner looks ten years ahead: in a real browser, a real district."""

from __future__ import annotations

import re
from collections.abc import Callable

import dash
import pytest
from playwright.sync_api import Page, expect

from gis.database import Database
from gis.settings import Settings
from scenarios.cockpit.server import build_app
from tests.cockpit.asking import calm_page
from tests.cockpit.test_cockpit import wait

pytestmark = pytest.mark.journey

Serve = Callable[[dash.Dash], str]
PATIENCE_S = 60


@pytest.fixture
def page(page: Page) -> Page:
    return calm_page(page, PATIENCE_S)


def test_a_planner_looks_ahead_chooses_a_year_and_opens_a_catchment(
    page: Page, small_database: Database, serve: Serve
) -> None:
    page.goto(f"{serve(build_app(small_database, Settings()))}?scenario=enrolment_warning")
    page.locator("#open-forecast").click()
    expect(page.locator(".panel-subtitle")).to_have_text("小学 · 出生与迁移：中方案")
    expect(page.locator("#years")).to_be_empty()  # the page has years of its own
    page.get_by_role("button", name="2033", exact=True).click()
    expect(page.get_by_text("2033 年变红可能最大的施教区")).to_be_visible()
    assert re.search(r"ahead=2033", page.url)
    wait(page, "!!window.onemapDeck?.ready")
    shown = [layer["id"] for layer in page.evaluate("onemapDeck.layers") if layer["visible"]]
    assert "red_chance" in shown and "catchments/fill" not in shown

    page.locator(".row-linked .panel-link").first.click()
    expect(page.get_by_role("heading", name="未来年份")).to_be_visible()
    page.locator("#close-panel").click()
    expect(page.get_by_text("2033 年变红可能最大的施教区")).to_be_visible()
    page.locator("#close-panel").click()
    expect(page.locator("#open-forecast")).to_be_visible()
    assert "ahead" not in page.url


def test_a_scenario_that_nobody_computed_says_how_to(
    page: Page, small_database: Database, serve: Serve
) -> None:
    address = serve(build_app(small_database, Settings()))
    page.goto(
        f"{address}?scenario=enrolment_warning&ahead=first&variant=low&plan=nearest&language=en"
    )
    expect(page.locator(".panel-title")).to_have_text("No forecast of this plan and scenario")
    expect(page.get_by_text("onemap forecast --plan nearest --scenario low")).to_be_visible()
