"""Briefings of the little town: on paper stands what the panels and the database say."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from gis.errors import UsageError
from scenarios.briefings.order import KINDS, Order, Printed, print_briefing
from scenarios.district import District, find_place_id
from scenarios.enrolment_warning.answer import read_counts, sum_counts
from scenarios.enrolment_warning.panel import build_panel
from scenarios.project_monitoring import panel as project_monitoring
from scenarios.resource_distribution import panel as resource_distribution
from scenarios.school_development import panel as school_development
from scenarios.school_network import panel as school_network
from scenarios.school_network.subdistrict_panel import build_subdistrict_panel
from scenarios.view import View
from tests.briefings.conftest import Look, choose_id, read_pages, squeeze
from tests.scenarios.pages import read_title

# Nobody of the town has sat a paper; these are printed from the sample, see check_pages.
OF_PUPILS = ("growth", "results")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in OF_PUPILS])
def test_every_kind_is_vector_with_its_own_fonts_and_marks_on_every_page(
    look: Look, kind: str
) -> None:
    view = look()
    check_pages(view, print_briefing(view, Order(kind, "A4", choose_id(view, kind))))


@pytest.mark.parametrize("kind", OF_PUPILS)
def test_a_district_without_pupils_is_told_what_to_load(look: Look, kind: str) -> None:
    with pytest.raises(UsageError, match="first"):
        print_briefing(look(), Order(kind))


def check_pages(view: View, printed: Printed) -> None:
    """Check that a print is vector, has its own fonts and its marks on every page."""
    reader = PdfReader(io.BytesIO(printed.pdf))
    assert reader.metadata is not None and reader.metadata.title == printed.title
    for number, page in enumerate(reader.pages, start=1):
        assert not list(page.images)
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            described = font.get_object()["/DescendantFonts"][0].get_object()
            file = described["/FontDescriptor"].get_object()
            assert "/FontFile2" in file or "/FontFile3" in file
            assert "+NotoSansCJKsc" in str(described["/BaseFont"])
        words = squeeze(page.extract_text())
        assert f"{number}/{len(reader.pages)}" in words
        assert "数据截至2026年3月31日" in words and "审图号：" in words
        assert ("模拟数据" in words) == view.profile.synthetic
    # The scale stands on the first page with a map; the name of the plan on all of them.
    assert any("1:" in words for words in read_pages(printed.pdf))


def test_two_prints_of_the_same_numbers_have_the_same_bytes(look: Look) -> None:
    order = Order("warning", "A3")
    assert print_briefing(look(), order).pdf == print_briefing(look(), order).pdf


def test_the_warning_sheet_has_the_numbers_of_the_newest_count(look: Look) -> None:
    view = look()
    [words] = read_pages(print_briefing(view, Order("warning", "A3")).pdf)
    counts = read_counts(view.connection, view.district, view.plan, stage="primary", year=2026)
    totals = sum_counts(counts)
    # A: 3 registered children on 3 seats are red without a seat short; B: 2 on 4.
    assert (totals["red_catchments"], totals["shortfall_seats"]) == (1, 0)
    assert squeeze(read_title(build_panel(view))) in words
    for row in counts.dropna(subset=["school_id"]).itertuples():
        assert f"{int(row.counted_children)}{int(row.seats)}" in words
    assert "▲100%" in words and f"运行{int(counts['run_id'].iloc[0])}" in words
    assert squeeze("2 个施教区中红色 1 个：A学校") in words


def test_titles_of_projects_balance_and_places_are_those_of_their_panels(look: Look) -> None:
    view = look()
    place = choose_id(view, "subdistrict")
    assert place is not None
    titles = {
        "projects": read_title(project_monitoring.build_panel(view)),
        "balance": read_title(resource_distribution.build_panel(view)),
        "network": read_title(school_network.build_panel(view)),
        "appraisal": read_title(school_development.build_panel(view)),
        "subdistrict": read_title(build_subdistrict_panel(view, place)),
    }
    for kind, title in titles.items():
        assert print_briefing(view, Order(kind, "A3", choose_id(view, kind))).title == title


def test_an_atlas_has_contents_and_a_page_for_each_catchment(look: Look) -> None:
    printed = print_briefing(look(), Order("atlas", "A4"))
    reader = PdfReader(io.BytesIO(printed.pdf))
    contents, *pages = read_pages(printed.pdf)
    assert len(pages) == 2
    assert [entry.title for entry in reader.outline] == ["A学校", "B学校"]  # type: ignore[union-attr]
    links = [note.get_object() for note in reader.pages[0]["/Annots"]]  # type: ignore[attr-defined]
    assert {link["/Subtype"] for link in links} == {"/Link"} and len(links) >= 2
    assert "A学校" in contents and "B学校" in contents
    assert "A学校：2026年" in pages[0] and "B学校：2026年" in pages[1]
    by_school = print_briefing(look(), Order("atlas", "A3", by="school"))
    assert by_school.sheets == 3, "A, B and P are open, X is closed"


def test_english_sheets_are_english(look: Look) -> None:
    printed = print_briefing(look(language="en"), Order("warning", "A4"))
    assert printed.title.startswith("Primary 2026: no catchment lacks seats")
    assert squeeze("Map approval number:") in read_pages(printed.pdf)[0]


def test_a_map_of_part_of_the_district_shows_that_part(look: Look) -> None:
    view = look()
    whole = print_briefing(view, Order("warning", "A3"))
    bounds = (559_500.0, 3_099_500.0, 560_500.0, 3_100_500.0)
    part = print_briefing(view, Order("warning", "A3", extent_m=bounds))
    assert read_pages(whole.pdf)[0].split("1:")[1][:6] != read_pages(part.pdf)[0].split("1:")[1][:6]


def test_what_does_not_exist_is_refused_with_what_does(look: Look) -> None:
    view = look()
    with pytest.raises(UsageError, match="warning, catchments"):
        print_briefing(view, Order("poster"))
    with pytest.raises(UsageError, match="A3 or A4"):
        print_briefing(view, Order("warning", "A5"))
    with pytest.raises(UsageError, match="needs to know which"):
        print_briefing(view, Order("school"))
    with pytest.raises(UsageError, match="catchment or school"):
        print_briefing(view, Order("atlas", by="street"))
    with pytest.raises(UsageError, match="no school 'Z'"):
        find_place_id(view.connection, view.district.id, "school", "Z")


def test_a_district_without_results_says_what_to_load(look: Look) -> None:
    view = look()
    empty = replace(view, district=District(10**9, view.profile))
    for kind, match in {
        "warning": "no counted catchments",
        "balance": "not been assessed",
        "network": "has no schools",
        "appraisal": "not been appraised",
        "atlas": "no catchment to make a page of",
    }.items():
        with pytest.raises(UsageError, match=match):
            print_briefing(empty, Order(kind))
