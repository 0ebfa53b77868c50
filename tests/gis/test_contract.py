"""A row that breaks the contract of its table is refused with row, column, rule and remedy."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gis import tables
from gis.errors import CrsError, RejectedDataError
from gis.ingest.contract import Rejections, check_table, describe_rejections, name_source_column
from tests.town import build_features, build_frames, draw_cell

FRAMES = build_frames()


def check(name: str, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Check rows against the table of that name; return those kept and those refused."""
    rejections = Rejections(name)
    kept = check_table(getattr(tables, name), frame, rejections)
    return kept, rejections.build_table()


def change(name: str, row: int, **values: object) -> pd.DataFrame:
    """Return the town's rows of a table with some values of one row changed."""
    frame = FRAMES[name].copy()
    for column, value in values.items():
        if column not in frame:
            frame[column] = None
        frame[column] = frame[column].astype(object)
        frame.loc[row, column] = value
    return frame


def list_refused(refused: pd.DataFrame) -> list[list[str]]:
    """List row, column and what was found."""
    return refused[["row_ref", "column_name", "found"]].to_numpy().tolist()


@pytest.mark.parametrize("name", sorted(FRAMES))
def test_the_whole_town_keeps_its_contract(name):
    frame = FRAMES[name].assign(digest="x") if name == "plan" else FRAMES[name]
    kept, refused = check(name, frame)
    assert len(kept) == len(frame) > 0
    assert refused.empty


# -- values ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "column", "value", "rule"),
    [
        ("seat", "seats", "many", "a whole number"),
        ("seat", "seats", 1.5, "a whole number"),
        ("seat", "seats", "inf", "a whole number"),
        ("seat", "seats", 2**31, "a whole number"),
        ("seat", "year", 2**15, "a whole number"),
        ("seat", "seats", None, "must not be empty"),
        ("seat", "seats", -1, "it must hold that seats >= 0"),
        ("seat", "stage", "", "must not be empty"),
        ("household", "registered", "maybe", "true or false"),
        ("property_unit", "area_m2", "large", "a number"),
        ("property_unit", "area_m2", float("inf"), "a number"),
        ("property_certificate", "share_pct", 101, "share_pct <= 100"),
        ("child", "born_on", "2020-02-30", "a date such as"),
        ("child", "born_on", "31/08/2020", "a date such as"),
        ("child", "born_on", "2020-08", "a date such as"),
        ("child", "born_on", "", "a date such as"),
        ("stage_record", "progress_pct", 100.5, "progress_pct <= 100"),
        (
            "stage_record",
            "planned_end_on",
            dt.date(2024, 1, 1),
            "planned_end_on >= planned_start_on",
        ),
        ("stage_record", "actual_end_on", dt.date(2024, 1, 1), "actual_end_on >= actual_start_on"),
    ],
)
def test_wrong_value_is_refused_with_its_row_column_and_rule(name, column, value, rule):
    kept, refused = check(name, change(name, 0, **{column: value}))
    assert len(kept) == len(FRAMES[name]) - 1
    assert len(refused) == 1
    told = refused.iloc[0]
    assert rule in told["rule"]
    assert column in told["column_name"]
    assert told["dataset"] == name
    assert told["mend"]


@pytest.mark.parametrize("kind", ["object", "category"])
def test_relation_other_than_parent_or_grandparent_is_refused(kind):
    guardians = pd.DataFrame(
        {
            "household_code": "h01",
            "relation": pd.Series(["parent", "uncle", "grandparent", None], dtype=kind),
            "identity_hash": ["a", "b", "c", "d"],
        }
    )
    kept, refused = check("guardian", guardians)
    assert kept["identity_hash"].tolist() == ["a", "c"]
    assert list_refused(refused) == [["4", "relation", ""], ["2", "relation", "uncle"]]
    assert "relation in ('parent', 'grandparent')" in refused["rule"].tolist()[1]


def test_deferral_to_an_earlier_year_is_refused():
    deferral = pd.DataFrame(
        {
            "child_code": ["c01", "c02"],
            "stage": "primary",
            "from_year": [2025, 2026],
            "to_year": [2026, 2026],
            "granted_on": "2025-06-01",
        }
    )
    kept, refused = check("deferral", deferral)
    assert kept["child_code"].tolist() == ["c01"]
    assert list_refused(refused) == [["2", "from_year, to_year", "2026, 2026"]]


def test_row_is_named_by_its_key():
    _, refused = check("seat", change("seat", 3, seats="many"))
    assert list_refused(refused) == [["B / primary / 2027", "seats", "many"]]
    _, refused = check("child", change("child", 9, born_on="soon"))
    assert list_refused(refused) == [["c10", "born_on", "soon"]]


def test_row_without_a_key_is_named_by_its_number_from_one():
    _, refused = check("property_certificate", change("property_certificate", 2, share_pct="half"))
    assert list_refused(refused) == [["3", "share_pct", "half"]]


def test_row_that_breaks_several_rules_is_refused_once():
    kept, refused = check("seat", change("seat", 0, seats="many", year=None))
    assert len(kept) == len(FRAMES["seat"]) - 1
    assert len(refused) == 1


def test_missing_optional_values_are_no_fault():
    kept, refused = check("seat", change("seat", 0, entry_seats=None, classes=None))
    assert refused.empty
    assert kept["entry_seats"].isna().tolist()[0]


@pytest.mark.parametrize(
    ("given", "day"),
    [
        ("2020-02-29", dt.date(2020, 2, 29)),
        ("2020/2/9", dt.date(2020, 2, 9)),
        ("20200229", dt.date(2020, 2, 29)),
        (20200229, dt.date(2020, 2, 29)),
        ("2020-02-29 23:59:59", dt.date(2020, 2, 29)),
        ("2020-02-29T23:59:59+08:00", dt.date(2020, 2, 29)),
        (dt.date(2020, 2, 29), dt.date(2020, 2, 29)),
        (dt.datetime(2020, 2, 29, 23), dt.date(2020, 2, 29)),
    ],
)
def test_days_are_read_in_every_way_that_leaves_no_doubt(given, day):
    kept, refused = check("child", FRAMES["child"].assign(born_on=given))
    assert refused.empty
    assert {stamp.date() for stamp in kept["born_on"]} == {day}


@pytest.mark.parametrize(
    "words", [[True, False], ["true", "False"], ["是", "否"], [1, 0], [1.0, 0.0]]
)
def test_yes_and_no_are_read_from_words_and_numbers(words):
    frame = FRAMES["subdistrict"].assign(urban=pd.Series(words))
    kept, refused = check("subdistrict", frame)
    assert refused.empty
    assert kept["urban"].tolist() == [True, False]


def test_codes_that_a_file_holds_as_numbers_are_read_as_people_write_them():
    units = FRAMES["planning_unit"].assign(code=np.arange(12.0))
    assert check("planning_unit", units)[0]["code"].tolist() == [str(n) for n in range(12)]
    whole = FRAMES["planning_unit"].assign(code=np.arange(12))
    assert check("planning_unit", whole)[0]["code"].tolist() == [str(n) for n in range(12)]


def test_optional_code_column_of_numbers_keeps_its_gaps():
    frame = FRAMES["building"].assign(planning_unit_code=[1.0, np.nan] * 6)
    kept, refused = check("building", frame)
    assert refused.empty
    assert kept["planning_unit_code"].tolist()[:2] == ["1", pd.NA]


def test_categories_are_read_like_words():
    frame = FRAMES["seat"].astype({"stage": "category", "school_code": "category"})
    kept, refused = check("seat", frame)
    assert refused.empty
    assert kept["stage"].tolist() == FRAMES["seat"]["stage"].tolist()


# -- keys and columns --------------------------------------------------------------------


def test_second_row_of_a_key_is_refused():
    twice = pd.concat([FRAMES["seat"], FRAMES["seat"].iloc[[2]]])
    kept, refused = check("seat", twice)
    assert len(kept) == len(FRAMES["seat"])
    assert list_refused(refused) == [
        ["A / primary / 2027", "school_code, stage, year", "A / primary / 2027"]
    ]
    assert refused["rule"].tolist() == ["the same key stands above"]


def test_row_whose_double_was_refused_for_another_fault_is_kept():
    twice = pd.concat([change("seat", 0, seats="many"), FRAMES["seat"].iloc[[0]]])
    kept, refused = check("seat", twice)
    assert len(kept) == len(FRAMES["seat"])
    assert refused["column_name"].tolist() == ["seats"]


def test_missing_mandatory_column_refuses_the_dataset_and_tells_what_there_is():
    with pytest.raises(
        RejectedDataError, match=r"Dataset seat lacks the column seats.*entry_seats"
    ):
        check("seat", FRAMES["seat"].drop(columns="seats"))


def test_columns_that_nobody_asked_for_are_left_behind():
    kept, _ = check("seat", FRAMES["seat"].assign(phone="139…"))
    assert "phone" not in kept


def test_dataset_of_which_nothing_is_left_is_refused_with_its_reasons():
    wrong = FRAMES["seat"].assign(seats="many")
    with pytest.raises(RejectedDataError, match=r"seat\.seats: the value must be a whole number"):
        check("seat", wrong)


def test_dataset_without_rows_is_no_fault():
    kept, refused = check("seat", FRAMES["seat"].iloc[:0])
    assert kept.empty and refused.empty


@pytest.mark.parametrize("index", [[7] * 8, list("abcdefgh")])
def test_index_of_the_delivered_frame_means_nothing(index):
    frame = change("seat", 1, seats="many").set_axis(index)
    kept, refused = check("seat", frame)
    assert len(kept) == 7
    assert list_refused(refused) == [["B / primary / 2026", "seats", "many"]]


def test_long_lists_of_refused_rows_are_cut_in_the_message_but_not_in_the_report():
    rejections = Rejections("seat")
    rows = pd.Series([f"row {n}" for n in range(100)])
    rejections.add(rows, column="seats", found=rows, rule="r", mend="m")
    assert "row 19 and 80 more" in describe_rejections(rejections)
    assert len(rejections.build_table()) == 100


def test_references_travel_by_code():
    assert name_source_column(tables.household.c.registered_unit_id) == "registered_unit_code"
    assert name_source_column(tables.seat.c.year) == "year"


# -- geometry ----------------------------------------------------------------------------

BOW_TIE = shapely.Polygon([(120.6, 28), (120.61, 28.01), (120.61, 28), (120.6, 28.01)])


@pytest.mark.parametrize(
    ("name", "shape", "rule"),
    [
        ("planning_unit", None, "the geometry is empty"),
        ("planning_unit", shapely.Polygon(), "the geometry is empty"),
        ("planning_unit", BOW_TIE, "the geometry is not valid"),
        ("planning_unit", shapely.Point(120.6, 28), "the geometry must be a MULTIPOLYGON"),
        ("school", draw_cell("00"), "the geometry must be a POINT"),
        ("school", shapely.Point(np.nan, np.nan), "the geometry is not valid"),
        (
            "building",
            shapely.MultiPolygon([draw_cell("00"), draw_cell("02")]),
            "the geometry must be a POLYGON",
        ),
    ],
)
def test_wrong_geometry_is_refused_with_its_row_and_rule(name, shape, rule):
    frame = FRAMES[name].copy()
    shapes = frame["geom"].to_numpy(dtype=object).copy()
    shapes[1] = shape
    frame["geom"] = gpd.GeoSeries(shapes, crs=4490)
    kept, refused = check(name, frame)
    assert len(kept) == len(frame) - 1
    assert refused[["row_ref", "column_name", "rule"]].to_numpy().tolist() == [
        [frame["code"].iloc[1], "geom", rule]
    ]


def test_fault_of_an_invalid_geometry_is_told_with_its_place():
    _, refused = check(
        "planning_unit", build_features({"code": ["a", "b"]}, [draw_cell("00"), BOW_TIE])
    )
    assert refused["found"].tolist() == ["Self-intersection[120.605 28.005]"]


def test_heights_are_left_behind_and_single_parts_unwrapped():
    flat = draw_cell("00")
    high = shapely.MultiPolygon([shapely.force_3d(flat, 12.5)])
    kept, refused = check("building", _build_building(high))
    assert refused.empty
    assert kept["geom"].iloc[0].equals(flat)
    assert not kept["geom"].iloc[0].has_z


def _build_building(shape: shapely.Geometry) -> gpd.GeoDataFrame:
    columns = {
        "code": ["b"],
        "building_use": ["residential"],
        "floors": [6],
        "height_m": [18.0],
        "dwellings": [12],
    }
    return build_features(columns, [shape])


def test_polygons_are_stored_as_multipolygons():
    kept, _ = check("planning_unit", FRAMES["planning_unit"])
    assert {shape.geom_type for shape in kept["geom"]} == {"MultiPolygon"}


def test_geometry_is_brought_to_the_stores_datum():
    metric = FRAMES["school"].to_crs(4549)
    kept, refused = check("school", metric)
    assert refused.empty
    wanted = FRAMES["school"]["geom"].to_numpy()
    assert shapely.distance(kept["geom"].to_numpy(), wanted).max() < 1e-9


@pytest.mark.parametrize(
    "frame",
    [
        FRAMES["school"].set_crs(None, allow_override=True),
        pd.DataFrame(FRAMES["school"]),
    ],
    ids=["no CRS", "no geographic frame"],
)
def test_geometry_without_a_coordinate_system_is_refused(frame):
    with pytest.raises(CrsError, match="Dataset school states no coordinate system"):
        check("school", frame)


def test_coordinates_that_cannot_be_degrees_are_refused():
    with pytest.raises(CrsError, match="cannot lie in"):
        check("school", FRAMES["school"].to_crs(4549).set_crs(4490, allow_override=True))
