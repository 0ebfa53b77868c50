"""Stored assignments: pages from the snapshot, decisions over them, replays, lists."""

from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader
from sqlalchemy import text

from catchments.admission.rule_files import load_rules
from gis.access import Role
from gis.errors import OutputError, UsageError
from gis.exports import typesetting
from layers.language import load_language
from scenarios.district import find_district
from scenarios.enrolment_warning.admission.assign import Asked, assign_children
from scenarios.enrolment_warning.admission.cut_lines import read_cut_lines
from scenarios.enrolment_warning.admission.decide import decide
from scenarios.enrolment_warning.admission.explain import read_page
from scenarios.enrolment_warning.admission.officer_list import read_officer_list, word_list
from scenarios.enrolment_warning.admission.page_pdf import print_page
from scenarios.enrolment_warning.admission.page_words import word_page
from scenarios.enrolment_warning.admission.records import (
    find_stored_run,
    read_decisions,
    read_result,
)
from scenarios.enrolment_warning.admission.replay import replay_run
from tests.admission_town import FATES, OTHER_RULES, RULES, build_admission_frames, write_rules
from tests.conftest import Undone, act_as
from tests.town import store_frames

CHINESE, ENGLISH = load_language("zh"), load_language("en")


class Court:
    """A district with one stored assignment, and an officer's session."""

    def __init__(self, undone):
        self.database = undone
        act_as(undone.connection, Role.STEWARD)
        store_frames(undone.connection, build_admission_frames(), code="court")
        act_as(undone.connection, Role.OFFICER)
        self.connection = undone.connection
        self.district = find_district(undone.connection, "court")
        self.run = self.assign(RULES)

    def assign(self, rules, seed=7):
        """Assign the children anew; return the run."""
        asked = Asked("primary", load_rules(rules), "statutory", seed)
        return assign_children(self.database, self.district, asked).run_id

    def find(self, **chosen):
        """Find a stored run."""
        return find_stored_run(self.connection, self.district, **chosen)

    def page(self, child, run=None):
        """Read a page."""
        return read_page(self.connection, self.district, self.find(run_id=run or self.run), child)

    def decide(self, child="c08", school="A", reason="材料核实", who="王老师", run=None):
        """Enter a decision."""
        return decide(
            self.connection,
            self.district,
            self.find(run_id=run or self.run),
            child,
            school_code=school,
            reason=reason,
            who=who,
        )

    def list(self, run=None):
        """Read the list of a run."""
        stored = self.find(run_id=run or self.run)
        return read_officer_list(self.connection, self.district, stored, purpose="a test")

    def as_owner(self, statement):
        """Change what no officer may."""
        self.connection.execute(text("reset role"))
        self.connection.execute(text(statement))
        act_as(self.connection, Role.OFFICER)


@pytest.fixture(scope="module")
def stored_court(database):
    """Store the town and its assignment once, in a transaction that is undone after the module."""
    with database.engine.connect() as connection, connection.begin() as transaction:
        yield Court(Undone(connection))
        transaction.rollback()


@pytest.fixture
def court(stored_court):
    """Give the court as it was stored; what a test does to it is undone after it."""
    savepoint = stored_court.connection.begin_nested()
    yield stored_court
    savepoint.rollback()


def tell(page, language=CHINESE):
    """Return everything that a worded page says, as one text."""
    worded = word_page(page, language)
    cells = [
        cell
        for section in worded.sections
        for row in (*section.rows, section.head, *section.table, section.notes)
        for cell in (section.title, *row)
    ]
    return "\n".join([worded.title, worded.subtitle, worded.result, worded.because, *cells])


# -- pages -------------------------------------------------------------------------------


def test_every_child_of_the_town_has_its_fate_and_a_page(court):
    fates = {
        child: (page.outcome, page.school and page.school.code)
        for child in FATES
        for page in [court.page(child)]
    }
    assert fates == FATES


def test_a_page_works_the_score_out_to_what_the_run_stored(court):
    # 2015-06-01 → 2026-05-20: 131 months to 1 May and 19 days: 131.63.
    # 2019-03-05 → 2026-05-20: 86 months to 5 May and 15 days: 86.50. In all 218.13.
    page = court.page("c01")
    assert (page.score.stored, str(page.score.total), page.score.agrees) == (218.13, "218.13", True)
    told = tell(page)
    assert "2015-06-01 → 2026-05-20: 131 个月 19 天 = 131 + 19/30 ≈ 131.63" in told
    assert "2019-03-05 → 2026-05-20: 86 个月 15 天 = 86 + 15/30 = 86.50" in told


def test_a_locked_dwelling_tells_who_used_it_when_and_until_when(court):
    page = court.page("c02")
    assert (page.lock.used_year, page.lock.locked_until) == (2023, 2029)
    assert [(use.school.code, use.entered_year, use.same_family) for use in page.lock.uses] == [
        ("A", 2023, False)
    ]
    told = tell(page)
    assert "已由其他家庭占用，至2028年止" in told
    assert "该儿童不参加施教区学校的排序" in told
    # nothing of the other family; a digest holds any three letters
    assert re.search(r"(?<![0-9a-f])[hc]10(?![0-9a-f])", told) is None


def test_a_placed_child_sees_the_schools_with_seats_left_and_its_way(court):
    page = court.page("c04")
    assert page.standing.position == 3 and page.standing.seats == 2
    # House 02 is one cell west and one north of B: 983 m and 1108 m.
    [candidate] = page.placement.candidates
    assert (candidate.school.code, candidate.seats_left, candidate.placed_here) == ("B", 2, 2)
    assert candidate.walk_distance_m == pytest.approx(1481, abs=2)
    assert page.placement.walk_distance_m == candidate.walk_distance_m
    assert page.placement.why == "nearest"


def test_earlier_batches_say_what_stands_in_the_way(court):
    verdicts = {one.code: one for one in court.page("c04").batches}
    assert [one.verdict for one in verdicts.values()] == ["failed", "failed", "failed", "met"]
    assert {one.fact for one in verdicts["migrant_points"].answers} == {"permit_since", "points"}
    # It owns inside its catchment: of the second batch nothing but its registration is blamed.
    assert [one.fact for one in verdicts["one_inside"].answers] == ["local"]


def test_exceptions_say_what_a_person_must_decide(court):
    assert "不在本方案的任何施教区" in tell(court.page("c08"))
    assert "各登记中均无该儿童的地址" in tell(court.page("c09"))


def test_a_page_says_the_same_when_the_registers_have_changed(court):
    before = court.page("c01")
    court.as_owner("update registry.household set registered_since = '2026-01-01'")
    court.as_owner("update registry.property_certificate set certificate_on = '2025-01-01'")
    assert court.page("c01") == before


def test_a_page_stands_when_dwellings_and_children_are_gone(court):
    before = court.page("c02")
    court.as_owner("delete from registry.property_unit")
    court.as_owner("delete from registry.child")
    court.as_owner("delete from onemap.building")
    after = court.page("c02")
    assert (after.outcome, after.school, after.score) == (
        before.outcome,
        before.school,
        before.score,
    )
    assert after.lock.used_year == 2023 and after.lock.uses == ()
    assert after.placement.walk_distance_m == before.placement.walk_distance_m
    assert "已无法再测量" in tell(after)


def test_every_page_that_is_read_is_logged(court):
    court.page("c05")
    last = court.connection.execute(
        text("select role, purpose, rows from registry.access_log order by id desc limit 1")
    ).one()
    assert tuple(last) == ("officer", f"page of child c05, run {court.run}", 1)


def test_only_officers_and_stewards_read_pages(court):
    stored = court.find(run_id=court.run)
    act_as(court.connection, Role.PLANNER)
    with pytest.raises(Exception, match="permission denied"):
        read_page(court.connection, court.district, stored, "c01")


# -- paper -------------------------------------------------------------------------------


@pytest.mark.parametrize("child", ["c01", "c02", "c04", "c08"])
def test_the_paper_says_what_the_stored_row_says(court, child):
    row = read_result(court.connection, court.find(run_id=court.run), child)
    pdf = print_page(word_page(court.page(child), ENGLISH))
    pages = PdfReader(io.BytesIO(pdf)).pages
    said = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in pages} == {
        (595, 842)  # A4
    }
    for wanted in (child, row["household_code"], f"{court.run} ·", "Synthetic data"):
        assert wanted in said
    if row["score"] is not None:
        assert f"{row['score']:.2f}" in said
    if row["walk_distance_m"] is not None:
        assert f"{row['walk_distance_m']:,.0f} m" in said
    if row["school_id"] is not None:
        assert court.page(child).school.name_en in said


def test_the_same_page_gives_the_same_bytes(court):
    page = word_page(court.page("c01"), CHINESE)
    assert print_page(page) == print_page(page)


def test_words_of_an_officer_cannot_change_the_paper(court):
    reason = '#panic("x") $x$ *b* <script> \\ ] }'
    court.decide(reason=reason)
    pdf = print_page(word_page(court.page("c08"), ENGLISH))
    said = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert "".join(reason.split()) in "".join(said.split())


def test_a_missing_font_is_told_with_its_package(court, monkeypatch):
    monkeypatch.setattr(typesetting, "_FOLDERS", ())
    monkeypatch.setenv("PATH", "")
    with pytest.raises(OutputError, match="apt-get install fonts-noto-cjk"):
        print_page(word_page(court.page("c01"), CHINESE))


# -- decisions ---------------------------------------------------------------------------


def test_a_decision_counts_over_the_run_and_survives_a_rerun(court):
    court.decide("c08", "A")
    again = court.assign(RULES, seed=8)
    for run in (court.run, again):
        page = court.page("c08", run)
        assert (page.outcome, page.school, page.final_school.code) == ("exception", None, "A")
        final = court.list(run).set_index("child_code")["final_school_code"]
        assert final["c08"] == "A"


def test_the_last_decision_counts_and_a_withdrawal_gives_the_run_back(court):
    court.decide("c01", "B")
    court.decide("c01", "A")
    court.decide("c01", "B", reason="again")
    assert court.page("c01").final_school.code == "B"
    court.decide("c01", None, reason="a mistake")
    page = court.page("c01")
    assert page.final_school.code == "A" == page.school.code
    made = read_decisions(court.connection, court.district, child_code="c01")
    assert made["school_code"].fillna("–").tolist() == ["B", "A", "B", "–"]
    assert "a mistake" in tell(page)


def test_a_decision_beyond_the_seats_is_told(court):
    decided = court.decide("c08", "A")
    assert (decided.children, decided.seats, decided.is_beyond_seats) == (3, 2, True)


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"child": "c99"}, "holds no child 'c99'"),
        ({"child": "c10"}, "holds no child"),  # too old to enter
        ({"school": "Z"}, "has no school 'Z'"),
        ({"school": "P"}, "is private"),
        ({"school": "X"}, "was closed on 2025-07-01"),
        ({"reason": " "}, "needs a reason and the name"),
        ({"who": "\n"}, "needs a reason and the name"),
        ({"school": None}, "No decision stands"),
    ],
)
def test_a_decision_that_cannot_stand_is_refused(court, asked, complaint):
    with pytest.raises(UsageError, match=complaint):
        court.decide(**asked)
    assert read_decisions(court.connection, court.district).empty


def test_decisions_are_only_ever_added(court):
    court.decide()
    for change in ("update registry.admission_override set who = 'x'", "delete from {}"):
        with pytest.raises(Exception, match="permission denied"), court.connection.begin_nested():
            court.connection.execute(text(change.format("registry.admission_override")))


# -- finding runs ------------------------------------------------------------------------


def test_the_newest_run_that_holds_the_child_is_found(court):
    newer = court.assign(RULES, seed=8)
    assert court.find().id == court.find(child_code="c01").id == newer
    assert court.find(stage="primary", year=2026).id == newer
    with pytest.raises(UsageError, match="no assignment holds a child 'c99'"):
        court.find(child_code="c99")
    with pytest.raises(UsageError, match="no assignment is stored yet"):
        court.find(stage="junior")


def test_a_run_of_another_district_is_refused(court):
    act_as(court.connection, Role.STEWARD)
    store_frames(court.connection, build_admission_frames(), code="other")
    act_as(court.connection, Role.OFFICER)
    other = find_district(court.connection, "other")
    with pytest.raises(UsageError, match="District other has no assignment with the run"):
        find_stored_run(court.connection, other, court.run)


# -- cut lines and lists -----------------------------------------------------------------


def test_one_more_class_seats_those_beyond_the_cut_line(court):
    lines = read_cut_lines(court.connection, court.district, court.find(run_id=court.run))
    at = lines.set_index(["school_code", "batch"])
    # c04 is third for two seats; c02 is locked out and no class of its own school helps it.
    assert at.loc[("A", "others"), "seated_with_more"] == 1
    assert lines["seated_with_more"].sum() == 1
    assert at.loc[("A", "both_inside"), ["seats", "seated", "placed_elsewhere"]].tolist() == [
        *(2, 2, 1)
    ]


def test_the_list_holds_every_child_once_with_words_and_the_decision(court):
    court.decide("c08", "A", reason="=1+1")
    found = court.list()
    assert found["child_code"].tolist() == sorted(FATES)
    sheet = word_list(found, court.find(run_id=court.run), CHINESE).set_index("儿童编号")
    assert sheet.loc["c08", ["运行结果", "待决定原因", "决定学校", "最终学校代码"]].tolist() == [
        *("待人工决定", "不在任何施教区", "A学校", "A")
    ]
    assert sheet.loc["c01", "该儿童得分"] == 218.13
    assert set(sheet["数据性质"]) == {"模拟数据"}


# -- replay ------------------------------------------------------------------------------


def count_runs(court):
    return court.connection.execute(text("select count(*) from onemap.run")).scalar_one()


def test_a_replay_under_the_same_rules_changes_nobody(court):
    runs = count_runs(court)
    replayed = replay_run(court.database, court.district, court.run, load_rules(RULES))
    assert (replayed.seed, replayed.program_changed) == (7, False)
    assert replayed.comparison.children == len(FATES)
    assert replayed.comparison.changed.empty
    assert count_runs(court) == runs


def test_a_replay_without_the_lock_seats_who_was_locked_out(court, tmp_path):
    rules = write_rules(tmp_path, "free.yaml", ("  years: 6\n", "  years: 3\n"))
    # A seat of 2023 locks for three years until 2025: c02 comes back and, registered since January
    # 2020, stands before c03, registered since May.
    changed = replay_run(
        court.database, court.district, court.run, load_rules(rules)
    ).comparison.changed.set_index("child_code")
    assert changed.loc["c02", ["outcome_before", "outcome_after"]].tolist() == ["placed", "seated"]
    assert changed.loc["c03", ["outcome_before", "outcome_after"]].tolist() == ["seated", "placed"]
    assert sorted(changed.index) == ["c02", "c03"]


def test_a_replay_keeps_the_children_though_the_rules_let_others_enter(court):
    replayed = replay_run(court.database, court.district, court.run, load_rules(OTHER_RULES))
    compared = replayed.comparison
    assert compared.by_outcome["children"].sum() == len(FATES) == compared.children
    assert compared.by_batch["children"].sum() == len(FATES)


def test_a_replay_on_registers_loaded_anew_is_refused(court):
    court.as_owner("update onemap.dataset set digest = 'other' where name = 'household'")
    with pytest.raises(UsageError, match="loaded anew since run"):
        replay_run(court.database, court.district, court.run, load_rules(RULES))


def test_rules_that_do_not_fit_the_run_are_refused(court, tmp_path):
    year = write_rules(
        tmp_path, "year.yaml", ("\nyear: 2026", "\nyear: 2027"), ("2026-05-20", "2027-05-20")
    )
    with pytest.raises(UsageError, match="made for 2027, run"):
        replay_run(court.database, court.district, court.run, load_rules(year))
    stage = write_rules(tmp_path, "stage.yaml", ("\n  primary:\n", "\n  primary_two:\n"))
    stage.write_text(
        stage.read_text(encoding="utf-8").replace("of: primary,", "of: primary_two,"),
        encoding="utf-8",
    )
    with pytest.raises(UsageError, match="no stage 'primary'"):
        replay_run(court.database, court.district, court.run, load_rules(stage))
