"""What is stored of pupils: by run, no small cell, read fast, closed to those without right."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pandas as pd
import pytest
from dash import html
from sqlalchemy import Connection, func, select, text

from gis import tables
from gis.access import Role
from gis.database import Database
from gis.errors import DatabaseError, UsageError
from gis.settings import Settings
from layers.language import load_language
from layers.scene import Scene
from layers.value_added import read_value_added
from scenarios.academic_results import panel as results_panel
from scenarios.academic_results.analyse import analyse_results
from scenarios.academic_results.results import read_papers, read_schools, read_weaknesses
from scenarios.briefings.order import Order, print_briefing
from scenarios.commands import run_commands
from scenarios.district import find_district, find_plan
from scenarios.student_growth import panel as growth_panel
from scenarios.student_growth.growth import read_growth
from scenarios.student_growth.rate import rate_growth
from scenarios.view import View
from tests.briefings.test_briefings import check_pages
from tests.conftest import Answer
from tests.scenarios.pages import list_parts, read_rows, read_title, read_words


@pytest.fixture
def leader(small_database: Database) -> Iterator[Connection]:
    with small_database.begin(Role.LEADER) as connection:
        yield connection


def look(
    connection: Connection, language: str = "en", stage: str = "primary", **chosen: str
) -> View:
    """Look at the small sample."""
    district = find_district(connection, "ouhai")
    plan = find_plan(connection, district, None)
    return View(connection, district, plan, stage, 2026, load_language(language), chosen)


def test_the_same_data_and_rules_give_the_same_run(small_database: Database) -> None:
    with small_database.begin(Role.OFFICER) as connection:
        district = find_district(connection, "ouhai")
        for compute in (rate_growth, analyse_results):
            run = compute(connection, district)
            assert run is not None
            assert compute(connection, district) == run


def test_reading_pupils_is_on_record(small_database: Database) -> None:
    with small_database.begin(Role.STEWARD) as connection:
        told = connection.execute(select(tables.access_log.c.purpose)).scalars().all()
    assert any("growth rated, 0 records not by the rules" in purpose for purpose in told)
    assert any("papers analysed" in purpose for purpose in told)


@pytest.mark.parametrize("table", ["pupil", "growth_record", "paper_result"])
def test_a_leader_reads_aggregates_and_no_pupil(small_database: Database, table: str) -> None:
    with small_database.begin(Role.LEADER) as connection:
        assert read_papers(connection, find_district(connection, "ouhai")) is not None
    with (
        pytest.raises(DatabaseError, match="refuses this role"),
        small_database.begin(Role.LEADER) as connection,
    ):
        connection.execute(text(f"select count(*) from registry.{table}"))


def test_no_small_cell_is_stored(leader: Connection) -> None:
    for table, column in (
        (tables.growth_count, "pupils"),
        (tables.growth_transition, "pupils"),
        (tables.school_attainment, "absent"),
        (tables.school_attainment, "pupils"),
        (tables.paper_measure, "absent"),
    ):
        few = select(func.count()).where(table.c[column].between(1, 4))
        assert leader.execute(few).scalar_one() == 0, f"{table.name}.{column}"


def test_levels_of_schools_add_up_to_the_district(leader: Connection) -> None:
    growth = read_growth(leader, find_district(leader, "ouhai"), stage="primary")
    assert growth is not None
    counts = growth.counts[growth.counts["domain"] == "labour"]
    newest = counts[counts["year"] == growth.years[-1]]
    whole = newest[newest["school_id"].isna()]
    assert whole["pupils"].sum() == whole["of_pupils"].iloc[0]
    schools = newest[newest["school_id"].notna()].drop_duplicates("school_id")
    assert schools["of_pupils"].sum() == whole["of_pupils"].iloc[0]


def test_no_school_is_told_without_an_interval_and_none_is_ranked(leader: Connection) -> None:
    papers = read_papers(leader, find_district(leader, "ouhai"))
    assert papers is not None
    for paper in papers.list_main().to_dict("records"):
        schools = read_schools(leader, papers, paper)
        told = schools[schools["value_added_points"].notna()]
        assert told[["value_added_low", "value_added_high"]].notna().all(axis=None)
        marks = schools[schools["mean_points"].notna()]
        assert marks[["mean_low", "mean_high"]].notna().all(axis=None)
        # the question gives schools by name, and nothing stored bears a rank
        names = schools["school_name_zh"].tolist()
        assert names == _order_by_database(leader, names)
        assert not [column for column in schools if re.search("rank|place|position", column)]


def _order_by_database(connection: Connection, names: list[str]) -> list[str]:
    asked = text("select name from unnest(cast(:names as text[])) as name order by name")
    return list(connection.execute(asked, {"names": names}).scalars())


@pytest.mark.parametrize("code", ["zh", "en"])
def test_the_panels_of_pupils_list_schools_by_name_with_intervals(
    leader: Connection, code: str
) -> None:
    for build in (results_panel.build_panel, growth_panel.build_panel):
        page = build(look(leader, code))
        charts = [part for part in list_parts(page) if isinstance(part, html.Ul)]
        chart = next(
            chart for chart in charts if "校" in read_words(chart) or "School" in read_words(chart)
        )
        labels = [read_words(row.children[0]) for row in chart.children]
        assert labels == sorted(labels)
        written = re.compile(r"\d.*[(（].*\d.*[)）]$")
        assert all(written.search(read_words(row.children[2])) for row in chart.children)


def test_the_panels_answer_within_300_ms(leader: Connection) -> None:
    for build in (results_panel.build_panel, growth_panel.build_panel):
        build(look(leader))  # the first look reads rules and questions from files
        began = time.process_time()
        build(look(leader))
        assert time.process_time() - began < 0.3


def test_the_panel_tells_what_was_planted(leader: Connection) -> None:
    page = results_panel.build_panel(look(leader, exam="primary_maths_2025"))
    assert "1 of 8 schools add more than expected, 1 less" in read_title(page)
    weak = [row for row in read_rows(page) if "分数与比例" in row]
    assert weak[0][2] == "6, 7, 8, 9"
    growth = growth_panel.build_panel(look(leader, domain="labour"))
    assert "0 schools rose in a domain, 1 fell" in read_words(growth)


def test_a_school_opens_its_classes(leader: Connection) -> None:
    view = look(leader, exam="primary_maths_2025")
    papers = read_papers(leader, view.district)
    assert papers is not None
    paper = papers.find("primary_maths_2025")
    weak = read_weaknesses(leader, papers, paper)
    school = str(int(weak["school_id"].iloc[0]))
    page = results_panel.build_panel(look(leader, exam="primary_maths_2025", within=school))
    assert ["Class 2"] in [row[:1] for row in read_rows(page)]
    classes = growth_panel.build_panel(look(leader, within=school))
    assert "Grade 6, class 1" in read_words(classes)
    nowhere = growth_panel.build_panel(look(leader, within="0"))
    assert "no growth records" in read_words(nowhere)


def test_a_stage_without_papers_shows_the_one_that_has_some(leader: Connection) -> None:
    page = results_panel.build_panel(look(leader, stage="kindergarten"))
    assert "grade 6" in read_words(page)


@pytest.mark.parametrize("kind", ["growth", "results"])
def test_pupils_are_printed(small_database: Database, kind: str) -> None:
    with small_database.begin(Role.PLANNER) as connection:
        view = look(connection, "zh", "junior")
        printed = print_briefing(view, Order(kind, "A4"))
        check_pages(view, printed)
    assert printed.run_id is not None
    assert printed.findings


@pytest.fixture
def ask(
    small_settings: Settings,
    small_database: Database,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
):
    """Run a command on the small sample."""
    monkeypatch.setenv("ONEMAP_HOME", str(small_settings.home))
    monkeypatch.setenv("ONEMAP_DISTRICT", "ouhai")

    def run(*arguments: object) -> Answer:
        capfd.readouterr()
        code = run_commands([str(one) for one in arguments])
        return Answer(code, *capfd.readouterr())

    return run


def test_the_command_tells_levels_of_district_schools_and_classes(ask) -> None:
    told = ask("growth", "--stage", "primary", "--domain", "labour", "--json").told
    assert told["synthetic"] is True
    assert len(told["levels"]) == 1
    assert told["transitions"]
    schools = ask("growth", "--by", "school", "--stage", "primary", "--json").told
    code = schools["levels"][0]["school_code"]
    assert len(schools["levels"]) == 8
    classes = ask("growth", "--by", "class", "--school", code, "--json").told
    assert {row["class_number"] for row in classes["levels"]} >= {1}
    assert ask("growth", "--by", "class", "--json").code == 2
    assert ask("growth", "--year", "1999", "--json").code == 2
    assert ask("growth", "--domain", "music", "--json").code == 2


def test_pupils_are_told_by_pseudonym_and_the_reading_is_logged(
    ask, small_database: Database
) -> None:
    code = ask("growth", "--by", "school", "--stage", "primary", "--json").told["levels"][0][
        "school_code"
    ]
    told = ask("growth", "pupils", "--school", code, "--class", 1, "--json").told
    assert {len(row["pupil_code"]) for row in told["pupils"]} == {16}
    assert not {"name", "born_on", "identity_hash"} & set(told["pupils"][0])
    with small_database.begin(Role.STEWARD) as connection:
        purposes = connection.execute(select(tables.access_log.c.purpose)).scalars().all()
    assert f"growth of pupils of {code}" in purposes


def test_the_command_tells_papers_and_one_of_them(ask) -> None:
    papers = ask("results", "--json").told["papers"]
    assert {"primary_maths_2025", "junior_maths_2023"} <= {row["code"] for row in papers}
    told = ask("results", "--paper", "primary_maths_2025", "--json").told
    assert len(told["items"]) == 18
    assert {row["state"] for row in told["schools"]} == {"above", "below", "within"}
    assert told["paper"]["model"]["is_fitted"] is True
    assert ask("results", "--paper", "nothing", "--json").code == 2
    assert "no order says who is better" in ask("results", "--paper", "primary_maths_2025").out


def test_anyones_file_is_checked_and_analysed_without_a_database(ask, tmp_path) -> None:
    rows = pd.DataFrame(
        [
            {"pupil": f"{school}{at}", "school": school, "class": 1 + at % 2, "a": at % 3,
             "b": (at + 1) % 3, "c": at % 2}
            for school in "ABC" for at in range(24)
        ]
    )  # fmt: skip
    file, prior = tmp_path / "marks.csv", tmp_path / "prior.csv"
    rows.to_csv(file, index=False)
    rows[["pupil"]].assign(points=range(len(rows))).to_csv(prior, index=False)
    checked = ask("results", "check", file, "--json").told
    assert (checked["pupils"], checked["items"], checked["full_marks_assumed"]) == (72, 3, True)
    told = ask("results", "analyse", file, "--prior", prior, "--json").told
    assert [row["school"] for row in told["schools"]] == ["A", "B", "C"]
    assert told["model"]["is_fitted"] is True
    assert "Schools, by name" in ask("results", "analyse", file).out
    file.write_text("pupil,school,class,item,score\np,A,1,1,2\np,A,1,1,3\n", encoding="utf-8")
    wrong = ask("results", "check", file, "--json")
    assert wrong.code == 3
    assert wrong.told["faults"][0]["line"] == 3


def test_rules_are_checked_by_command(ask, tmp_path) -> None:
    assert ask("growth", "check", "data/districts/ouhai/growth.yaml", "--json").told["domains"]
    file = tmp_path / "rules.yaml"
    file.write_text("code: demo\n", encoding="utf-8")
    wrong = ask("growth", "check", file, "--json")
    assert wrong.code == 3
    assert wrong.told["faults"][0]["line"] == 1


def test_an_unknown_paper_is_told(leader: Connection) -> None:
    papers = read_papers(leader, find_district(leader, "ouhai"))
    assert papers is not None
    with pytest.raises(UsageError, match="no paper 'x'"):
        papers.find("x")


def test_the_map_shows_the_paper_of_the_panel(leader: Connection) -> None:
    view = look(leader)
    scene = Scene(
        view.district.id, view.profile, view.plan.id, view.plan.code, "primary", 2026, view.language
    )
    discs = [
        read_value_added(leader, scene, {"exam": exam})["features"]
        for exam in ("primary_maths_2025", "primary_chinese_2025", "")
    ]
    signs = [sorted(disc["properties"]["sign"] for disc in part) for part in discs]
    assert signs == [[-1, 0, 0, 0, 0, 0, 0, 1], [0] * 8, [0] * 8]
    # a sign lies on top, and its card tells the interval
    card = dict(discs[0][-1]["properties"]["card"])
    assert re.fullmatch(r"[+−]\d+\.\d \([+−]\d+\.\d to [+−]\d+\.\d\)", card["Value added"])
