"""Words of the interface: every string in the code has its Chinese, and numbers read alike."""

from __future__ import annotations

import ast
import datetime as dt
import string
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gis.errors
from gis.errors import OneMapError, UsageError
from layers.language import LOCALES, load_language, read_catalogue
from scenarios.cockpit.catalogue import SCENARIOS

ROOT = Path(__file__).parents[2]
CALLERS = {"_", "language", "msgid"}  # names under which a Language, or the marker, is called


def list_called(tree: ast.AST) -> Iterator[str]:
    """Yield the strings that a module has translated: _("…"), _.count("…", "…", n), msgid("…")."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function, texts = node.func, node.args[:1]
        counted = isinstance(function, ast.Attribute) and function.attr == "count"
        if counted:
            function, texts = function.value, node.args[1:2]  # Chinese knows no singular
        name = getattr(function, "attr", None) or getattr(function, "id", None)
        if name in CALLERS:
            for text in texts:
                for part in ast.walk(text):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value


def list_msgids() -> set[str]:
    """Return every string of the code that people read."""
    found = {error.answer.notice for error in vars(gis.errors).values() if _is_error(error)}
    for folder in ("layers", "scenarios"):
        for path in (ROOT / folder).rglob("*.py"):
            found |= set(list_called(ast.parse(path.read_text(encoding="utf-8"))))
    return found


def _is_error(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, OneMapError)


def list_fields(text: str) -> set[str]:
    return {name for _text, name, *_rest in string.Formatter().parse(text) if name}


def test_every_string_in_the_code_has_its_chinese() -> None:
    assert sorted(list_msgids() - set(read_catalogue("zh"))) == []


def test_the_catalogue_holds_no_string_that_the_code_has_forgotten() -> None:
    assert sorted(set(read_catalogue("zh")) - list_msgids()) == []


def test_the_catalogue_names_every_string_once_and_in_order() -> None:
    lines = (LOCALES / "zh.po").read_text(encoding="utf-8").splitlines()
    ids = [line for line in lines if line.startswith("msgid ") and line != 'msgid ""']
    assert ids == sorted(set(ids))


@pytest.mark.parametrize(("english", "chinese"), read_catalogue("zh").items())
def test_a_translation_fills_in_what_its_source_fills_in(english: str, chinese: str) -> None:
    assert list_fields(chinese) == list_fields(english)


def test_the_scenarios_bear_the_names_of_the_districts_plan() -> None:
    chinese = load_language("zh")
    assert [chinese(scenario.name) for scenario in SCENARIOS] == [
        "区域校网布局",
        "入学预警分析",
        "教育资源分布",
        "投资项目监测",
        "学校发展评价",
        "教师发展分析",
        "学生成长评价",
        "学业成绩分析",
    ]


def test_a_missing_number_is_a_dash_and_never_a_zero() -> None:
    language = load_language("en")
    missing = [None, float("nan"), np.nan, pd.NA, pd.NaT]
    assert {language.number(value) for value in missing} == {"–"}
    assert language.percent(None) == language.date(pd.NaT) == "–"
    assert language.number(0) == "0"


def test_halves_are_rounded_away_from_zero_as_people_expect() -> None:
    language = load_language("zh")
    assert [language.number(value) for value in (0.5, 1.5, 2.5, -0.5)] == ["1", "2", "3", "−1"]
    assert language.number(1.005, 2) == "1.01"
    assert language.number(-0.04, 1) == "0.0"


def test_counts_of_few_children_are_hidden_but_none_is_told() -> None:
    language = load_language("zh")
    assert [language.cell(n, 5) for n in (0, 1, 4, 5, None)] == ["0", "<5", "<5", "5", "–"]


def test_days_read_as_each_language_writes_them() -> None:
    day = dt.date(2026, 8, 5)
    assert load_language("zh").date(day) == "2026年8月5日"
    assert load_language("en").date(pd.Timestamp(day)) == "5 August 2026"
    assert load_language("zh").month(day) == "2026年8月"


def test_a_name_that_one_language_lacks_is_shown_in_the_other() -> None:
    assert load_language("en").pick("梧田一小", None) == "梧田一小"
    assert load_language("zh").pick("梧田一小", "Wutian No. 1") == "梧田一小"


def test_english_counts_one_thing_and_many_things() -> None:
    english = load_language("en")
    phrases = [english.count("{n} seat", "{n} seats", n) for n in (0, 1, 2)]
    assert phrases == ["0 seats", "1 seat", "2 seats"]


def test_an_unknown_language_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="zh, en"):
        load_language("fr")
