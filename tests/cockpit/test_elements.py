"""The vocabulary of panels: what a reader sees for given numbers."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pandas as pd
import pytest
from dash.development.base_component import Component

from layers.language import load_language
from scenarios.elements import (
    Bar,
    Column,
    Figure,
    Line,
    Step,
    build_bars,
    build_figures,
    build_lines,
    build_link,
    build_mark,
    build_page,
    build_section,
    build_source,
    build_strip,
    build_table,
)

ENGLISH, CHINESE = load_language("en"), load_language("zh")


def walk(part: Any) -> Iterator[Any]:
    """Yield a part of a page and everything inside it."""
    if isinstance(part, list | tuple):
        for child in part:
            yield from walk(child)
    elif part is not None:
        yield part
        yield from walk(getattr(part, "children", None))


def find(part: Any, name: str) -> list[Component]:
    """Find the parts that bear a class name."""
    return [one for one in walk(part) if name in (getattr(one, "className", None) or "").split()]


def read(part: Any) -> str:
    return "".join(one for one in walk(part) if isinstance(one, str))


SCHOOLS = pd.DataFrame(
    {
        "id": [7, 8, 9],
        "name": ["梧田一小", "茶山小学", "新桥小学"],
        "children": [1412, None, 3],
        "ratio_pct": [131.25, 88.0, None],
    }
)
COLUMNS = [
    Column("name", "School"),
    Column("children", "Children", unit="children"),
    Column("ratio_pct", "Ratio", format=ENGLISH.percent),
]


def list_rows(table: Component) -> list[list[str]]:
    body = next(part for part in walk(table) if getattr(part, "_type", "") == "Tbody")
    return [[read(cell) for cell in row.children] for row in body.children]


def test_a_table_writes_missing_values_as_a_dash_and_keeps_the_order_of_its_rows() -> None:
    rows = list_rows(build_table(SCHOOLS, COLUMNS, language=ENGLISH))
    assert rows == [
        ["梧田一小", "1,412", "131.3%"],
        ["茶山小学", "–", "88.0%"],
        ["新桥小学", "3", "–"],
    ]


def test_numbers_stand_to_the_right_and_words_to_the_left() -> None:
    table = build_table(SCHOOLS, COLUMNS, language=ENGLISH)
    heads = [part for part in walk(table) if getattr(part, "_type", "") == "Th"]
    assert [head.className for head in heads] == ["cell-left", "cell-right", "cell-right"]


def test_a_row_opens_what_it_is_about_and_moves_the_camera_there() -> None:
    table = build_table(SCHOOLS, COLUMNS, language=ENGLISH, row_id="id", link_kind="school")
    patches = [json.loads(getattr(link, "data-patch")) for link in find(table, "panel-link")]
    thing = {"kind": "school", "id": 7}
    assert patches[0] == {"selection": thing, "place": thing}
    assert [patch["selection"]["id"] for patch in patches] == [7, 8, 9]


def test_a_row_without_an_id_opens_nothing() -> None:
    outside = SCHOOLS.assign(id=pd.array([7, None, 9], dtype="Int64"))
    table = build_table(outside, COLUMNS, language=ENGLISH, row_id="id", link_kind="school")
    assert len(find(table, "panel-link")) == 2


def test_a_long_table_shows_its_first_rows_and_unfolds_the_rest() -> None:
    table = build_table(SCHOOLS, COLUMNS, language=CHINESE, limit=2)
    assert len(list_rows(table.children[0])) == 2
    assert len(list_rows(table.children[1])) == 3
    assert "全部 3 行" in read(table)


def test_an_empty_table_says_so_in_words() -> None:
    table = build_table(SCHOOLS.head(0), COLUMNS, language=ENGLISH, empty="No school.")
    assert read(table) == "No school."


@pytest.mark.parametrize("code", ["red", "yellow", "none", "unknown", "late", "met", "failed"])
def test_a_warning_is_told_by_shape_and_words_besides_its_colour(code: str) -> None:
    mark = build_mark(code, CHINESE)
    assert find(mark, f"mark-{code}")
    assert read(mark) == CHINESE.term(code) != code


def test_a_mark_without_words_still_speaks_to_a_screen_reader() -> None:
    assert getattr(build_mark("red", ENGLISH, words=False), "aria-label") == "Red warning"


def test_figures_carry_their_unit_and_mark() -> None:
    figures = build_figures([Figure("Shortfall", "312", "seats", "red"), ("Pupils", "9", None)])
    assert read(figures) == "Shortfall312seatsPupils9"
    assert len(find(figures, "mark-red")) == 1


def test_bars_share_one_scale_from_zero_that_holds_the_targets_too() -> None:
    chart = build_bars([Bar("A", 50, "50", target=200), Bar("B", 100, "100"), Bar("C", None, "–")])
    assert [bar.style["width"] for bar in find(chart, "bar")] == ["25.00%", "50.00%", "0.00%"]
    assert [tick.style["left"] for tick in find(chart, "bar-target")] == ["100.00%"]


def test_bars_of_nothing_are_empty_and_do_not_fail() -> None:
    assert find(build_bars([Bar("A", 0, "0")]), "bar")[0].style["width"] == "0.00%"


def list_paths(chart: Component) -> list[str]:
    masks = [unquote(line.style["maskImage"]) for line in find(chart, "line")]
    return [re.findall(r" d='([^']*)'", mask)[0] for mask in masks]


def test_a_line_is_interrupted_where_a_value_is_missing() -> None:
    line = Line("Pupils", [100, None, 300, 200])
    [path] = list_paths(build_lines([line], ["1", "2", "3", "4"], language=ENGLISH))
    assert path.count("M") == 2
    assert path.count("L") == 1


def test_the_axis_begins_at_zero_and_ends_at_a_round_number_above_the_values() -> None:
    chart = build_lines([Line("Pupils", [8200, 9871])], ["2025", "2026"], language=ENGLISH)
    labels = [read(grid) for grid in find(chart, "line-grid")]
    assert labels[0] == "0"
    assert labels[-1] == "10,000"


def test_higher_values_are_drawn_higher() -> None:
    [path] = list_paths(build_lines([Line("A", [1, 2])], ["a", "b"], language=ENGLISH))
    first, second = (float(y) for _x, y in re.findall(r"([\d.]+) ([\d.]+)", path))
    assert second < first  # the picture counts downwards


def test_lines_of_equal_or_no_values_can_be_drawn() -> None:
    for values in ([5, 5], [0, 0], [-3, 4]):
        assert find(build_lines([Line("A", values)], ["a", "b"], language=ENGLISH), "line")
    assert build_lines([Line("A", [None, None])], ["a", "b"], language=ENGLISH).hidden


def test_a_strip_gives_each_step_its_weight_and_says_it_in_words() -> None:
    strip = build_strip([Step("土建", 0.2, 100), Step("主体", 0.6, 50)], planned_pct=40)
    assert [step.style["flexGrow"] for step in find(strip, "strip-step")] == [0.25, 0.75]
    assert [done.style["width"] for done in find(strip, "strip-done")] == ["100.00%", "50.00%"]
    assert getattr(strip, "aria-label") == "土建 100%, 主体 50%"


def test_a_section_without_content_is_not_shown() -> None:
    assert build_section("Projects", None).hidden
    assert not build_section("Projects", "one").hidden
    assert len(build_page("a", None, "b").children) == 2


def test_the_source_line_names_date_plan_run_and_invented_data() -> None:
    plan = SimpleNamespace(name_zh="法定", name_en="Statutory")
    profile = SimpleNamespace(data_date=dt.date(2026, 3, 31), synthetic=True)
    view: Any = SimpleNamespace(language=CHINESE, plan=plan, profile=profile)
    assert (
        read(build_source(view, run_id=12))
        == "数据截至2026年3月31日 · 方案：法定 · 运行 12 · 模拟数据"
    )
    assert "法定" not in read(build_source(view, plan=False))


def test_names_from_registers_are_text_and_never_markup() -> None:
    link = build_link("school", 3, '<img src=x onerror="alert(1)">')
    assert read(link) == '<img src=x onerror="alert(1)">'
    assert not any("dangerously" in name.lower() for name in link.available_properties)
