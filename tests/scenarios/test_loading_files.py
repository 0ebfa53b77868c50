"""Files of an office into one dataset of the little town: what is stored, kept, refused, told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Connection, func, select, text

from gis import tables
from gis.database import Database
from gis.errors import RejectedDataError, UsageError
from gis.identity import hash_identity
from gis.ingest.dictionary import list_datasets
from gis.settings import Settings
from scenarios.data_sources import list_conflicts, list_findings, list_sources
from scenarios.district import District, find_district
from scenarios.loading_files import Order, check_files, load_files
from scenarios.loading_report import FileReport, RejectedDeliveryError
from tests.conftest import Undone
from tests.town import build_frames, store_frames

SETTINGS = Settings(_env_file=None)
SCHOOL_HEAD = "标识码,学校名称,学校类型,办学性质,经度,纬度\n"
PARTS = ("new", "changed", "same", "refused")
AUTHORITIES = [
    {"dataset": "school", "office": "教育局"},
    {"dataset": "school", "office": "资规局", "fields": ["site_area_m2"]},
]


class Town(Undone):
    """A copy of the town, undone after the test."""

    def analyze(self, table: Any = None) -> None:
        """Statistics are not for a transaction that is undone."""


@pytest.fixture(scope="module")
def stored(database: Database) -> Iterator[Connection]:
    """Store a copy of the town once for this module, undone with it."""
    with database.engine.connect() as opened, opened.begin() as transaction:
        store_frames(opened, build_frames())
        yield opened
        transaction.rollback()


@pytest.fixture
def town(stored: Connection) -> Iterator[tuple[Town, District]]:
    with stored.begin_nested() as savepoint:
        yield Town(stored), find_district(stored, "copy")
        savepoint.rollback()


def order(tmp_path: Path, dataset: str, content: str, **asked: Any) -> Order:
    path = tmp_path / f"{asked.pop('name', dataset)}.csv"
    path.write_text(content, encoding="utf-8")
    asked.setdefault("office", "教育局")
    asked.setdefault("as_of", dt.date(2026, 4, 1))
    return Order(dataset, (path,), **asked)


def load(town: tuple[Town, District], asked: Order) -> FileReport:
    report = load_files(*town, asked, settings=SETTINGS)
    assert report.counts["read"] == sum(report.counts[part] for part in PARTS)
    return report


def read(connection: Connection, question: str, **asked: Any) -> list[tuple]:
    return [tuple(row) for row in connection.execute(text(question), asked)]


def read_seats(town: tuple[Town, District]) -> list[tuple]:
    question = (
        "select school.code, stage, year, entry_seats, seats from onemap.seat"
        " join onemap.school on school.id = school_id where district_id = :id order by 1, 2, 3"
    )
    return read(town[0].connection, question, id=town[1].id)


def count_everything(connection: Connection) -> dict[str, int]:
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in tables.metadata.tables.values()
    }


@pytest.mark.parametrize(
    "name",
    sorted(
        {table.name for table in list_datasets() if table.name in build_frames()}
        - {"property_unit", "property_certificate"}
    ),
)
def test_a_register_that_is_there_already_changes_nothing(town, tmp_path, name):
    """Town dwellings have no codes of 28 characters and no owners: they are tested by hand."""
    frame = build_frames()[name]
    path = tmp_path / (f"{name}.gpkg" if "geom" in frame else f"{name}.csv")
    if isinstance(frame, gpd.GeoDataFrame):
        frame.to_file(path, engine="pyogrio")
    else:
        frame.to_csv(path, index=False)
    report = load(town, Order(name, (path,), office="教育局", as_of=dt.date(2026, 4, 1)))
    assert report.counts["same"] == len(frame), report.findings
    assert report.outdated.empty


def test_seats_in_chinese_are_added_changed_and_kept(town, tmp_path):
    """Of A: 2026 is as it was, 2027 gets 45 entry seats; 2028 is new. Names tell schools too."""
    content = (
        "学校名称,学段,学年,起始年级学位数,学位数\n"
        'A学校,小学,2026,3,18\nA学校,小学,2027,45,0\nA,小学,２０２８,45,"1,080"\n'
    )
    before = dict.fromkeys(read_seats(town))
    report = load(town, order(tmp_path, "学位", content))
    assert (report.dataset, report.outcome) == ("seat", "loaded_with_warnings")
    assert report.counts == {
        "read": 3, "new": 1, "changed": 1, "same": 1, "refused": 0, "noted": 3, "vanished": 6,
        "removed": 0,
    }  # fmt: skip
    after = dict.fromkeys(read_seats(town))
    assert set(after) - set(before) == {
        ("A", "primary", 2027, 45, 0),
        ("A", "primary", 2028, 45, 1080),
    }
    assert set(before) - set(after) == {("A", "primary", 2027, 0, 0)}


def test_the_same_files_change_nothing_the_second_time(town, tmp_path):
    asked = order(tmp_path, "seat", "标识码,学段,学年,学位数\nA,小学,2028,90\n")
    assert load(town, asked).outcome == "loaded"
    before = count_everything(town[0].connection)
    assert load(town, asked).outcome == "already_loaded"
    assert count_everything(town[0].connection) == before


def test_a_dry_run_changes_nothing_and_tells_the_same_rows(town, tmp_path):
    asked = order(tmp_path, "seat", "标识码,学段,学年,学位数\nA,小学,2028,90\nA,小学,2027,9\n")
    connection = town[0].connection
    before, seats = count_everything(connection), read_seats(town)
    told = check_files(*town, asked, settings=SETTINGS)
    assert told.outcome == "checked" and told.load_id is None
    assert (count_everything(connection), read_seats(town)) == (before, seats)
    assert load(town, asked).counts == told.counts


def test_order_of_rows_never_matters(town, tmp_path):
    lines = [f"A,小学,{year},{year - 1990}" for year in range(2026, 2036)]
    connection, results = town[0].connection, []
    for seed in (1, 2):
        with connection.begin_nested() as savepoint:
            turned = np.random.default_rng(seed).permutation(lines)
            content = "\n".join(["标识码,学段,学年,学位数", *turned]) + "\n"
            report = load(town, order(tmp_path, "seat", content))
            digest = read(
                connection, "select digest from onemap.dataset where name = 'seat'"
                " and district_id = :id", id=town[1].id,
            )  # fmt: skip
            results.append((report.counts, read_seats(town), digest))
            savepoint.rollback()
    assert results[0] == results[1]


def test_every_fault_is_told_with_file_line_column_value_rule_and_remedy(town, tmp_path):
    content = SCHOOL_HEAD.replace("\n", ",建校日期,占地面积\n") + (
        "S1,一小,小学,公办,120.61,28.02,2019-09-01,8000\n"  # good
        "S2,二小,大学,公办,120.61,28.02,2019/2/30,8000\n"  # a kind that is none, no such day
        "S3,三小,小学,公办,120.61,28.02,20190230,-1\n"  # no such day, below zero
        "S4,四小,小学,公办,,28.02,,\n"  # no place
        "S1,五小,小学,公办,120.61,28.02,,\n"  # the first line again
        ",六小,小学,公办,120.61,28.02,,\n"  # no code
        "S7,,小学,公办,120.61,28.02,2030-01-01,many\n"  # no name, no number
    )
    with pytest.raises(RejectedDeliveryError) as caught:
        load(town, order(tmp_path, "school", content, crs="EPSG:4490"))
    found = caught.value.report.findings
    refused = found[found["outcome"] == "refused"]
    assert set(zip(refused["line"], refused["column_name"], strict=True)) >= {
        (3, "kind"), (3, "opened_on"), (4, "opened_on"), (5, "geom"), (6, "code"), (7, "code"),
        (8, "name_zh"), (8, "site_area_m2"),
    }  # fmt: skip
    assert refused["file"].unique().tolist() == ["school.csv"]
    assert refused["mend"].str.len().gt(0).all() and refused["rule"].str.len().gt(0).all()
    assert "大学" in refused["found"].tolist()
    assert caught.value.list_faults()[0]["header"] == "学校类型"
    assert caught.value.report.counts["refused"] == 6


def test_few_faulty_rows_are_refused_and_the_others_stored(town, tmp_path):
    lines = [f"S{number},小学{number},小学,公办,120.61,28.02\n" for number in range(9)]
    content = SCHOOL_HEAD + "".join(lines) + "S9,九小,大学,公办,120.61,28.02\n"
    report = load(town, order(tmp_path, "school", content, crs="EPSG:4490"))
    assert (report.counts["new"], report.counts["refused"]) == (9, 1)
    stored = list_findings(town[0].connection, town[1], "school")
    assert stored[["line", "column_name", "found"]].to_numpy().tolist() == [[11, "kind", "大学"]]
    # the unit and the subdistrict that cover the place, which the file does not tell
    placed = read(
        town[0].connection,
        "select subdistrict_id is not null and planning_unit_id is not null from onemap.school"
        " where code = 'S1' and district_id = :id", id=town[1].id,
    )  # fmt: skip
    assert placed == [(True,)]


def test_places_outside_the_district_are_doubtful(town, tmp_path):
    content = SCHOOL_HEAD + "S1,一小,小学,公办,28.02,120.61\n"
    with pytest.raises(RejectedDataError):
        load(town, order(tmp_path, "school", content))  # no coordinate system is stated
    report = load(town, order(tmp_path, "school", SCHOOL_HEAD + "S1,一小,小学,公办,121.5,28.02\n",
                              crs="EPSG:4490"))  # fmt: skip
    assert report.findings["outcome"].tolist() == ["warned"]
    assert "outside the district" in report.findings["rule"].iloc[0]


def test_append_refuses_keys_that_are_stored(town, tmp_path):
    content = "标识码,学段,学年,学位数\n" + "".join(
        f"A,小学,{year},9\n" for year in range(2027, 2037)
    )
    report = load(town, order(tmp_path, "seat", content, mode="append"))
    assert (report.counts["new"], report.counts["refused"]) == (9, 1)
    assert report.findings["rule"].tolist() == ["the key is stored already"]


def test_replace_removes_what_has_vanished_unless_others_hang_on_it(town, tmp_path):
    content = "标识码,学段,学年,学位数\n" + "A,小学,2026,18\nB,小学,2026,24\n"
    report = load(town, order(tmp_path, "seat", content, mode="replace"))
    assert (report.counts["vanished"], report.counts["removed"]) == (6, 6)
    assert [row[:3] for row in read_seats(town)] == [("A", "primary", 2026), ("B", "primary", 2026)]
    schools = SCHOOL_HEAD + "A,A学校,小学,公办,120.605,28.025\n"
    before = count_everything(town[0].connection)
    with pytest.raises(RejectedDeliveryError, match="hang on them"):
        load(town, order(tmp_path, "school", schools, mode="replace", crs="EPSG:4490"))
    assert count_everything(town[0].connection)["school"] == before["school"]


def test_a_row_that_was_refused_has_not_vanished(town, tmp_path):
    rows = "".join(f"A,小学,{year},9\n" for year in range(2028, 2040))
    content = "标识码,学段,学年,学位数\nA,小学,2026,many\n" + rows
    # B, P and X stand in no line: 2 of A remain, of which 2026 was refused and 2027 vanishes
    report = load(town, order(tmp_path, "seat", content, mode="replace"))
    stored = read_seats(town)
    assert ("A", "primary", 2026, 3, 18) in stored
    assert not [row for row in stored if row[:3] == ("A", "primary", 2027)]
    assert report.counts["removed"] == 7


def test_some_columns_alone_change_rows_that_are_there_and_make_no_new_ones(town, tmp_path):
    content = "标识码,占地面积\n" + "".join(f"{code},8000\n" for code in "ABPX") + "Z,1\n"
    report = load(town, order(tmp_path, "school", content, office="资规局"))
    assert (report.counts["changed"], report.counts["refused"]) == (4, 1)
    assert "a new row needs name_zh" in report.findings["rule"].iloc[0]
    listed = read(
        town[0].connection,
        "select row_key, column_name, office from registry.value_source join onemap.source_load"
        " on source_load.id = load_id where value_source.district_id = :id", id=town[1].id,
    )  # fmt: skip
    assert listed == [("*", "site_area_m2", "资规局")]


def set_authorities(town: tuple[Town, District]) -> tuple[Town, District]:
    profile = town[1].profile
    rules = profile.stewardship.model_validate({"authorities": AUTHORITIES})
    return town[0], District(town[1].id, profile.model_copy(update={"stewardship": rules}))


def test_offices_that_differ_are_listed_and_settled_by_authority_then_by_day(town, tmp_path):
    """The planning office is the authority for areas, the education office for all else."""
    town = set_authorities(town)
    head = "标识码,学校名称,占地面积\n"
    load(town, order(tmp_path, "school", head + "A,A校,8000\n", office="资规局", name="1"))
    newer = dt.date(2026, 5, 1)
    load(town, order(tmp_path, "school", head + "A,甲校,9000\n", as_of=newer, name="2"))
    question = (
        "select name_zh, site_area_m2 from onemap.school where code = 'A' and district_id = :id"
    )
    assert read(town[0].connection, question, id=town[1].id) == [("甲校", 8000.0)]
    columns = ["column_name", "kept_value", "kept_office", "left_value", "left_office", "rule"]

    def tell() -> set[tuple]:
        conflicts = list_conflicts(town[0].connection, town[1], "school")
        return set(conflicts[columns].itertuples(index=False, name=None))

    assert tell() == {
        ("name_zh", "甲校", "教育局", "A校", "资规局", "authority"),
        ("name_zh", "甲校", "教育局", "A学校", "a test", "newest"),
        ("site_area_m2", "8000", "资规局", "9000", "教育局", "authority"),
    }
    # the planning office agrees at last: nothing of its own is in conflict any more
    june = dt.date(2026, 6, 1)
    load(town, order(tmp_path, "school", head + "A,甲校,8000\n", office="资规局", as_of=june))
    assert {row[4] for row in tell()} == {"教育局", "a test"}


def test_sources_are_told_with_the_day_they_are_due(town, tmp_path):
    town = set_authorities(town)
    load(town, order(tmp_path, "school", "标识码,占地面积\nA,8000\n", office="资规局"))
    table = list_sources(town[0].connection, town[1], today=dt.date(2027, 4, 2))
    schools = table[table["dataset"] == "school"].set_index("office")
    assert schools.loc["资规局", "as_of"] == dt.date(2026, 4, 1)
    assert schools.loc["资规局", "due_on"] == dt.date(2027, 4, 1)  # 365 days
    assert bool(schools.loc["资规局", "overdue"]) and bool(schools.loc["资规局", "authority"])
    assert bool(schools.loc["教育局", "overdue"])  # the authority has delivered nothing
    assert bool(schools.loc["a test", "is_main"]) and schools.loc["a test", "name_zh"] == "学校"


def test_an_older_file_of_the_same_office_changes_nothing(town, tmp_path):
    head = "标识码,学段,学年,学位数\n"
    load(town, order(tmp_path, "seat", head + "A,小学,2027,90\n", name="new"))
    report = load(
        town,
        order(tmp_path, "seat", head + "A,小学,2027,45\n", name="old", as_of=dt.date(2026, 3, 31)),
    )
    assert report.counts["changed"] == 0 and "older" in " ".join(report.notes)


def test_a_mapping_is_remembered_for_its_office(town, tmp_path):
    path = tmp_path / "map.yaml"
    path.write_text(
        "dataset: seat\ncolumns: {school_code: 校, year: 年, seats: 位}\n"
        "constants: {stage: primary}\n",
        encoding="utf-8",
    )
    load(town, order(tmp_path, "seat", "校,年,位\nA,2028,90\n", mapping=path))
    report = load(town, order(tmp_path, "seat", "校,年,位\nA,2029,90\n", name="later"))
    assert (report.mapping_from, report.counts["new"]) == ("remembered", 1)


def test_a_doubtful_unit_is_not_loaded_unseen(town, tmp_path):
    with pytest.raises(UsageError, match="亩"):
        load(town, order(tmp_path, "school", "标识码,占地面积（亩）\nA,12\n"))


def test_identity_numbers_are_stored_as_keyed_hashes_alone(town, tmp_path):
    number = "11010519491231002X"
    head = "户号,是否本区户籍,户主身份证号,人口数\n"
    report = load(town, order(tmp_path, "户籍", head + f"n1,是,{number.lower()},2\n"))
    assert report.counts["new"] == 1
    stored = read(town[0].connection, "select head_hash from registry.household where code = 'n1'")
    assert stored == [(hash_identity(number, SETTINGS.id_key),)]
    told = str(report.tell())
    assert number not in told and number.lower() not in told
    logged = read(
        town[0].connection, "select role, purpose from registry.access_log order by id desc limit 1"
    )
    assert logged == [("steward", "load household of 教育局")]


def test_registers_of_real_persons_need_a_key_of_their_own(town, tmp_path):
    profile = town[1].profile.model_copy(update={"synthetic": False})
    asked = order(tmp_path, "household", "户号\nh01\n")
    with pytest.raises(UsageError, match="key that everybody knows"):
        load_files(town[0], District(town[1].id, profile), asked, settings=SETTINGS)


def test_changed_stages_keep_their_history(town, tmp_path):
    """Building n1 tops out on 2026-02-28; the record said half, begun on 2026-02-01."""
    head = (
        "单体编号,建设节点,计划开始日期,计划完成日期,实际开始日期,实际完成日期,完成比例,填报日期\n"
    )
    row = "n1,封顶,2026-01-01,2026-02-15,2026-02-01,2026-02-28,100,2026-03-31\n"
    report = load(town, order(tmp_path, "stage_record", head + row))
    assert report.counts["changed"] == 1
    stored = read(
        town[0].connection,
        "select new_progress_pct, reason, planned_end_on from onemap.stage_change"
        " join onemap.stage_record using (project_building_id, construction_stage)",
    )
    assert stored == [(100.0, "load of 教育局", dt.date(2026, 2, 15))]


def test_what_rests_on_changed_data_is_told(town, tmp_path):
    connection = town[0].connection
    from scenarios.resource_distribution.assess import assess_balance  # noqa: PLC0415

    assess_balance(connection, town[1])
    report = load(
        town, order(tmp_path, "enrolment", "标识码,学段,年级,学年,学生数\nA,小学,1,2025,61\n")
    )
    assert report.outdated["kind"].tolist() == ["balance"]


def test_the_marked_copy_holds_no_identity_number_and_no_formula(town, tmp_path):
    import openpyxl  # noqa: PLC0415

    head = "户号,是否本区户籍,户主身份证号,人口数,备注\n"
    lines = "".join(f"n{number},是,11010519491231002X,2,\n" for number in range(9))
    content = head + lines + "n9,=1+1,110105194912310021,２,\"=cmd|'/C calc'!A0\"\n"
    report = load(town, order(tmp_path, "household", content))
    report.write_workbook(tmp_path / "found.xlsx")
    book = openpyxl.load_workbook(tmp_path / "found.xlsx")
    first, found = book.worksheets
    cells = [cell for row in first.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    texts = " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    assert "110105" not in texts
    marked = {cell.coordinate for cell in cells if cell.comment}
    assert marked == {"C11", "D11", "E11"}  # one column on: the first holds the line
    assert found.max_row == 1 + len(report.findings)


def test_a_remark_sheet_is_left_out_and_said(town, tmp_path):
    path = tmp_path / "seats.xlsx"
    with pd.ExcelWriter(path) as book:
        rows = {"标识码": ["A"], "学段": ["小学"], "学年": [2028], "学位数": [90]}
        pd.DataFrame(rows).to_excel(book, sheet_name="学位", index=False)
        pd.DataFrame({"说明": ["由各校填报"]}).to_excel(book, sheet_name="填表说明", index=False)
    report = load(town, Order("seat", (path,), office="教育局"))
    assert report.counts["new"] == 1
    assert any("填表说明" in note for note in report.notes)
