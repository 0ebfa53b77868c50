"""Rule files: what is read, and what is refused with the line that is wrong."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from catchments.admission.comparisons import (
    Choice,
    DateComparison,
    Flag,
    Known,
    NumberComparison,
)
from catchments.admission.conditions import AllOf, AnyOf, Everyone, Not, build_column
from catchments.admission.facts import FACTS
from catchments.admission.rule_files import load_rules, parse_rules
from catchments.admission.rules import Entrants, Lock, Placement, Term, Tie
from gis.errors import OneMapError, RejectedDataError, UsageError, get_answer
from tests.catchments.rule_texts import (
    find_fault,
    find_faults,
    read_primary,
    write_batches,
    write_rules,
)

OUHAI = Path(__file__).parents[2] / "data" / "districts" / "ouhai"
DEFAULT = OUHAI / "admission_2026.yaml"

# -- what is read ------------------------------------------------------------------------------


def test_ouhai_has_four_batches_in_three_stages():
    rules = load_rules(DEFAULT)
    assert (rules.code, rules.year) == ("ouhai_2026", 2026)
    assert [*rules.stages] == ["kindergarten", "primary", "junior"]
    for stage in rules.stages.values():
        codes = [batch.code for batch in stage.batches]
        assert codes == ["both_inside", "one_inside", "migrant_points", "others"]
        assert [batch.score for batch in stage.batches] == ["months", "months", "points", None]
        assert [batch.uses_dwelling for batch in stage.batches] == [True, True, False, False]
        assert stage.opens_on == dt.date(2026, 5, 20)
        assert stage.zone == ("registered", "owned", "residence")
        assert stage.owners == ("child", "parent", "grandparent")
        assert stage.lock == Lock(6, {}, "placement", siblings_exempt=True)
        assert stage.ties == (
            Tie("property_since", "earlier"),
            Tie("registered_since", "earlier"),
            Tie(None, "lot"),
        )
        months = stage.scores["months"]
        assert months.terms == (
            Term("property_since", when=Flag("owns_inside")),
            Term("registered_since", when=Flag("registered_inside")),
        )
        assert (months.decimals, months.rounding, months.round_each) == (2, "half_up", True)
    entrants = {code: stage.entrants for code, stage in rules.stages.items()}
    assert entrants == {
        "kindergarten": Entrants("age", full_years=3),
        "primary": Entrants("age", full_years=6),
        "junior": Entrants("graduates", of="primary", grades=6),
    }


@pytest.mark.parametrize(
    ("child", "batch"),
    [
        ({"local": True, "registered_inside": True, "owns_inside": True}, "both_inside"),
        (
            {"local": True, "registered_inside": True, "owns_inside": True, "owned_area_m2": 20},
            "both_inside",
        ),
        (
            {"local": True, "registered_inside": True, "owns_inside": True, "owned_area_m2": 19.99},
            "one_inside",
        ),
        ({"local": True, "registered_inside": True}, "one_inside"),
        ({"local": True, "owns_inside": True}, "one_inside"),
        ({"local": True}, "others"),
        ({"points": 60.0, "permit_since": dt.date(2024, 1, 1)}, "migrant_points"),
        ({"points": 60.0}, "others"),
        ({"permit_since": dt.date(2024, 1, 1)}, "others"),
        ({}, "others"),
    ],
)
def test_a_child_of_ouhai_falls_into_the_first_batch_that_takes_it(child, batch):
    stage = load_rules(DEFAULT).stages["primary"]
    facts = pd.DataFrame(
        {
            name: build_column(fact, [child.get(name, False if fact.kind == "flag" else None)])
            for name, fact in FACTS.items()
        }
    )
    met = [one.code for one in stage.batches if one.condition.holds(facts)[0]]
    assert met[0] == batch


def test_another_rule_file_has_other_batches_scores_ties_and_lock():
    rules = load_rules(OUHAI / "admission_two_batches.yaml")
    primary, junior = rules.stages["primary"], rules.stages["junior"]
    assert [batch.code for batch in primary.batches] == ["home_owners", "all_others"]
    owning = primary.scores["owning"]
    assert (owning.rounding, owning.decimals, owning.round_each) == ("truncate", 1, False)
    assert [term.weight for term in owning.terms] == [2, 1]
    assert [tie.first for tie in primary.ties] == ["true", "earlier", "lot"]
    assert primary.lock == Lock(6, {}, "later_batch", siblings_exempt=False)
    assert junior.lock is None
    assert primary.placement == Placement(siblings_first=False)
    assert primary.twins == "apart"


def test_rules_keep_their_text_and_its_digest():
    text = write_rules()
    rules = parse_rules(text)
    assert rules.text == text
    assert rules.version == hashlib.sha256(text.encode()).hexdigest()


def test_a_stage_overrides_a_key_whole():
    text = write_rules(stages="{primary: {}, junior: {ties: [lot], opens_on: 2026-06-01}}")
    stages = parse_rules(text).stages
    assert stages["junior"].ties == (Tie(None, "lot"),)
    assert stages["junior"].opens_on == dt.date(2026, 6, 1)
    assert stages["primary"].opens_on == dt.date(2026, 5, 20)
    assert stages["primary"].batches == stages["junior"].batches


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("local", Flag("local")),
        ("[local]", Flag("local")),
        ("{local: yes}", Flag("local")),
        ("{local: no}", Not(Flag("local"))),
        ("[local, owns_inside]", AllOf((Flag("local"), Flag("owns_inside")))),
        ("{any: [local, owns_inside]}", AnyOf((Flag("local"), Flag("owns_inside")))),
        ("{not: owns_elsewhere}", Not(Flag("owns_elsewhere"))),
        ("{points: known}", Known("points")),
        ("{points: unknown}", Not(Known("points"))),
        ("{points: {at_least: 60}}", NumberComparison("points", "at_least", 60.0)),
        (
            "{owned_area_m2: {at_least: 20, below: 60}}",
            AllOf(
                (
                    NumberComparison("owned_area_m2", "at_least", 20.0),
                    NumberComparison("owned_area_m2", "below", 60.0),
                )
            ),
        ),
        (
            "{permit_since: {until: 2025-05-20}}",
            DateComparison("permit_since", "until", dt.date(2025, 5, 20)),
        ),
        (
            "{permit_since: {until: opening_day}}",
            DateComparison("permit_since", "until", dt.date(2026, 5, 20), 0),
        ),
        (
            "{permit_since: {until: 12 months before opening_day}}",
            DateComparison("permit_since", "until", dt.date(2025, 5, 20), 12),
        ),
        ("{owner_relation: {is: parent}}", Choice("owner_relation", ("parent",))),
        ("{owned_use: {one_of: [shop, garage]}}", Choice("owned_use", ("shop", "garage"))),
    ],
)
def test_conditions_are_written_in_short_words(written, meant):
    batches = read_primary(batches=write_batches(written, "everyone"), scores=None).batches
    assert [batch.condition for batch in batches] == [meant, Everyone()]


def test_lists_of_one_may_be_written_as_one_word():
    primary = read_primary(zone="owned", owners="child", ties="lot")
    assert (primary.zone, primary.owners, primary.ties) == (
        ("owned",),
        ("child",),
        (Tie(None, "lot"),),
    )


# -- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "line", "words"),
    [
        ({"opens_on": "2026-02-30"}, "opens_on: 2026-02-30", "no day 2026-02-30"),
        ({"opens_on": "20 May"}, "opens_on: 20 May", "instead of a date"),
        ({"opens_on": "2028-05-20"}, "opens_on: 2028-05-20", "rules are of 2026"),
        ({"zone": "[registerd]"}, "zone: [registerd]", "Did you mean 'registered'"),
        ({"zone": "[owned, owned]"}, "zone: [owned, owned]", "twice"),
        ({"owners": "[]"}, "owners: []", "empty"),
        ({"least_share_pct": "120"}, "least_share_pct: 120", "from 0 to 100"),
        ({"least_share_pct": "half"}, "least_share_pct: half", "instead of a number"),
        ({"entrants": "{by: age}"}, "entrants: {by: age}", "'full_years' is missing"),
        (
            {"entrants": "{by: age, full_years: 6, grades: 6}"},
            "entrants: {by: age, full_years: 6, grades: 6}",
            "'grades' says nothing",
        ),
        (
            {"entrants": "{by: age, full_years: 6, cutoff: 02-30}"},
            "entrants: {by: age, full_years: 6, cutoff: 02-30}",
            "no month and day",
        ),
        (
            {"entrants": "{by: graduates, of: primary, grades: 6}"},
            "entrants: {by: graduates, of: primary, grades: 6}",
            "its own graduates",
        ),
        ({"twins": "togther"}, "twins: togther", "Did you mean 'together'"),
        ({"batchs": "x"}, "batchs: x", "Did you mean 'batches'"),
        ({"placement": "{siblings_first: maybe}"}, None, "instead of yes or no"),
        ({"ties": "[lot, earlier born_on]"}, None, "not last"),
        ({"ties": "[earlier born_on]"}, None, "do not end with the lot"),
        ({"ties": "[earlier points, lot]"}, None, "needs a date; points is a number"),
        ({"ties": "[earlier born_onn, lot]"}, None, "Did you mean 'born_on'"),
        ({"ties": "[earlier born_on, earlier born_on, lot]"}, None, "twice"),
        ({"ties": "[sooner born_on, lot]"}, None, "no tie-breaker"),
        ({"lock": "{years: 6}"}, "lock: {years: 6}", "no batch uses a dwelling"),
        ({"lock": "{years: 6.5}"}, "lock: {years: 6.5}", "no whole number"),
        ({"lock": "{years: 6, schools: {A: 3, A: 4}}"}, None, "'A' stands here twice"),
        ({"stages": "{Primary: {}}"}, "stages: {Primary: {}}", "is no code"),
        ({"stages": "{}"}, "stages: {}", "no stages"),
    ],
)
def test_a_wrong_value_is_told_with_its_line(changes, line, words):
    found = find_fault(**changes)
    assert words in str(found.fault)
    assert found.line == (line or "{}: {}".format(*next(iter(changes.items()))))


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("registerd_inside", "Did you mean 'registered_inside'"),
        ("points", "points is a number, not a flag"),
        ("{points: 60}", "no comparison of points"),
        ("{points: {from: 2026-01-01}}", "no key 'from'"),
        ("{points: {at_least: many}}", "instead of a number"),
        ("{points: {}}", "compared with nothing"),
        ("{born_on: {at_least: 6}}", "no key 'at_least'"),
        ("{born_on: {from: 2026-02-30}}", "no day 2026-02-30"),
        ("{owner_relation: {is: aunt}}", "never 'aunt'"),
        ("{owner_relation: {is: [parent, child]}}", "Use `one_of`"),
        ("{owner_relation: {one_of: []}}", "compared with nothing"),
        ("{local: known}", "instead of yes or no"),
        ("{local: yes, local: no}", "twice"),
        ("[]", "empty"),
        ("{}", "empty"),
        ("{alll: [local]}", "Did you mean 'all'"),
        ("", "empty"),
    ],
)
def test_a_wrong_condition_is_told_with_its_line(condition, words):
    found = find_fault(batches=write_batches(condition, "everyone"), scores=None)
    assert words in str(found.fault)
    assert found.line.lstrip().startswith("- {code: a,")


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ("[{fact: local}]", "local is a flag"),
        ("[{fact: owner_relation}]", "owner_relation is a choice"),
        ("[{fact: pionts}]", "Did you mean 'points'"),
        ("[{fact: points, weight: 0}]", "weight 0"),
        ("[{fact: points, weight: 1.5}]", "no whole number"),
        ("[{fact: points, when: [local, not: local]}]", "Nobody can meet"),
        ("[{fact: points, missing: guess}]", "Use one of exception, zero"),
        ("[]", "no terms"),
    ],
)
def test_a_wrong_term_is_told_with_its_line(terms, words):
    scores = f"""
        months:
          name_zh: 月数
          name_en: months
          terms: {terms}
    """
    found = find_fault(scores=scores)
    assert words in str(found.fault)
    assert found.line.strip() == f"terms: {terms}"


def test_a_batch_names_a_score_that_there_is():
    text = write_rules().replace("score: months", "score: month")
    [found] = find_faults(text)
    assert "Did you mean 'months'" in found.fault.mend


def test_two_batches_may_not_share_a_code():
    text = write_rules(batches=write_batches("local", "everyone"), scores=None)
    [found] = find_faults(text.replace("code: b", "code: a"))
    assert "Two batches have the code 'a'" in found.fault.found


@pytest.mark.parametrize("key", ["opens_on", "entrants", "zone", "batches", "ties", "lock"])
def test_a_key_that_is_missing_everywhere_is_named_with_the_stage(key):
    faults = find_faults(write_rules(**{key: None}))
    assert f"Key '{key}' is missing for stage primary." in {one.fault.found for one in faults}


def test_all_faults_are_told_at_once_in_the_order_of_lines():
    text = write_rules(
        opens_on="2026-02-30", zone="[home]", least_share_pct="-1", ties="[lot, lot]", lock="3"
    )
    found = find_faults(text)
    lines = [one.fault.line for one in found]
    assert lines == sorted(lines)
    assert {re.split(r"[.:\[]", one.line)[0] for one in found} == {
        *("opens_on", "zone", "least_share_pct", "ties", "lock")
    }


def test_contradictions_are_told_beside_other_faults():
    batches = write_batches("[local, not: local]", "everyone")
    faults = find_faults(write_rules(batches=batches, scores=None, opens_on="2026-02-30"))
    assert [one.fault.key for one in faults] == ["opens_on", "batches[1].when"]


def test_what_stages_share_is_told_once():
    text = write_rules(zone="[home]", stages="{primary: {}, junior: {}}")
    assert len(find_faults(text)) == 1


def test_rejected_rules_are_rejected_data():
    with pytest.raises(RejectedDataError) as raised:
        parse_rules(write_rules(zone="[home]"), origin="rules.yaml")
    assert get_answer(raised.value).exit_code == 3
    assert "Rules rules.yaml have a fault:\n  line 8, zone[1]: Found 'home'." in str(raised.value)


# -- files that are no rules -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "empty"),
        ("# nothing\n", 1, "empty"),
        ("- a\n- b\n", 1, "a list instead of keys"),
        ("code: a\nname_zh: [\n", 3, "no YAML"),
        ("code: a\nname_zh\nyear: 2026\n", 2, "no YAML"),
        ("code: a\n\tb: c\n", 2, "no YAML"),
        ("code: a\ncode: b\n", 2, "twice"),
        ("a: b\n---\nc: d\n", 2, "no YAML"),
        ("code: &x [a]\nname_zh: *x\n", 1, "anchor or alias"),
        ("code: !!python/object:os.system a\n", 1, "A tag"),
        ("code: a\nname_zh: \x01\n", 2, "no text file"),
        ('code: a\nname_zh: "\\e[31m"\n', 2, "no text file"),
        ('code: "\\UFFFFFFFF"\n', 1, "no YAML"),
        ("[" * 100 + "]" * 100, 1, "deep"),
        ("a: b\n" * 100_000, 1, "characters"),
        (write_rules(stages=f"{{{', '.join(f's{i}: {{}}' for i in range(21))}}}"), 21, "stages"),
    ],
)
def test_what_is_no_rule_file_is_told_with_its_line(text, line, words):
    first = find_faults(text)[0].fault
    assert words in str(first) or words in " ".join(str(one.fault) for one in find_faults(text))
    assert line in {one.fault.line for one in find_faults(text)}


def test_a_bomb_of_aliases_does_not_go_off():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    assert {one.fault.mend for one in find_faults("\n".join(lines))} == {"Write it out."}


def test_a_file_that_is_missing_is_a_wrong_request(tmp_path):
    for path in (tmp_path / "none.yaml", tmp_path, Path("a\0b")):
        with pytest.raises(UsageError, match="cannot be read"):
            load_rules(path)


def test_a_file_in_another_encoding_is_told_with_its_line(tmp_path):
    path = tmp_path / "rules.yaml"
    path.write_bytes("code: a\nname_zh: 瓯海\n".encode("gb18030"))
    with pytest.raises(RejectedDataError, match=r"line 2: Byte 0x.. is no UTF-8"):
        load_rules(path)


def test_a_byte_order_mark_and_windows_lines_are_welcome(tmp_path):
    path = tmp_path / "rules.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + write_rules().replace("\n", "\r\n").encode())
    assert load_rules(path).code == "town"


# -- whatever is written -----------------------------------------------------------------------


@given(st.text())
@example("? [a]\n: b")
@example("<<: {a: b}")
@example("stages: {primary: {batches: }}")
def test_no_text_makes_the_reader_fail_otherwise_than_by_a_rejection(text):
    with pytest.raises(RejectedDataError):
        parse_rules(text)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_no_slip_of_the_pen_makes_the_reader_fail(data):
    words = re.split(r"(\s+|[\[\]{},:])", DEFAULT.read_text())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(words) - 1))
        pool = st.sampled_from([*words, "", "-", "- x", "{a: b}", "[]", "none", "0", "2026-13-01"])
        words[at] = data.draw(pool)
    try:
        rules = parse_rules("".join(words))
    except OneMapError:
        return
    assert all(stage.batches for stage in rules.stages.values())
