"""The network and the appraisal on the page: a leader compares places and opens a school."""

from __future__ import annotations

from collections.abc import Callable

import dash
import pytest
from playwright.sync_api import Page, expect

from gis.database import Database
from gis.settings import Settings
from scenarios.cockpit.server import build_app
from tests.cockpit.asking import calm_page

pytestmark = pytest.mark.journey

Serve = Callable[[dash.Dash], str]
PATIENCE_S = 60


@pytest.fixture
def page(page: Page) -> Page:
    return calm_page(page, PATIENCE_S)


def test_a_leader_opens_the_appraisal_of_a_school_and_goes_back(
    page: Page, small_database: Database, serve: Serve
) -> None:
    page.goto(f"{serve(build_app(small_database, Settings()))}?scenario=school_development")
    expect(page.get_by_text("排名及其对权重的敏感度")).to_be_visible()
    page.locator(".row-linked .panel-link").first.click()
    expect(page.get_by_text("各维度得分与同类学校中位数")).to_be_visible()
    expect(page.get_by_role("heading", name="长处")).to_be_visible()
    assert "appraised=2133040001" in page.url
    page.locator("#close-panel").click()
    expect(page.get_by_text("排名及其对权重的敏感度")).to_be_visible()
    assert "appraised" not in page.url


def test_a_leader_shows_white_spots_and_sets_two_subdistricts_side_by_side(
    page: Page, small_database: Database, serve: Serve
) -> None:
    page.goto(f"{serve(build_app(small_database, Settings()))}?scenario=school_network")
    page.get_by_role("button", name="在地图上显示").click()
    expect(page.get_by_text("200人/km²及以上")).to_be_visible()
    page.get_by_role("button", name="娄桥街道").first.click()
    expect(page.get_by_role("heading", name="并排对比")).to_be_visible()
    page.get_by_role("button", name="新桥街道", exact=True).click()
    expect(page.get_by_text("每万人学位数")).to_be_visible()
    assert "beside=330304006" in page.url
