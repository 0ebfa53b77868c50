"""The town as it is printed: the same view for all tests of paper."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest
from pypdf import PdfReader

from gis.access import Role
from gis.database import Database
from layers.language import load_language
from scenarios.district import District, find_place_id, find_plan
from scenarios.view import View

Look = Callable[..., View]


@pytest.fixture
def look(database: Database, town: District) -> Iterator[Look]:
    """Return a function that looks at the town as a planner does."""
    with database.begin(Role.PLANNER) as connection:

        def make(stage: str = "primary", year: int = 2026, language: str = "zh") -> View:
            plan = find_plan(connection, town, None)
            return View(connection, town, plan, stage, year, load_language(language))

        yield make


def choose_id(view: View, kind: str) -> int | None:
    """Return school B or the eastern town for the kinds that are about one thing."""
    if kind in ("school", "catchment"):
        return find_place_id(view.connection, view.district.id, "school", "B")
    if kind == "subdistrict":
        return find_place_id(view.connection, view.district.id, "subdistrict", "330304002")
    return None


def read_pages(pdf: bytes) -> list[str]:
    """Return the text of each page without the spaces that setting puts between scripts."""
    return [squeeze(page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def squeeze(text: str) -> str:
    return "".join(text.split())
