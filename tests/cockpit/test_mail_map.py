"""A map to mail opens without any network and tells the numbers of the cockpit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.conftest import Ask

pytestmark = pytest.mark.journey


def write_map(onemap: Ask, path: Path, *arguments: str) -> str:
    answer = onemap("export", "map", "--stage", "primary", "--out", path, *arguments, "--json")
    assert answer.code == 0, answer.err
    assert answer.told["file"] == str(path)
    return path.read_text(encoding="utf-8")


def test_a_mailed_map_opens_without_network_and_its_cards_tell_the_counts(
    onemap: Ask, town: object, tmp_path: Path, browser: Browser
) -> None:
    path = tmp_path / "map.html"
    write_map(onemap, path)
    asked, said = [], []
    page = browser.new_page(viewport={"width": 1000, "height": 800})
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: said.append(line.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_selector("path.leaflet-interactive")
    # Catchments A and B, and the schools A, B and P that are open and teach primary.
    assert page.locator("path.leaflet-interactive").count() == 5
    head = page.locator("header").inner_text()
    assert "2026年小学：" in head and "模拟数据" in head and "2026年3月31日" in head
    assert "红色" in page.locator("aside").inner_text()
    assert "▲" in page.locator(".name .mark.red").inner_text()
    # The first area is A's: 3 registered children on 3 seats.
    area = page.locator("path.leaflet-interactive").first
    box = area.bounding_box()
    assert box is not None
    area.click(position={"x": box["width"] * 0.2, "y": box["height"] * 0.8})
    card = page.locator(".leaflet-popup-content").inner_text()
    assert re.search(r"A学校\s+预警\s+▲ 红色预警\s+计入儿童\s+3\s+学位\s+3\s", card), card
    page.close()
    assert said == []
    assert asked == [path.as_uri()]


def test_the_same_map_is_the_same_text_and_leads_nowhere(
    onemap: Ask, town: object, tmp_path: Path
) -> None:
    first, second = (write_map(onemap, tmp_path / f"{n}.html") for n in (1, 2))
    assert first == second
    body = re.sub(
        r"<script>/\* @preserve.*?</script>", "", first, flags=re.DOTALL
    )  # Leaflet itself
    assert not re.search(r"(?:src|href)=|url\(|@import", body)
    assert len(first) < 5_000_000


def test_a_map_is_html_of_everything(onemap: Ask, town: object, tmp_path: Path) -> None:
    out = ("--out", tmp_path / "a.html")
    for wrong in (("--format", "gpkg"), ("--since", "2026-01-01"), ("--crs", "EPSG:4490")):
        answer = onemap("export", "map", *wrong, *out)
        assert (answer.code, "A map is written as html" in answer.err) == (2, True)
    answer = onemap("export", "map", "--stage", "senior", *out)
    assert (answer.code, "no catchments of stage senior" in answer.err) == (2, True)
    assert list(tmp_path.iterdir()) == []
