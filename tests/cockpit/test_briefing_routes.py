"""The sheet of the screen by its address, without a browser."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from gis.database import Database
from gis.settings import Settings
from scenarios.cockpit.server import build_app
from scenarios.district import District

SCREEN = "/briefings/screen.pdf"


@pytest.fixture(scope="module")
def client(database: Database, town: District) -> FlaskClient:
    return build_app(database, Settings(district=town.profile.code)).server.test_client()


def test_the_sheet_has_the_stage_year_and_language_of_the_screen(
    client: FlaskClient, town: District
) -> None:
    asked = "?scenario=enrolment_warning&stage=junior&year=2027&language=en&paper=A3"
    answer = client.get(SCREEN + asked)
    assert answer.status_code == 200 and answer.mimetype == "application/pdf"
    assert "town_warning_junior_2027.pdf" in answer.headers["Content-Disposition"]
    [page] = PdfReader(io.BytesIO(answer.data)).pages
    words = "".join(page.extract_text().split())
    name = town.profile.get_stage("junior").name_en
    assert f"{name}2027" in words and "Enrolmentwarning" in words


def test_a_screen_of_an_unknown_district_is_not_printed(client: FlaskClient) -> None:
    assert client.get(f"{SCREEN}?district=nowhere").status_code == 400
