"""Which header is which column: known names, units, doubts, files of mappings."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from gis import tables
from gis.errors import CrsError, RejectedDataError, UsageError
from gis.ingest.dictionary import find_dataset, list_columns, list_datasets, read_words
from gis.ingest.dictionary_page import build_page
from gis.ingest.mapping import (
    ColumnMapping,
    map_columns,
    read_mapping,
    suggest_mapping,
    write_mapping,
)
from gis.settings import PROJECT_ROOT


def test_every_column_of_every_dataset_has_a_chinese_name():
    bare = [
        f"{table.name}.{name}"
        for table in list_datasets()
        for name, names in read_words(table.name).columns.items()
        if not names
    ]
    assert bare == [], "name them in gis/tables/names.toml"
    assert [table.name for table in list_datasets() if not read_words(table.name).zh] == []


def test_every_dataset_can_be_told_row_from_row():
    assert [table.name for table in list_datasets() if not read_words(table.name).key] == []


@pytest.mark.parametrize("table", list_datasets(), ids=lambda table: table.name)
def test_first_chinese_names_of_a_dataset_suggest_its_columns(table):
    words = read_words(table.name)
    names = [words.columns[ours][0] for ours in list_columns(table) if ours != "geom"]
    found = suggest_mapping(table, names, has_shapes=True)
    assert set(found.mapping.columns) == set(list_columns(table)) - {"geom"}
    assert found.missing == () and not found.confirm


@pytest.mark.parametrize("name", ["学校", "schools", "School", "school"])
def test_a_dataset_is_known_by_several_names(name):
    assert find_dataset(name) is tables.school


def test_unknown_dataset_is_told_with_those_there_are():
    with pytest.raises(UsageError, match="property_unit"):
        find_dataset("spaceships")


def test_a_unit_that_is_not_ours_is_written_for_a_person_to_confirm():
    found = suggest_mapping(tables.project, ["项目编号", "总投资（万元）"], has_shapes=True)
    assert found.mapping.columns["investment_yuan"].times == 10_000
    assert found.confirm and "万元" in found.doubts[0]


def test_our_own_unit_and_remarks_in_brackets_are_no_doubt():
    found = suggest_mapping(tables.school, ["标识码（必填）", "占地面积（㎡）"], has_shapes=True)
    assert found.mapping.list_headers() == {
        "code": "标识码（必填）",
        "site_area_m2": "占地面积（㎡）",
    }
    assert not found.confirm


def test_two_headers_of_one_meaning_are_left_to_a_person():
    found = suggest_mapping(tables.school, ["标识码", "学校代码"], has_shapes=True)
    assert found.confirm and found.mapping.unused == ["学校代码"]


def test_a_misspelt_header_is_told_with_what_it_looks_like():
    found = suggest_mapping(
        tables.school, ["学校标识码", "school_nam_zh", "学校名稱"], has_shapes=True
    )
    assert any("学校名稱" in doubt and "name_zh" in doubt for doubt in found.doubts)


def test_a_mapping_file_is_read_as_it_was_written(tmp_path):
    found = suggest_mapping(
        tables.school, ["标识码", "占地面积（亩）", "经度", "纬度", "备注"], has_shapes=False
    ).mapping
    write_mapping(found, tmp_path / "map.yaml")
    assert read_mapping(tmp_path / "map.yaml", tables.school) == found
    with pytest.raises(UsageError, match="not for seat"):
        read_mapping(tmp_path / "map.yaml", tables.seat)


@pytest.mark.parametrize(
    "text", ["[1", "dataset: school\ncolums: {}", "dataset: school\ncolumns: {no: A}"]
)
def test_a_broken_mapping_file_is_told(tmp_path, text):
    (tmp_path / "map.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"map\.yaml"):
        read_mapping(tmp_path / "map.yaml", tables.school)


def test_mapped_numbers_are_turned_into_our_unit():
    """3 亩 = 3 · 2000/3 m² = 2000 m²; what is no number is left to the contract."""
    mapping = ColumnMapping(
        dataset="school",
        columns={"code": "标识码", "site_area_m2": {"from": "亩", "times": 2000 / 3}},
        constants={"public": True},
        codes={"code": {"x": "y"}},
    )
    frame = pd.DataFrame({"标识码": ["x", "2"], "亩": ["3", "三"]})
    mapped = map_columns(frame, mapping, crs=None, origin="a.csv")
    assert mapped["site_area_m2"].tolist() == [2000.0, "三"]
    assert mapped["code"].tolist() == ["y", "2"]
    assert mapped["public"].tolist() == ["true", "true"]


def test_points_need_a_system_and_that_of_the_command_wins():
    mapping = ColumnMapping(dataset="school", columns={"code": "c"}, point=("x", "y"))
    frame = pd.DataFrame({"c": ["1", "2"], "x": ["120.6", None], "y": ["28", "28"]})
    with pytest.raises(CrsError, match="--crs"):
        map_columns(frame, mapping, crs=None, origin="a.csv")
    mapped = map_columns(frame, mapping, crs="EPSG:4490", origin="a.csv")
    assert isinstance(mapped, gpd.GeoDataFrame)
    assert np.isclose(mapped["geom"].iloc[0].x, 120.6) and mapped["geom"].iloc[1] is None


def test_a_file_without_a_mapped_header_is_refused_with_those_it_has():
    mapping = ColumnMapping(dataset="school", columns={"code": "标识码"})
    with pytest.raises(RejectedDataError, match=r"lacks the column 标识码; it has 编号"):
        map_columns(pd.DataFrame({"编号": ["1"]}), mapping, crs=None, origin="a.csv")


def test_the_data_dictionary_page_is_in_step():
    page = PROJECT_ROOT / "docs" / "data-dictionary.md"
    told = "python -m gis.ingest.dictionary_page > docs/data-dictionary.md"
    assert page.read_text(encoding="utf-8") == build_page(), f"write it anew: {told}"
