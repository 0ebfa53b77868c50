"""A steward brings an office's file in: it is read, confirmed, checked, loaded, and then found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import dash
import openpyxl
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from gis import tables
from gis.access import Role
from gis.database import Database
from gis.ingest.district import remove_district
from gis.settings import Settings
from scenarios.cockpit.server import build_app
from scenarios.district import find_district
from scenarios.stewardship.quality import measure_datasets
from tests.cockpit.asking import calm_page
from tests.town import build_frames, store_frames

pytestmark = pytest.mark.journey

PATIENCE_S = 60
Serve = Callable[[dash.Dash], str]
# One new school, one new address of a stored one, and a kind of school that there is not.
DELIVERY = """标识码,学校名称,学校类型,办学性质,地址,经度,纬度
A,A学校,小学,公办,学院路1号,120.605,28.025
B,B学校,九年一贯制,公办,,120.635,28.015
P,P学校,小学,民办,,120.605,28.005
X,X学校,小学,公办,,120.625,28.005
Z,新学校,初中,公办,学院路9号,120.615,28.015
Q,怪学校,补习班吧,公办,学院路8号,120.614,28.016
"""


@pytest.fixture
def desk(database: Database) -> Iterator[Database]:
    """Give a district of its own that a test may change."""
    with database.begin(Role.STEWARD) as connection:
        store_frames(connection, build_frames(), code="desk")
    with database.begin(Role.STEWARD) as connection:
        measure_datasets(connection, find_district(connection, "desk"))
    yield database
    with database.begin(Role.STEWARD) as connection:
        remove_district(connection, "desk")


@pytest.fixture
def page(page: Page) -> Page:
    return calm_page(page, PATIENCE_S)


def bring(page: Page, *paths: Path) -> None:
    with page.expect_file_chooser() as chosen:
        page.locator("[data-choose-files]").click()
    chosen.value.set_files(list(paths))


def test_a_file_of_an_office_goes_from_the_page_into_the_district(
    page: Page, desk: Database, serve: Serve, tmp_path: Path
) -> None:
    title = page.locator(".panel-title")
    page.goto(serve(build_app(desk, Settings(district="desk"))))
    page.locator("#open-data").click()
    expect(page.locator("#drop-zone")).to_be_visible()

    path = tmp_path / "学校名录.csv"
    path.write_bytes(DELIVERY.encode("gb18030"))
    bring(page, path)
    expect(page.locator("#delivery-form")).to_be_visible()
    expect(page.get_by_role("button", pressed=True).filter(has_text="学校")).to_be_visible()
    expect(page.locator(".mapping-table")).to_contain_text("标识码")
    assert "upload" not in page.url, "who knows the address must not get at the files"
    page.locator("#delivery-form [name=office]").fill("教育局")
    page.locator("#delivery-form [name=as_of]").fill("2026-03-31")
    page.locator("#delivery-form [name=crs]").fill("EPSG:4490")
    page.locator("#delivery-check").click()

    expect(page.locator("#delivery-load")).to_be_enabled()
    expect(title).to_contain_text("检查完毕")
    expect(page.locator(".panel-page")).to_contain_text("补习班吧")
    expect(page.locator(".delivery-doubts")).to_contain_text("GB18030读取")
    with page.expect_download() as taken:
        page.get_by_role("link", name="XLSX").click()
    copy = tmp_path / "report.xlsx"
    taken.value.save_as(copy)
    sheet = openpyxl.load_workbook(copy).worksheets[0]
    assert any(cell.comment or cell.fill.fill_type for row in sheet for cell in row)
    page.locator("#delivery-load").click()
    expect(title).to_contain_text("已入库")

    with desk.begin(Role.STEWARD) as connection:
        district = find_district(connection, "desk")
        school = tables.school
        stored = connection.execute(
            select(school.c.code, school.c.address).where(school.c.district_id == district.id)
        ).all()
    assert ("A", "学院路1号") in stored and ("Z", "学院路9号") in stored
    assert not any(code == "Q" for code, _ in stored)


def test_what_cannot_be_read_is_said_and_can_be_removed(
    page: Page, desk: Database, serve: Serve, tmp_path: Path
) -> None:
    page.goto(f"{serve(build_app(desk, Settings(district='desk')))}?data=overview")
    broken = tmp_path / "学校.xlsx"
    broken.write_bytes(b"PK\x03\x04 no archive")
    bring(page, broken)
    expect(page.locator(".delivery-fault")).to_be_visible()
    page.get_by_role("button", name="移除文件").click()
    expect(page.locator("#drop-zone")).to_be_visible()
