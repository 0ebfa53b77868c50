"""Every number on paper: key figures and table cells are those of the database and of exports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from gis.database import read_table
from layers.palette import MARKS
from scenarios.briefings.catchment import build_catchment
from scenarios.briefings.edition import Edition, print_edition
from scenarios.briefings.material import read_material
from scenarios.briefings.order import Order, print_briefing
from scenarios.briefings.paper import choose_paper
from scenarios.briefings.sheet import PaperColumn, set_table
from scenarios.enrolment_warning.answer import read_counts
from scenarios.exporting import read_delivery
from scenarios.resource_distribution.analysis import judge_schools
from scenarios.resource_distribution.panel import list_failing, read_results
from scenarios.school_network.school_panel import list_figures as list_school_figures
from scenarios.school_network.subdistrict_panel import list_figures as list_place_figures
from scenarios.school_network.subdistrict_panel import read_subdistrict
from scenarios.view import View
from tests.briefings.conftest import Look, choose_id, read_pages, squeeze


def read_sheet(view: View, kind: str, **choices: Any) -> str:
    """Print a kind and return all its words."""
    order = Order(kind, "A3", choose_id(view, kind), **choices)
    return "".join(read_pages(print_briefing(view, order).pdf))


def write_number(value: Any, digits: int = 0) -> str:
    """Write a number as it stands in a Chinese table, a dash for none."""
    if pd.isna(value):
        return "–"
    return f"{float(value):,.{digits}f}".replace("-", "−")


def write_ratio(row: Any) -> str:
    ratio = "–" if pd.isna(row.ratio_pct) else f"{write_number(row.ratio_pct)}%"
    return f"{MARKS.get(row.warning, '')}{ratio}"


def expect(words: str, rows: Iterable[Iterable[str]], *, least: int = 1) -> None:
    """Expect each row, cell by cell in its order, among the words of a sheet."""
    told = ["".join(squeeze(cell) for cell in row) for row in rows]
    assert len(told) >= least
    assert [row for row in told if row not in words] == []


def expect_figures(words: str, figures: Iterable[tuple[Any, ...]]) -> None:
    """Expect key figures, each behind its label, with its mark if it is a warning."""
    marked = [
        (str(label), MARKS.get(rest[1], "") if len(rest) > 1 else "", str(value))
        for label, value, *rest in figures
    ]
    expect(words, marked)


def list_years(counts: pd.DataFrame, code: str, stage: str) -> list[list[str]]:
    """List the rows of the table of one catchment year by year."""
    mine = counts[(counts["school_code"] == code) & (counts["stage"] == stage)]
    rows: Any = mine.sort_values("year").itertuples()
    return [
        [
            f"{row.year}{'' if row.complete else '*'}",
            write_number(row.counted_children),
            write_number(row.seats),
            write_ratio(row),
            write_number(row.shortfall_seats),
            write_number(row.surplus_seats),
        ]
        for row in rows
    ]


def read_all_counts(view: View) -> pd.DataFrame:
    counts = read_counts(view.connection, view.district, view.plan)
    return counts.dropna(subset=["school_id"])


def read_exported(view: View, layer: str) -> list[Any]:
    delivery = read_delivery(
        view.connection, view.district, view.plan, layer=layer, stage=view.stage, year=view.year
    )
    rows: Any = delivery.features.itertuples()
    return list(rows)


def test_the_warning_sheet_says_what_the_exported_catchments_say(look: Look) -> None:
    view = look()
    words = read_sheet(view, "warning")
    rows = read_exported(view, "catchments")
    places = {"A": "西街道", "B": "东镇"}
    expect(
        words,
        [
            (
                row.school_name_zh,
                places[row.school_code],
                write_number(row.counted_children),
                write_number(row.seats),
                write_ratio(row),
                write_number(row.shortfall_seats),
            )
            for row in rows
        ],
        least=2,
    )
    # One child more than its 3 seats could bear: A needs a fourth to fall below 100 %.
    assert "0需增1个学位" in words
    reds, yellows = (sum(row.warning == code for row in rows) for code in ("red", "yellow"))
    expect_figures(
        words,
        [
            ("红色预警", reds, None, "red"),
            ("黄色预警", yellows, None, "yellow"),
            ("学位缺口", f"{sum(int(row.shortfall_seats) for row in rows)}个"),
            ("其余余量", f"{sum(int(row.surplus_seats) for row in rows)}个"),
        ],
    )


def test_the_sheet_of_catchments_says_what_the_exported_ones_say(look: Look) -> None:
    view = look()
    words = read_sheet(view, "catchments")
    rows = read_exported(view, "catchments")
    expect(
        words,
        [
            (
                row.school_name_zh,
                "西街道" if row.school_code == "A" else "东镇",
                "5",  # units of each in the picture of the town
                write_number(row.area_m2 / 1e6, 2),
                write_number(row.counted_children),
                write_number(row.seats),
                "––",  # the town has no streets to walk on
            )
            for row in rows
        ],
        least=2,
    )
    expect_figures(
        words,
        [
            ("施教区", len(rows)),
            ("户籍儿童", sum(int(row.counted_children) for row in rows)),
            ("学位", sum(int(row.seats) for row in rows)),
            ("施教区外", 2),  # one in unit 20, one without an address
        ],
    )


def test_the_sheet_of_projects_says_what_the_exported_ones_say(look: Look) -> None:
    view = look()
    words = read_sheet(view, "projects")
    rows = read_exported(view, "projects")
    stages = {one.code: one.name_zh for one in view.profile.construction.stages}
    expect(
        words,
        [
            (
                row.name_zh,
                row.subdistrict_name_zh,
                stages.get(row.construction_stage, "未开工"),
                f"{write_number(row.progress_pct)}/{write_number(row.planned_pct)}",
                f"{'▲' if row.state == 'late' else ''}{int(row.delay_days):+d}",
                f"{row.expected_end_on:%Y-%m}",
                str(int(row.opens_year)),
                write_number(row.seats),
            )
            for row in rows
        ],
    )
    states = pd.Series([row.state for row in rows])
    expect_figures(
        words,
        [
            ("滞后", (states == "late").sum(), None, "red"),
            ("按期", (states == "on_time").sum()),
            ("未开工", (states == "not_started").sum()),
            ("已竣工", (states == "completed").sum()),
        ],
    )


def test_the_sheet_of_balance_says_what_was_assessed(look: Look) -> None:
    view = look()
    words = read_sheet(view, "balance")
    results = read_results(view)
    judged = judge_schools(results, view.profile.balance)
    variations = read_table(view.connection, "indicator_variations", district_id=view.district.id)
    names = {one.code: one.name_zh for one in view.profile.balance.indicators}
    kept = variations["met"].fillna(False).astype(bool)
    rows: Any = variations[variations["stage"] == "primary"].itertuples()
    expect(
        words,
        [
            (
                names[row.indicator],
                write_number(row.schools),
                write_number(row.variation, 3),
                write_number(row.limit, 2),
                "限值以内" if row.met else "▲超过限值",
            )
            for row in rows
        ],
        least=2,
    )
    failing: Any = list_failing(results, judged, view, "primary").itertuples()
    expect(
        words,
        [
            (row.school_name_zh, str(row.met), str(row.near), str(row.failed), row.unmet)
            for row in failing
        ],
        least=2,
    )
    passed = judged.groupby("stage")["passed"].agg(["sum", "count"])
    expect_figures(
        words,
        [
            ("小学达标", f"{passed.loc['primary', 'sum']}/{passed.loc['primary', 'count']}"),
            ("初中达标", f"{passed.loc['junior', 'sum']}/{passed.loc['junior', 'count']}"),
            ("差异系数达标", f"{kept.sum()}/{len(variations)}"),
        ],
    )


def list_school_rows(view: View, school_id: int, code: str) -> list[list[str]]:
    """List the rows of all tables of a school: years, grades, indicators."""
    counts = read_all_counts(view)
    asked = {"district_id": view.district.id, "school_id": None}
    grades = read_table(view.connection, "school_grades", **asked)
    mine: Any = grades[grades["school_id"] == school_id].itertuples()
    stages = {one.code: one.name_zh for one in view.profile.stages}
    results = read_results(view)
    indicators = {one.code: one for one in view.profile.balance.indicators}
    judged: Any = results[results["school_id"] == school_id].itertuples()
    return [
        *list_years(counts, code, "primary"),
        *list_years(counts, code, "junior"),
        *(
            [f"{stages[row.stage]}{row.grade}年级", write_number(row.pupils)]
            for row in mine
            if row.year == 2025
        ),
        *(
            [
                indicators[row.indicator].name_zh,
                indicators[row.indicator].unit_zh,
                write_number(row.value, 2 if row.value < 100 else 0),
                write_number(row.standard, 1),
                view.language.term(row.state),
            ]
            for row in judged
        ),
    ]


def test_the_sheet_of_a_school_says_what_its_panel_says(look: Look) -> None:
    view = look()
    words = read_sheet(view, "school")
    school = choose_id(view, "school")
    assert school is not None
    expect(words, list_school_rows(view, school, "B"), least=10)
    asked = {"district_id": view.district.id, "school_id": None}
    parts = {
        name: read_table(view.connection, name, **asked) for name in ("school_grades", "seats")
    }
    grades, seats = (frame[frame["school_id"] == school] for frame in parts.values())
    results = read_results(view)
    newest = grades[grades["year"] == grades["year"].max()]
    figures = list_school_figures(newest, seats, results[results["school_id"] == school], view)
    expect_figures(words, figures)
    assert figures[0][1] == "27", "24 seats of the primary grades and 3 of the junior ones"


def list_catchment_rows(view: View, code: str, neighbour: str) -> list[list[str]]:
    """List the rows of a catchment: its years, and its neighbour if that has seats left."""
    counts = read_all_counts(view)
    near = counts[
        (counts["school_code"] == neighbour)
        & (counts["stage"] == view.stage)
        & (counts["year"] == view.year)
        & (counts["surplus_seats"] > 0)
    ]
    rows: Any = near.itertuples()
    return [
        *list_years(counts, code, view.stage),
        *(
            [
                row.school_name_zh,
                write_number(row.counted_children),
                write_number(row.seats),
                write_ratio(row),
                write_number(row.surplus_seats),
            ]
            for row in rows
        ),
    ]


def test_the_sheet_of_a_catchment_says_what_was_counted(look: Look) -> None:
    view = look()
    words = read_sheet(view, "catchment")
    expect(words, list_catchment_rows(view, "B", "A"), least=2)
    # h05 and h06 are registered, h07 is not: 2 on 4 seats.
    expect_figures(words, [("占比", "50%"), ("户籍儿童", 2), ("学位", 4), ("随迁", 1)])
    assert "相邻施教区均无学位余量。" in words, "A is full"


def test_the_sheet_of_a_subdistrict_says_what_its_panel_says(look: Look) -> None:
    view = look()
    words = read_sheet(view, "subdistrict")
    place = choose_id(view, "subdistrict")
    assert place is not None
    _row, schools, cohorts = read_subdistrict(view, place)
    rows: Any = schools.itertuples()
    expect(
        words,
        [
            (
                row.school_name_zh,
                view.language.term(row.kind),
                write_number(row.seats),
                write_number(row.pupils),
                write_ratio(row),
                write_number(row.shortfall_seats),
            )
            for row in rows
        ],
    )
    stages = {one.code: one.name_zh for one in view.profile.stages}
    cells = cohorts.sort_values("year").groupby("stage")["children_text"].agg(list)
    expect(words, [(stages[str(stage)], *texts) for stage, texts in cells.items()], least=2)
    expect_figures(words, list_place_figures(schools, cohorts, view))


def test_the_pages_of_an_atlas_say_what_the_single_sheets_say(look: Look) -> None:
    view = look()
    contents, first, second = read_pages(print_briefing(view, Order("atlas", "A4")).pdf)
    expect(first, list_catchment_rows(view, "A", "B"), least=3)
    expect(second, list_catchment_rows(view, "B", "A"), least=2)
    assert "100%2" in contents and "50%3" in contents, "ratio and page of A and B"
    by_school = read_pages(print_briefing(view, Order("atlas", "A4", by="school")).pdf)
    school = choose_id(view, "school")
    assert school is not None
    [page] = [page for page in by_school if "B学校：在校生" in page]
    expect(page, list_school_rows(view, school, "B"), least=10)


@pytest.mark.parametrize("paper", ["A3", "A4"])
def test_no_row_of_a_table_is_lost_without_a_word(look: Look, paper: str) -> None:
    view = look()
    material = read_material(view, choose_paper(paper, is_high=True))
    school = choose_id(view, "catchment")
    assert school is not None
    [sheet] = build_catchment(material, school)
    columns = [PaperColumn("name", "School", is_numeric=False), PaperColumn("seats", "Seats")]
    rows = pd.DataFrame({"name": [f"第{n}号。" for n in range(150)], "seats": range(150)})
    long = set_table("长表", rows, columns, view.language)
    names = [squeeze(name) for name in rows["name"]]

    goes_on = replace(sheet, tables=(long, long))
    words = "".join(read_pages(print_edition(Edition((goes_on,)), material)))
    assert all(words.count(name) == 2 for name in names)

    single = replace(sheet, tables=(long, replace(long, title="另一表")), is_single=True)
    [page] = read_pages(print_edition(Edition((single,)), material))
    shown = sum(name in page for name in names)
    assert 0 < shown < 150
    assert f"另有{150 - shown}行未列；另一表：另有150行未列" in page
