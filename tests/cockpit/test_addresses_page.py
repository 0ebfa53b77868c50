"""A steward opens the queue, chooses a candidate or clicks the map, and the address is placed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import dash
import pandas as pd
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from gis.access import Role
from gis.database import Database
from gis.settings import Settings
from scenarios.addresses.locate import locate_addresses, store_queue
from scenarios.cockpit.server import build_app
from scenarios.district import find_district
from tests.cockpit.asking import calm_page
from tests.cockpit.test_cockpit import wait

pytestmark = pytest.mark.journey

PATIENCE_S = 60
Serve = Callable[[dash.Dash], str]
# Doors of several houses in several units, of a street that nobody knows, and a whole subdistrict.
WAITING = ["泽雅镇清兰路1号101室", "梧田街道不知道巷5号"]


@pytest.fixture
def ouhai(small_database: Database) -> Iterator[Database]:
    """Give the small Ouhai with two addresses in the queue; both go after the test."""
    with small_database.begin(Role.STEWARD) as connection:
        district = find_district(connection, "ouhai")
        texts = pd.Series(WAITING, dtype=object)
        matches = locate_addresses(connection, district, texts)
        assert store_queue(connection, district, texts, matches, source="登记表.xlsx") == 2
    yield small_database
    with small_database.engine.begin() as connection:
        for table in ("address_queue", "address_decision"):
            connection.execute(text(f"delete from registry.{table}"))


@pytest.fixture
def page(page: Page) -> Page:
    return calm_page(page, PATIENCE_S)


def decide(page: Page) -> None:
    page.locator("#address-reason").fill("实地核实")
    page.locator("#address-who").fill("王老师")
    page.locator("#address-who").press("Enter")


def test_a_steward_places_what_no_rule_could_place(
    page: Page, ouhai: Database, serve: Serve
) -> None:
    title = page.locator(".panel-title")
    page.goto(f"{serve(build_app(ouhai, Settings()))}?scenario=school_network")
    page.locator("#open-addresses").click()
    expect(title).to_have_text("2条地址待人工核定")

    page.get_by_role("button", name="泽雅镇清兰路1号101室").click()
    expect(title).to_have_text("泽雅镇清兰路1号101室")
    expect(page.locator(".panel-page")).to_contain_text("须由人选定")
    wait(page, "!!window.onemapDeck?.ready")
    layers = page.evaluate("onemapDeck.layers.map((layer) => layer.id)")
    assert "address_spots/dot" in layers
    page.locator(".row-linked .panel-link").first.click()
    expect(page.locator("#address-form")).to_be_visible()
    assert "spot" not in page.url, "the place of a person stays out of addresses"
    decide(page)
    expect(title).to_have_text("1条地址待人工核定")

    page.get_by_role("button", name="梧田街道不知道巷5号").click()
    expect(title).to_have_text("梧田街道不知道巷5号")
    wait(page, "!!window.onemapDeck?.ready")
    page.locator("#map").click(position={"x": 380, "y": 380})
    expect(page.locator("#address-form")).to_be_visible()
    decide(page)
    expect(title).to_have_text("0条地址待人工核定")
    with ouhai.begin(Role.STEWARD) as connection:
        district = find_district(connection, "ouhai")
        again = locate_addresses(connection, district, pd.Series(WAITING, dtype=object))
    assert again.answers["level"].tolist() == ["decided", "decided"]
    assert again.answers["unit"].notna().all()
