"""What is on the screen comes out of the printer: as a sheet by address, as a picture by click."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Callable
from pathlib import Path

import dash
import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page
from pypdf import PdfReader

from gis.database import Database
from gis.settings import Settings
from scenarios.cockpit.server import build_app
from scenarios.district import District
from tests.cockpit.test_cockpit import wait

pytestmark = pytest.mark.journey

SCREEN = "/briefings/screen.pdf"
PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def app(database: Database, town: District) -> dash.Dash:
    return build_app(database, Settings(district="town"))


@pytest.fixture(scope="module")
def client(app: dash.Dash) -> FlaskClient:
    return app.server.test_client()


def read_words(body: bytes) -> str:
    return "".join(
        "".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(body)).pages
    )


def read_scale(body: bytes) -> int:
    found = re.search(r"1:([0-9,]+)北", read_words(body))
    assert found is not None
    return int(found[1].replace(",", ""))


def test_what_is_selected_is_printed(
    client: FlaskClient, town: District, database: Database
) -> None:
    with database.engine.connect() as connection:
        found = connection.exec_driver_sql(
            "select id from onemap.school where code = 'B' and district_id = %s", (town.id,)
        ).scalar_one()
    answer = client.get(f"{SCREEN}?scenario=enrolment_warning&catchment={found}")
    assert "town_catchment_primary_2026.pdf" in answer.headers["Content-Disposition"]
    assert "B学校：2026年" in read_words(answer.data)


def test_the_map_shows_the_extent_of_the_screen_or_all_of_the_district(client: FlaskClient) -> None:
    asked = f"{SCREEN}?scenario=enrolment_warning&paper=A3&extent="
    part = client.get(asked + "120.6,28.02,120.61,28.03").data
    whole = client.get(asked + "120,27,121,29").data
    assert read_scale(part) == 5_000 and read_scale(whole) == 17_500
    for wrong in ("1,2,3", "121,28,120,29", "a,b,c,d"):
        assert client.get(asked + wrong).status_code == 400


def test_a_person_prints_the_screen_as_sheet_and_as_picture(
    page: Page, app: dash.Dash, serve: Callable[[dash.Dash], str], tmp_path: Path
) -> None:
    page.goto(serve(app) + "/?scenario=enrolment_warning&year=2026")
    wait(page, "!!window.onemapDeck?.ready")
    page.click("#print")
    with page.expect_download(timeout=PATIENCE_MS) as sheet:
        page.click("[data-print*='A4']")
    assert sheet.value.suggested_filename == "town_warning_primary_2026.pdf"
    page.click("#print")
    with page.expect_download(timeout=PATIENCE_MS) as picture:
        page.click("[data-print*='png']")
    path = tmp_path / "picture.png"
    picture.value.save_as(path)
    width, height = struct.unpack(">II", path.read_bytes()[16:24])
    assert width >= 3600 and height > 2000
    assert path.stat().st_size > 100_000, "a map is on it, not an empty ground"
