"""A planner draws catchments, compares, keeps or drops them: in a real browser, real districts."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import dash
import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import delete

from gis import tables
from gis.access import Role
from gis.database import Database
from gis.errors import RejectedDataError
from gis.settings import Settings
from scenarios.cockpit.server import build_app
from scenarios.district import District, Plan, find_district, list_plans
from scenarios.jobs import JobDesk
from scenarios.school_network.drafting import draw_draft
from scenarios.school_network.drafting_order import Order
from scenarios.school_network.draw import draw_plan
from tests.cockpit.asking import calm_page
from tests.cockpit.test_cockpit import wait

pytestmark = pytest.mark.journey

PATIENCE_S = 40
NO_MAP = "&layers="  # for who reads the panel alone: a map takes seconds to draw without a card
Serve = Callable[[dash.Dash], str]


@pytest.fixture
def ouhai(small_database: Database) -> Iterator[District]:
    """Find the small Ouhai; what a test draws and keeps is removed after it."""
    with small_database.begin(Role.PLANNER) as connection:
        found = find_district(connection, "ouhai")
        before = {plan.id for plan in list_plans(connection, found, drafts=True)}
    yield found
    with small_database.begin(Role.PLANNER) as connection:
        made = {plan.id for plan in list_plans(connection, found, drafts=True)} - before
        connection.execute(delete(tables.plan).where(tables.plan.c.id.in_(made)))


@pytest.fixture
def page(page: Page) -> Page:
    return calm_page(page, PATIENCE_S)


def open_page(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator(".panel-title")).to_be_visible()


def draw_slowly(database: Database, district: District, **asked: Any) -> Plan:
    """Draw only when told to stop, as a search does that would go on for long."""
    while not asked["should_stop"]():
        asked["progress"]("search", 0.4)
        time.sleep(0.02)
    return draw_plan(database, district, **asked)


def open_desk(database: Database, draw: Callable[..., Plan]) -> JobDesk:
    """Open a desk that draws in another way."""
    return JobDesk(database, {Order: partial(draw_draft, draw=draw)})


def find_method(page: Page, code: str) -> Locator:
    return page.locator(f'[data-method="{code}"]')


def list_sides(page: Page, layer: str) -> set[str]:
    ids = [one["id"] for one in page.evaluate("onemapDeck.layers")]
    return {id.partition("@")[2] for id in ids if id.startswith(layer)}


@pytest.mark.parametrize("method", ["nearest", "walking", "balanced"])
def test_a_planner_draws_compares_and_keeps_a_plan(
    page: Page, small_database: Database, ouhai: District, serve: Serve, method: str
) -> None:
    open_page(page, serve(build_app(small_database, Settings())))
    page.locator("#open-drafting").click()
    find_method(page, method).click()
    expect(find_method(page, method)).to_have_attribute("aria-pressed", "true")
    if method == "balanced":
        page.locator("#draft-limit").fill("5")
    page.get_by_role("button", name="开始划片").click()
    expect(page.locator(".panel-title")).to_contain_text("草案使")
    assert f"compare=draft-primary-{method}" in page.url
    figures = page.locator(".panel-table").first
    for words in ("超出学位的儿童", "平均上学距离", "学校改变的儿童", "施教区紧凑度"):
        expect(figures).to_contain_text(words)
    expect(page.locator("#side-before")).to_contain_text("现行")
    expect(page.locator("#side-after")).to_contain_text("草案")
    wait(page, "!!window.onemapDeck?.ready")
    assert list_sides(page, "catchments/fill") == {"before", "after"}
    assert list_sides(page, "moved/unit") == {""}, "moved units are marked on both sides"

    expect(page.locator(".panel")).to_contain_text("已证明的结论")

    form = page.locator("#keep-form")
    form.locator('input[name="name_zh"]').fill("秋季方案")
    form.locator('input[name="code"]').fill("autumn-2026")
    form.locator('input[name="code"]').press("Enter")
    expect(page.locator("#plan")).to_have_value("秋季方案")
    expect(page.locator(".sides")).to_have_count(0)
    assert "plan=autumn-2026" in page.url and "compare" not in page.url
    page.locator("#plan").click()
    expect(page.get_by_role("option", name="秋季方案")).to_be_visible()


def test_a_planner_limits_what_a_balanced_draft_may_change(
    page: Page, small_database: Database, ouhai: District, serve: Serve
) -> None:
    address = serve(build_app(small_database, Settings()))
    open_page(page, f"{address}?drawing=balanced&stage=junior{NO_MAP}")
    page.locator("#draft-limit").fill("5")
    page.get_by_label("最多调整学生数").fill("150")
    page.get_by_label("调整权重").fill("0.05")
    page.get_by_role("textbox", name="小学施教区整体对口").click()
    page.get_by_role("option", name="现行施教区").click()
    page.get_by_role("button", name="开始划片").click()
    expect(page.locator(".panel-title")).to_contain_text("草案使")
    expect(page.locator("#side-after")).to_contain_text("调整≤150人，调整权重0.05，整体对口")
    expect(page.locator(".panel")).to_contain_text("约束条件：最多调整150名学生")
    expect(page.locator(".panel")).to_contain_text("对口方案现行施教区")


def test_terms_that_no_plan_can_keep_are_told_and_no_draft_is_there(
    page: Page, small_database: Database, ouhai: District, serve: Serve
) -> None:
    open_page(page, f"{serve(build_app(small_database, Settings()))}?drawing=balanced{NO_MAP}")
    page.get_by_label("最远上学距离（米）").fill("300")
    page.get_by_role("button", name="开始划片").click()
    failure = page.locator(".job-failure")
    expect(failure).to_contain_text("No plan can keep these terms. Unit")
    expect(failure).to_contain_text("farther than 300 m")
    expect(failure).not_to_contain_text(re.compile(r"\([1-4] pupils"))
    expect(page.locator(".draft-drop")).to_have_count(0)


def test_two_maps_stay_at_one_place_and_a_click_tells_the_side(
    page: Page, small_database: Database, ouhai: District, serve: Serve
) -> None:
    open_page(page, f"{serve(build_app(small_database, Settings()))}?compare=nearest")
    wait(page, "!!window.onemapDeck?.ready")
    box = page.locator("#map").bounding_box()
    assert box is not None
    x, y = box["x"] + 0.75 * box["width"], box["y"] + 0.5 * box["height"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y - 30, steps=4)
    page.mouse.up()
    page.wait_for_timeout(500)
    before, after = page.evaluate("onemapDeck.cameras")
    assert (before["id"], after["id"]) == ("before", "after")
    assert before["longitude"] == after["longitude"] != ouhai.profile.view.longitude
    page.locator(".panel-table .panel-link").first.click()
    expect(page.locator("#close-panel")).to_have_text("方案对比")
    assert "school=" in page.url
    wait(page, "!!window.onemapDeck?.ready")
    page.mouse.click(x, y + 90)
    wait(page, "location.search.includes('side=after')")
    expect(page.locator(".panel-subtitle")).to_contain_text("就近划片")
    page.locator("#close-panel").click()
    expect(page.locator(".panel-title")).to_contain_text("该方案使")
    page.locator("#close-sides").click()
    wait(page, "window.onemapDeck.cameras.length === 1")


def test_a_flight_ends_where_the_moved_units_are_whole_on_both_maps(
    page: Page, small_database: Database, ouhai: District, serve: Serve
) -> None:
    page.emulate_media(reduced_motion="no-preference")  # the maps part while the camera flies
    open_page(page, f"{serve(build_app(small_database, Settings()))}?drawing=nearest")
    wait(page, "!!window.onemapDeck?.ready")
    page.locator('[data-plan="walking"]').click()
    wait(page, "window.onemapDeck.cameras.length === 2")
    page.wait_for_timeout(2000)
    flown = page.evaluate("onemapDeck.cameras")
    page.reload()
    wait(page, "!!window.onemapDeck?.ready")
    assert flown == [pytest.approx(one) for one in page.evaluate("onemapDeck.cameras")]


def test_a_job_outlives_a_reload_and_a_stop_keeps_the_best_so_far(
    page: Page, small_database: Database, ouhai: District, serve: Serve
) -> None:
    desk = open_desk(small_database, draw_slowly)
    address = serve(build_app(small_database, Settings(), desk=desk))
    open_page(page, f"{address}?drawing=nearest{NO_MAP}")
    page.get_by_role("button", name="开始划片").click()
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "38")
    page.reload()
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.get_by_role("button", name="开始划片").click()
    expect(page.locator(".notice-card")).to_contain_text("running already")
    page.locator("#job-stop").click()
    expect(page.locator(".panel-title")).to_contain_text("草案使")
    expect(page.get_by_role("progressbar")).to_have_count(0)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(2500)
    assert not [url for url in asked if "_dash-update" in url], "nobody asks while nothing runs"
    page.get_by_role("button", name="删除草案").click()
    expect(page.locator(".panel-title")).to_have_text(re.compile("划片方案"))
    expect(page.locator(".draft-drop")).to_have_count(0)


def test_a_running_search_tells_what_its_best_plan_is_worth(
    page: Page, small_database: Database, ouhai: District, serve: Serve
) -> None:
    def search(database: Database, district: District, **asked: Any) -> Plan:
        while not asked["should_stop"]():
            asked["progress"]("divide · 3,935.72 · 2.31 %", 0.4)
            time.sleep(0.02)
        return draw_plan(database, district, **asked)

    address = serve(build_app(small_database, Settings(), desk=open_desk(small_database, search)))
    open_page(page, f"{address}?drawing=nearest{NO_MAP}")
    page.get_by_role("button", name="开始划片").click()
    card = page.locator(".job-card")
    expect(card.locator(".job-step")).to_contain_text("正在把单元划给各学校")
    expect(card.locator(".job-best")).to_contain_text("3,935.7 人·公里")
    expect(card.locator(".job-best")).to_contain_text("2.31%")
    page.locator("#job-stop").click()
    expect(page.locator(".panel-title")).to_contain_text("草案使")


def test_a_draft_that_is_ready_elsewhere_is_one_click_away(
    page: Page, small_database: Database, ouhai: District, serve: Serve
) -> None:
    desk = open_desk(small_database, draw_slowly)
    address = serve(build_app(small_database, Settings(), desk=desk))
    open_page(page, f"{address}?drawing=nearest&language=en&theme=dark{NO_MAP}")
    page.get_by_role("button", name="Draw", exact=True).click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.locator(".rail-item").nth(1).click()
    page.locator("#job-stop").press("Enter")
    expect(page.locator(".job-card")).to_contain_text("The draft is ready")
    assert "compare" not in page.url, "nobody is torn away from what they read"
    page.get_by_role("button", name="Compare", exact=True).press("Enter")
    expect(page.locator("#side-after")).to_contain_text("Draft")


def test_a_failure_is_told_with_what_mends_it(
    page: Page, small_database: Database, ouhai: District, serve: Serve
) -> None:
    def fail(*_asked: Any, **_more: Any) -> Plan:
        raise RejectedDataError("No road is loaded.", mend="Load the dataset road.")

    address = serve(build_app(small_database, Settings(), desk=open_desk(small_database, fail)))
    open_page(page, f"{address}?drawing=walking{NO_MAP}")
    page.get_by_role("button", name="开始划片").click()
    expect(page.get_by_role("alert").filter(has_text="No road")).to_contain_text("Load the dataset")
    page.locator(".job-close").click()
    expect(page.locator(".job-card")).to_have_count(0)
