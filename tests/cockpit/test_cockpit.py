"""The cockpit in a real browser, over the little town: every click of the view."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import dash
import pytest
from playwright.sync_api import Locator, Page, expect

from gis.database import Database
from gis.settings import Settings
from scenarios.cockpit.server import build_app
from scenarios.district import District
from tests.town import find_centre

SCHOOL_A, SITE_N, WEST_UNIT = "00", "21", "10"
PATIENCE_S = 20


@pytest.fixture(scope="module")
def app(database: Database, town: District) -> dash.Dash:
    return build_app(database, Settings(district="town"))


@pytest.fixture
def cockpit(app: dash.Dash, serve: Callable[[dash.Dash], str]) -> str:
    """Serve the cockpit of the town and return its address."""
    return serve(app)


def wait(page: Page, question: str) -> None:
    """Wait until a question asked in the page is true.

    The page forbids itself to run text as a program, which Playwright's own waiting needs.
    """
    end = time.monotonic() + PATIENCE_S
    while not page.evaluate(question):
        assert time.monotonic() < end, f"still not: {question}"
        page.wait_for_timeout(50)


def open_page(page: Page, address: str) -> None:
    """Open a view of the town: on a page that shows another one by its history, without a reload.

    Nothing in the town ever changes, so both ways show the same.
    """
    home = address.partition("?")[0]
    if page.url.rstrip("/").partition("?")[0].rstrip("/") == home:
        page.mouse.move(1, 1)  # no card lies open over the map
        page.evaluate(
            """async to => {
                 history.pushState(null, "", to);
                 dispatchEvent(new PopStateEvent("popstate"));
                 const rest = () => new Promise((go) => requestIdleCallback(go));
                 for (let turn = 0; turn < 3; turn += 1) await rest();
               }""",
            address,
        )
        wait(page, "!document.querySelector('[data-dash-is-loading]')")
    else:
        page.goto(address)
    wait(page, "!!window.onemapDeck?.ready")
    expect(title(page)).to_be_visible()


def title(page: Page) -> Locator:
    return page.locator(".panel-title")


def read_layers(page: Page) -> set[str]:
    return {layer["id"].split("/")[0] for layer in page.evaluate("onemapDeck.layers")}


def fly(page: Page, unit: str, zoom: float = 14.5) -> tuple[float, float]:
    """Look straight down on a unit of the town; return the pixel of its middle."""
    place = find_centre(unit)
    camera = {"longitude": place.x, "latitude": place.y, "zoom": zoom, "pitch": 0, "bearing": 0}
    drawn = page.evaluate("onemapDeck.frames")
    page.evaluate("data => dash_clientside.set_props('map-camera', {data})", camera)
    # Nobody clicks on what is not drawn yet.
    there = f"Math.abs(onemapDeck.camera.zoom - {zoom}) < 0.01"
    wait(page, f"{there} && onemapDeck.frames > {drawn} && onemapDeck.ready")
    x, y = page.evaluate("at => onemapDeck.project(at)", [place.x, place.y])
    box = page.locator("#map").bounding_box()
    assert box is not None
    return box["x"] + x, box["y"] + y


@pytest.fixture
def page(standing_page: Page) -> Page:
    """Fly at once, as people may ask for; and wait for machines that draw without a card."""
    page = standing_page
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 1280, "height": 720})
    expect.set_options(timeout=1000 * PATIENCE_S)
    return page


def test_the_page_opens_with_scenarios_map_and_answer(page: Page, cockpit: str) -> None:
    page.goto("about:blank")
    open_page(page, cockpit)
    expect(page).to_have_title("教育智治一张图 · 小镇")
    expect(page.locator(".rail-item")).to_have_count(8)
    expect(page.locator('.rail-item[aria-current="page"]')).to_contain_text("区域校网布局")
    expect(page.locator(".synthetic")).to_have_text("模拟数据")
    expect(page.locator("#scale .scale-text")).to_have_text(re.compile(r"^\d+ k?m$"))
    assert "schools" in read_layers(page)
    unnamed = "e => !(e.textContent.trim() || e.ariaLabel || e.placeholder)"
    controls = "Array.from(document.querySelectorAll('button, input:not([type=hidden])'))"
    assert page.evaluate(f"{controls}.filter({unnamed}).length") == 0


@pytest.mark.journey
def test_searching_flies_to_a_school_and_opens_it(page: Page, cockpit: str) -> None:
    open_page(page, cockpit)
    page.get_by_placeholder("查找学校").fill("B学")
    page.get_by_role("option", name="B学校").click()
    expect(title(page)).to_contain_text("B学校")
    place = find_centre("13")
    wait(page, f"Math.abs(onemapDeck.camera.longitude - {place.x}) < 1e-4")
    assert "school=" in page.url
    expect(page.get_by_placeholder("查找学校")).to_have_value("")


@pytest.mark.journey
def test_a_click_opens_what_lies_there_and_a_click_beside_it_goes_back(
    page: Page, cockpit: str
) -> None:
    open_page(page, f"{cockpit}?scenario=enrolment_warning&layers=catchments,projects,schools")
    page.mouse.click(*fly(page, WEST_UNIT))
    expect(title(page)).to_contain_text("A学校")
    expect(page.locator("#close-panel")).to_have_text("入学预警分析")
    page.mouse.click(*fly(page, SITE_N, 16))
    expect(title(page)).to_contain_text("新学校")
    page.mouse.click(*fly(page, SCHOOL_A))
    wait(page, "location.search.includes('school=')")
    page.locator("#close-panel").click()
    expect(title(page)).to_contain_text("小学")


@pytest.mark.journey
def test_the_year_and_the_stage_change_the_answer(page: Page, cockpit: str) -> None:
    open_page(page, f"{cockpit}?scenario=enrolment_warning")
    expect(title(page)).to_contain_text("2026")
    page.get_by_label("下一年").click()
    expect(title(page)).to_contain_text("2027")
    expect(page.get_by_label("下一年")).to_be_disabled()
    page.get_by_role("button", name="初中").click()
    expect(title(page)).to_contain_text("初中")
    expect(page.get_by_role("button", name="初中")).to_have_attribute("aria-pressed", "true")
    assert "year=2027" in page.url
    assert "stage=junior" in page.url


@pytest.mark.journey
def test_a_chosen_subject_changes_answer_legend_and_address(page: Page, cockpit: str) -> None:
    open_page(page, f"{cockpit}?scenario=teacher_analysis&stage=primary")
    expect(title(page)).to_contain_text("缺1名教师")
    page.get_by_role("button", name="语文", exact=True).click()
    expect(title(page)).to_contain_text("语文均不缺员")
    legend = page.locator(".layer", has=page.locator('[data-layer="teacher_shortage"]'))
    expect(legend).to_contain_text("语文")
    assert "subject=chinese" in page.url
    page.get_by_role("button", name="全部", exact=True).click()
    expect(title(page)).to_contain_text("科学")
    assert "subject=" not in page.url


@pytest.mark.journey
def test_layers_are_switched_on_and_off_with_their_legends(page: Page, cockpit: str) -> None:
    open_page(page, f"{cockpit}?scenario=enrolment_warning")
    switch = page.locator('[data-layer="catchments"]')
    legend = page.locator(".layer", has=switch).locator(".legend li")
    expect(switch).to_have_attribute("aria-checked", "true")
    assert legend.count() > 0
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(legend).to_have_count(0)
    wait(page, "!onemapDeck.layers.some(layer => layer.id.startsWith('catchments'))")
    page.locator('[data-layer="buildings"]').click()
    wait(page, "onemapDeck.layers.some(layer => layer.id.startsWith('buildings'))")


@pytest.mark.journey
def test_language_and_theme_change_without_a_reload(page: Page, cockpit: str) -> None:
    page.goto("about:blank")  # a card that was open keeps its words while it is hidden
    open_page(page, f"{cockpit}?scenario=enrolment_warning")
    page.evaluate("window.kept = true")
    page.locator("#switch-language").click()
    expect(page).to_have_title("Education One Map · Town")
    expect(title(page)).to_contain_text("Primary")
    assert page.evaluate("document.documentElement.lang") == "en-GB"
    wait(page, "onemapDeck.ready")
    # The plan and the site of the town have no English name.
    ignored = ".rail-other, .switches, .plan-select, .panel-source, .panel-link"
    chinese = page.evaluate(
        "ignored => { const copy = document.querySelector('.cockpit').cloneNode(true);"
        " copy.querySelectorAll(ignored).forEach(e => e.remove());"
        " return copy.textContent.match(/[\\u4e00-\\u9fff]+/g) ?? []; }",
        ignored,
    )
    assert chinese == []
    page.locator("#switch-theme").click()
    dark = "getComputedStyle(document.body).backgroundColor"
    wait(page, f"{dark} === 'rgb(28, 32, 35)'")
    assert page.evaluate("window.kept")


@pytest.mark.journey
def test_an_address_carries_the_view_and_back_returns_to_it(page: Page, cockpit: str) -> None:
    page.goto("about:blank")  # whoever gets an address has no page yet
    open_page(page, f"{cockpit}?scenario=project_monitoring&language=en&theme=dark")
    expect(page.locator('.rail-item[aria-current="page"]')).to_contain_text("Project monitoring")
    first = title(page).inner_text()
    page.locator(".rail-item").nth(1).click()
    expect(title(page)).not_to_have_text(first)
    page.go_back()
    expect(title(page)).to_have_text(first)


def test_a_wrong_address_is_told_and_the_first_view_is_one_click_away(
    page: Page, cockpit: str
) -> None:
    page.goto(f"{cockpit}?plan=nowhere")
    notice = page.locator(".notice-card")
    expect(notice).to_contain_text("nowhere")
    notice.get_by_role("button", name="打开初始视图").click()
    expect(title(page)).to_be_visible()
    expect(notice).to_have_count(0)


@pytest.mark.journey
def test_a_name_in_a_table_opens_by_keyboard(page: Page, cockpit: str) -> None:
    open_page(page, f"{cockpit}?scenario=enrolment_warning")
    link = page.locator(".panel-link").first
    name = link.inner_text()
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#close-panel")).to_be_visible()
    expect(title(page)).to_contain_text(name)


@pytest.mark.journey
def test_surfaces_lie_on_the_map_and_a_unit_tells_its_seats(page: Page, cockpit: str) -> None:
    layers = "layers=children_density,accessibility&language=en"
    open_page(page, f"{cockpit}?stage=primary&year=2026&{layers}")
    assert {"children_density", "accessibility"} <= read_layers(page)
    expect(page.locator("#layers")).to_contain_text("20 to under 50 per km²")
    x, y = fly(page, "00")
    page.mouse.move(x + 40, y + 40)
    card = page.locator(".onemap-map-card")
    expect(card).to_contain_text("Seats within reach of a child")
    expect(card).to_contain_text("0.75")
