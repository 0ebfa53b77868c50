"""A researcher reads results and growth: in a real browser, a real district."""

from __future__ import annotations

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


def test_a_researcher_chooses_a_paper_opens_a_school_and_goes_on_to_growth(
    page: Page, small_database: Database, serve: Serve
) -> None:
    page.goto(f"{serve(build_app(small_database, Settings()))}?scenario=academic_results")
    expect(page.locator(".panel-title")).to_contain_text("六年级语文期末")  # the first by code
    page.get_by_role("button", name="六年级数学期末", exact=True).click()
    expect(page.locator(".panel-title")).to_contain_text("8所学校中1所增值高于预期，1所低于预期")
    assert "exam=primary_maths_2025" in page.url
    wait(page, "!!window.onemapDeck?.ready")
    shown = [layer["id"] for layer in page.evaluate("onemapDeck.layers") if layer["visible"]]
    assert "value_added/disc" in shown

    page.locator(".bars .panel-link").first.click()
    expect(page.get_by_role("heading", name="班级薄弱题目")).to_be_visible()
    page.locator("#close-panel").click()
    expect(page.get_by_role("heading", name="各校增值")).to_be_visible()

    page.locator(".bars .panel-link").first.click()
    expect(page.locator("#close-panel")).to_be_visible()
    page.get_by_text("学生成长评价").click()  # another scenario begins with the whole district
    expect(page.get_by_role("heading", name="各领域等第")).to_be_visible()
    page.get_by_role("button", name="劳", exact=True).last.click()
    expect(page.get_by_role("heading", name="各校：劳")).to_be_visible()
    assert "within" not in page.url
