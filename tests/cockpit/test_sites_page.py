"""Building sites in a real browser: an officer reports a stage, a slider plays the sites."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import dash
import pytest
from playwright.sync_api import Page, expect

from gis.access import Role
from gis.database import Database
from gis.ingest.district import remove_district
from gis.settings import Settings
from scenarios.cockpit.server import build_app
from scenarios.compute import compute_district
from scenarios.district import find_district
from tests.cockpit.asking import calm_page
from tests.cockpit.test_cockpit import open_page, title, wait
from tests.test_projects import build_site_frames
from tests.town import store_frames

pytestmark = pytest.mark.journey

PATIENCE_S = 30
SITES = "?scenario=project_monitoring"


@pytest.fixture
def cockpit(database: Database, serve: Callable[[dash.Dash], str]) -> Iterator[str]:
    """Serve a copy of the town whose records a test may change; it goes with the test."""
    with database.begin(Role.STEWARD) as connection:
        store_frames(connection, build_site_frames(), code="sites")
    with database.begin(Role.PLANNER) as connection:
        district = find_district(connection, "sites")
    compute_district(database, district)
    yield serve(build_app(database, Settings(district="sites")))
    with database.begin(Role.STEWARD) as connection:
        remove_district(connection, "sites")


@pytest.fixture
def page(page: Page) -> Page:
    return calm_page(page, PATIENCE_S)


def expect_heights(page: Page, **heights_m: float) -> None:
    """Wait until the project buildings are drawn as high as that."""
    told = [[f"{name[1:]}号楼", height] for name, height in heights_m.items()]
    drawn = json.dumps(json.dumps(told, ensure_ascii=False, separators=(",", ":")))
    rounded = "onemapDeck.heights.map(([name, height]) => [name, Math.round(height)])"
    wait(page, f"JSON.stringify({rounded}) === {drawn}")


def test_an_officer_reports_a_stage_is_told_what_is_wrong_and_sees_the_change(
    page: Page, cockpit: str
) -> None:
    open_page(page, f"{cockpit}{SITES}")
    page.get_by_role("button", name=re.compile("新学校")).first.click()
    expect(title(page)).to_contain_text("新学校滞后计划74天")
    page.get_by_text("填报建设节点").click()
    read_at = page.evaluate("document.querySelector('.panel').scrollTop")
    page.get_by_role("button", name="教室建设", exact=True).click()
    expect(page).to_have_url(re.compile("report=n1"))
    expect(page.locator("#report-actual-start-on")).to_have_value("")
    assert page.evaluate("document.querySelector('.panel').scrollTop") == read_at > 0
    page.locator("#report-actual-start-on").fill("2026-03-25")
    page.locator("#report-progress").fill("30")
    page.locator("#report-who").fill("王工")
    page.get_by_role("button", name="提交填报").click()
    notice = page.locator(".notice-card")
    expect(notice).to_contain_text("封顶尚未完成，教室建设不能开始")
    expect(page.locator("#report-progress")).to_have_value("30")

    page.get_by_role("button", name="封顶", exact=True).click()
    expect(page.locator("#report-actual-start-on")).to_have_value("2026-02-01")
    page.locator("#report-actual-end-on").fill("2026-03-20")
    page.locator("#report-progress").fill("100")
    page.locator("#report-who").fill("王工")
    page.get_by_role("button", name="提交填报").click()
    history = page.locator(".panel-section", has_text="填报记录")
    expect(history).to_contain_text("50% → 100%")
    expect(history).to_contain_text("王工")
    expect(notice).to_have_count(0)


def test_a_slider_plays_the_sites_from_ground_breaking_to_opening(page: Page, cockpit: str) -> None:
    open_page(page, f"{cockpit}{SITES}")
    # measured: all 20 m of the first house stand, the second has not begun
    expect_heights(page, n1=20, n2=0)
    slider = page.locator("#timeline input")
    expect(slider).to_have_attribute("aria-valuetext", "2026-03-31 据实")

    slider.focus()
    page.keyboard.press("Home")
    expect_heights(page, n1=0, n2=0)
    expect(page).to_have_url(re.compile("day=2025-01-01"))
    page.keyboard.press("End")
    expect_heights(page, n1=20, n2=8)
    expect(slider).to_have_attribute("aria-valuetext", re.compile("预计"))

    page.get_by_role("button", name="回到当前").click()
    expect_heights(page, n1=20, n2=0)
    assert page.evaluate("onemapDeck.day") is None
    expect(page).not_to_have_url(re.compile("day="))

    page.evaluate("window.playedFrom = performance.now()")
    page.get_by_role("button", name="播放工地建设过程").click()
    wait(page, "onemapDeck.heights.some(([, height]) => height > 0 && height < 20)")
    page.get_by_role("button", name="暂停").click()
    wait(page, "/day=/.test(location.search)")
    asked = page.evaluate(
        "performance.getEntriesByType('resource').filter(({ name, startTime }) =>"
        " startTime > playedFrom && /_dash-update|\\/map\\//.test(name)).map(({ name }) => name)"
    )
    assert asked == [], "no frame asks the server"


def test_an_address_with_a_day_opens_on_that_day_and_another_scenario_forgets_it(
    page: Page, cockpit: str
) -> None:
    # the frame of the first house: 305 days from 1 April 2025; half of it, 10 m, on 30 August
    open_page(page, f"{cockpit}{SITES}&day=2025-08-30")
    expect_heights(page, n1=10, n2=0)
    page.get_by_role("button", name="入学预警分析").click()
    expect(page.locator("#timeline")).to_be_hidden()
    wait(page, "onemapDeck.day === null")
    expect(page).not_to_have_url(re.compile("day="))
