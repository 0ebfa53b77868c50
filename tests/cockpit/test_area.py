"""A planner selects an area on the map and reads the answer: in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import dash
import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import text

from gis.database import Database
from gis.selected_areas import parse_area
from gis.settings import Settings
from scenarios.cockpit.server import build_app
from tests.cockpit.asking import calm_page
from tests.cockpit.test_cockpit import wait

pytestmark = pytest.mark.journey

PATIENCE_S = 60
Serve = Callable[[dash.Dash], str]
WARNING = "?scenario=enrolment_warning&stage=primary&layers=catchments,subdistricts"


@pytest.fixture
def page(page: Page) -> Page:
    return calm_page(page, PATIENCE_S)


@pytest.fixture
def ouhai(small_database: Database) -> Iterator[Database]:
    """Give the small Ouhai; what people say of its warnings is taken back after the test."""
    yield small_database
    with small_database.engine.begin() as connection:
        connection.execute(text("delete from onemap.warning_event where run_id is null"))


def open_map(page: Page, address: str) -> dict[str, float]:
    """Open the warnings and return where the map lies on the screen."""
    page.goto(address + WARNING)
    wait(page, "!!window.onemapDeck?.ready")
    box = page.locator("#map").bounding_box()
    assert box is not None
    return dict(box)


def take_tool(page: Page, tool: str) -> None:
    """Take a tool that draws; its sheet then lies over the map."""
    page.locator(f"[data-tool={tool}]").click()
    expect(page.locator(".onemap-sketch")).to_be_visible()


def title(page: Page) -> Locator:
    return page.locator(".panel-title")


def read_area(page: Page) -> str:
    return str(page.evaluate("new URLSearchParams(location.search).get('area')") or "")


def test_a_polygon_is_drawn_answered_shared_and_cleared(
    page: Page, ouhai: Database, serve: Serve
) -> None:
    address = serve(build_app(ouhai, Settings()))
    box = open_map(page, address)
    page.locator("#select-area").click()
    take_tool(page, "polygon")
    corners = [(0.35, 0.3), (0.7, 0.3), (0.7, 0.65), (0.35, 0.65)]
    for x, y in corners:
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    expect(page.locator(".onemap-sketch circle")).to_have_count(4)
    page.keyboard.press("Backspace")
    expect(page.locator(".onemap-sketch circle")).to_have_count(3)
    x, y = corners[3]
    page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.keyboard.press("Enter")
    expect(title(page)).to_contain_text("所选区域：2026年小学")
    expect(page.locator(".onemap-sketch")).to_have_count(0)
    (part,) = parse_area(read_area(page))
    assert part.kind == "polygon" and len(part.corners) == 4
    sections = page.locator(".section-title").all_inner_texts()
    for words in ("逐年学位缺口", "区域内学校", "按年龄的儿童", "住在区内、学校在区外"):
        assert any(words in section for section in sections)
    wait(page, "onemapDeck.layers.some(({ id }) => id === 'area/chosen')")

    # Who opens the address sees the same area and the same answer.
    told, figures = title(page).inner_text(), page.locator(".panel-figures").inner_text()
    page.goto(page.url)
    wait(page, "!!window.onemapDeck?.ready")
    expect(title(page)).to_have_text(told)
    assert page.locator(".panel-figures").inner_text() == figures
    page.locator("#clear-area").click()
    expect(title(page)).not_to_contain_text("所选区域")
    assert "area=" not in page.url


def test_a_lasso_a_circle_and_pieces_are_united_and_esc_gives_up(
    page: Page, ouhai: Database, serve: Serve
) -> None:
    box = open_map(page, serve(build_app(ouhai, Settings())))

    def at(x: float, y: float) -> tuple[float, float]:
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    page.locator("#select-area").click()
    piece = page.locator(".choice-wrapped .choice-option").first
    piece.press("Enter")  # a subdistrict by keyboard
    expect(piece).to_have_attribute("aria-pressed", "true")
    # and one by a click on the map, once it can be found there
    wait(page, "onemapDeck.layers.some(({ id }) => id === 'area/piece') && onemapDeck.ready")
    page.mouse.click(*at(0.5, 0.5))
    wait(page, "new URLSearchParams(location.search).get('area').split('!').length === 2")

    take_tool(page, "lasso")
    page.mouse.move(*at(0.4, 0.4))
    page.mouse.down()
    for x, y in ((0.5, 0.4), (0.5, 0.5), (0.4, 0.5)):
        page.mouse.move(*at(x, y), steps=4)
    page.mouse.up()
    wait(page, "new URLSearchParams(location.search).get('area').includes('!p')")

    take_tool(page, "circle")
    page.mouse.move(*at(0.6, 0.5))
    page.mouse.down()
    page.mouse.move(*at(0.65, 0.5), steps=3)
    page.mouse.up()
    wait(page, "new URLSearchParams(location.search).get('area').includes('!o')")
    kinds = [part.kind for part in parse_area(read_area(page))]
    assert kinds == ["subdistrict", "subdistrict", "polygon", "circle"]

    before = read_area(page)
    take_tool(page, "polygon")
    page.mouse.click(*at(0.5, 0.5))
    page.keyboard.press("Escape")
    expect(page.locator(".onemap-sketch")).to_have_count(0)
    assert read_area(page) == before


def test_an_officer_reads_what_clears_a_red_and_enters_a_measure(
    page: Page, ouhai: Database, serve: Serve
) -> None:
    open_map(page, serve(build_app(ouhai, Settings())))
    page.locator(".panel-section", has_text="未解除的预警").locator(".panel-link").first.click()
    expect(title(page)).to_contain_text(re.compile("缺|已满"))
    page.locator("#compare-measures").click()
    table = page.locator(".panel-section", has_text="如何解除红色预警")
    expect(table).to_contain_text("本校增设班级")
    expect(table).to_contain_text("新建学校")
    page.locator("#warning-text").fill("增设一班")
    page.locator("#warning-who").fill("王老师")
    page.get_by_role("button", name="登记措施").click()
    log = page.locator(".event-list")
    expect(log).to_contain_text("增设一班")
    expect(log).to_contain_text("已发布")
    expect(log).to_contain_text("王老师")
