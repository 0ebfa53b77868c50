"""Scheme files: every fault is told with its line."""

from __future__ import annotations

import pytest

from catchments.appraisal.scheme_files import load_scheme, parse_scheme
from catchments.rule_nodes import RejectedRulesError
from gis.errors import UsageError
from gis.settings import PROJECT_ROOT
from scenarios.school_development.facts import FACTS
from tests.town import SCHEME

OUHAI = PROJECT_ROOT / "data" / "districts" / "ouhai" / "appraisal_2026.yaml"


def find_line(words: str) -> int:
    """Return the line of the town's scheme that holds these words."""
    return next(at for at, line in enumerate(SCHEME.splitlines(), 1) if words in line)


def list_faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(RejectedRulesError) as caught:
        parse_scheme(text, FACTS)
    return [(fault.line, f"{fault.found} {fault.mend}") for fault in caught.value.faults]


def test_the_shipped_scheme_is_sound_and_its_weights_sum_to_100():
    scheme = load_scheme(OUHAI, FACTS)
    assert scheme.weights.sum() == 100
    assert [one.name_zh for one in scheme.dimensions] == [
        "办学方向",
        "课程教学",
        "教师发展",
        "学校管理",
        "学生发展",
    ]
    assert {one.tier for one in scheme.indicators} == {"basic", "developmental", "leading"}


@pytest.mark.parametrize(
    ("written", "instead", "line_of", "said"),
    [
        ("dimension: care", "dimension: cares", "dimension: care", "Did you mean 'care'?"),
        ("tier: basic", "tier: basics", "tier: basic", "Did you mean 'basic'?"),
        ("direction: lower", "direction: down", "direction: lower", "Use one of higher, lower"),
        ("bounds: [50, 100]", "bounds: [100, 50]", "bounds: [50, 100]", "do not rise"),
        ("bounds: [50, 100]", "bounds: [50]", "bounds: [50, 100]", "1 bounds. Write 2"),
        ("weight: 30", "weight: thirty", "weight: 30", "'thirty' instead of a number"),
        ("scored_by: system", "scored_by: sistem", "scored_by: system", "Did you mean 'system'?"),
        (
            "fact: qualified_teachers_pct",
            "fact: qualified_teacher_pct",
            "fact: qualified_teachers_pct",
            "Did you mean 'qualified_teachers_pct'?",
        ),
        ("kinds: [primary, nine_year]", "kinds: [Primary]", "kinds: [primary", "is no code"),
        ("draws: 500", "draws: 5", "draws: 500", "out of range"),
        ("code: accidents", "code: lessons", "code: accidents", "stands here twice"),
        ("least_known_pct: 70", "least_known: 70", "least_known_pct", "no key 'least_known'"),
    ],
)
def test_a_fault_is_told_with_its_line(written, instead, line_of, said):
    faults = list_faults(SCHEME.replace(written, instead, 1))
    assert any(line == find_line(line_of) and said in words for line, words in faults), faults


def test_weights_that_do_not_sum_to_100_are_told():
    [(line, words)] = list_faults(SCHEME.replace("weight: 30", "weight: 40"))
    assert "sum to 110" in words and line > find_line("indicators:")


def test_all_faults_are_told_at_once():
    broken = SCHEME.replace("tier: basic", "tier: base").replace("seed: 1", "seed: -1")
    assert len(list_faults(broken)) == 3


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        load_scheme(tmp_path / "none.yaml", FACTS)
    strange = tmp_path / "strange.yaml"
    strange.write_bytes("名称".encode("gbk"))
    with pytest.raises(RejectedRulesError, match="UTF-8"):
        load_scheme(strange, FACTS)
