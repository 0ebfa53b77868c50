"""An officer tries, runs, reads, decides and takes the list: in a real browser, a real district."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dash
import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import text

from gis.database import Database
from gis.settings import Settings
from scenarios.cockpit.server import build_app
from scenarios.district import District
from scenarios.enrolment_warning.admission.orders import AdmissionOrder, assign_order
from scenarios.jobs import JobDesk, Tell
from tests.cockpit.asking import calm_page
from tests.cockpit.test_cockpit import wait

pytestmark = pytest.mark.journey

PATIENCE_S = 60
ADMISSION = "?scenario=enrolment_warning&admission=newest"
Serve = Callable[[dash.Dash], str]

_CLEAN = (
    "delete from registry.admission_override",
    "delete from registry.admission_result",
    "delete from onemap.admission_cut",
    "delete from onemap.run where kind like 'admission %'",
)


@pytest.fixture
def ouhai(small_database: Database) -> Iterator[Database]:
    """Give the small Ouhai; what a test stores of admission is removed after it."""
    yield small_database
    with small_database.engine.begin() as connection:
        for statement in _CLEAN:
            connection.execute(text(statement))


@pytest.fixture
def page(page: Page) -> Page:
    return calm_page(page, PATIENCE_S)


def title(page: Page) -> Locator:
    return page.locator(".panel-title")


def read_layers(page: Page) -> str:
    return ",".join(layer["id"] for layer in page.evaluate("onemapDeck.layers"))


def test_an_officer_tries_runs_reads_decides_and_takes_the_list(
    page: Page, ouhai: Database, serve: Serve, tmp_path: Path
) -> None:
    page.goto(f"{serve(build_app(ouhai, Settings()))}?scenario=enrolment_warning")
    page.locator("#open-admission").click()
    expect(title(page)).to_have_text("招生分批：2026年小学")
    expect(page.locator(".panel-subtitle")).to_contain_text("尚无正式运行结果")
    page.locator("[data-rules=ouhai_2026]").click()
    page.get_by_role("button", name="试算").click()
    expect(page.locator(".panel-subtitle")).to_contain_text("试算，未存储")
    tried = title(page).inner_text()
    expect(page.locator(".job-card")).to_have_count(0)

    page.get_by_role("button", name="正式运行").click()
    expect(page.locator("#new-run")).to_be_visible()
    assert title(page).inner_text() == tried, "the same children, rules and seed"
    assert re.search(r"admission=\d+", page.url)
    wait(page, "!!window.onemapDeck?.ready")
    assert "placements" in read_layers(page) and "seated_share" in read_layers(page)

    page.get_by_role("button", name="资料缺失").click()
    expect(title(page)).to_contain_text("资料缺失")
    child = page.locator(".row-linked .panel-link").first
    code = child.inner_text()
    child.click()
    expect(title(page)).to_have_text(f"{code} · 待人工决定")
    assert code not in page.url, "a pseudonym stays out of addresses"
    page.locator("#decide-school").click()
    school = page.get_by_role("option").first
    name = school.inner_text()
    school.click()
    page.locator("#decide-reason").fill("材料已核实")
    page.locator("#decide-who").fill("王老师")
    page.locator("#decide-who").press("Enter")
    expect(title(page)).to_contain_text(name)
    expect(page.locator(".panel-page")).to_contain_text("材料已核实")
    page.go_back()
    expect(title(page)).to_contain_text("资料缺失")
    expect(page.locator(".row-linked", has_text=code)).to_contain_text(name)

    page.locator("#close-panel").click()
    with page.expect_download() as download:
        page.locator('[data-export="xlsx"]').click()
    download.value.save_as(tmp_path / "list.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx", read_only=True).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    decided = next(row for row in rows if row[0] == code)
    assert "材料已核实" in decided and name in decided


def test_a_child_is_found_by_its_code_and_a_wrong_code_is_told(
    page: Page, ouhai: Database, serve: Serve
) -> None:
    address = serve(build_app(ouhai, Settings()))
    page.goto(f"{address}{ADMISSION}&language=en&theme=dark&layers=")
    page.get_by_role("button", name="Run and store").click()
    expect(page.locator("#new-run")).to_be_visible()
    page.locator("#child-code").fill("C99")
    page.locator("#child-code").press("Enter")
    expect(page.locator(".notice-card")).to_contain_text("holds no child 'C99'")
    page.get_by_role("button", name="placed children").click()
    expect(title(page)).to_contain_text("Placed:")
    code = page.locator(".row-linked .panel-link").first.inner_text()
    page.locator("#close-panel").click()
    page.locator("#child-code").fill(code)
    page.locator("#child-code").press("Enter")
    expect(title(page)).to_contain_text(code)
    expect(page.locator("#decide-form")).to_be_hidden()
    page.locator("#close-panel").click()
    # A row of the cut lines selects the school and shows its flows.
    page.locator('.panel-link[data-patch*="catchment"]').first.press("Enter")
    expect(page.locator(".panel-page")).to_contain_text("Batches and cut lines")
    assert "school=" in page.url
    chinese = page.evaluate(
        "document.querySelector('.panel-page').textContent.match(/[\\u4e00-\\u9fff]+/g) ?? []"
    )
    assert chinese == []


def test_a_run_shows_its_progress_and_a_stop_stores_nothing(
    page: Page, ouhai: Database, serve: Serve
) -> None:
    go_on = threading.Event()

    def assign_slowly(
        database: Database,
        district: District,
        order: AdmissionOrder,
        tell: Tell,
        should_stop: Callable[[], bool],
    ) -> Any:
        tell("placement", 0.6)
        go_on.wait(PATIENCE_S)
        return assign_order(database, district, order, tell, should_stop)

    desk = JobDesk(ouhai, {AdmissionOrder: assign_slowly})
    page.goto(f"{serve(build_app(ouhai, Settings(), desk=desk))}{ADMISSION}&layers=")
    page.get_by_role("button", name="正式运行").click()
    card = page.locator(".job-card")
    expect(card.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "60")
    expect(card).to_contain_text("正在统筹安排")
    page.locator("#job-stop").click()
    expect(page.locator("#job-stop")).to_be_disabled()
    go_on.set()
    expect(card).to_contain_text("已停止，未存储任何结果")
    card.locator(".job-close").click()
    expect(card).to_have_count(0)
    expect(page.locator(".panel-subtitle")).to_contain_text("尚无正式运行结果")
