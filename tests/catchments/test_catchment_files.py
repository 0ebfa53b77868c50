"""Units, schools and borders from files: what is read, and how faults are told."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchments.boundaries.plan_files import digest_plan, name_catchments, read_plan, write_plan
from catchments.boundaries.reading import read_instance
from catchments.boundaries.term_files import (
    merge_groups,
    read_feeders,
    read_joint,
    read_pairs,
    read_together,
)
from catchments.units import NOWHERE, Instance
from gis.errors import CrsError, OutputError, RejectedDataError, UsageError

UNITS = (
    "unit_id,x,y,pupils,area,perimeter,current\n"
    "CL02.1,0,0,10,1e6,4000,A\n"
    "007,1000,0,20,1e6,4000,\n"
    "7,1000,500,5,5e5,3000,B\n"
)
SCHOOLS = (
    "school_id,unit_id,capacity,x,y,open_cost,status\n"
    "B,7,30,,,12,\n"
    "A,CL02.1,20,0,300,12,candidate\n"
)
ADJACENCY = "unit_a,unit_b,shared_length\nCL02.1,007,1000\n7,007,400\n007,CL02.1,1000\n"

Write = Callable[[str, str], Path]
Read = Callable[..., Instance]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, text: str) -> Path:
        path = tmp_path / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


@pytest.fixture
def read(write: Write) -> Read:
    def read_texts(
        units: str = UNITS,
        schools: str = SCHOOLS,
        adjacency: str = ADJACENCY,
        distances: str | None = None,
        **more: object,
    ) -> Instance:
        return read_instance(
            write("units", units),
            write("schools", schools),
            write("adjacency", adjacency),
            distances=None if distances is None else write("distances", distances),
            **more,
        )

    return read_texts


def test_units_schools_and_borders_are_read(read: Read) -> None:
    town = read()
    assert town.unit_ids == ("007", "7", "CL02.1")  # names as they stand, in a settled order
    assert town.school_ids == ("A", "B")
    assert town.pupils.tolist() == [20.0, 5.0, 10.0]
    assert (town.own_unit.tolist(), town.capacity.tolist()) == ([2, 1], [20.0, 30.0])
    assert town.is_candidate.tolist() == [True, False]
    assert town.open_cost.tolist() == [12.0, 0.0]  # an existing school costs nothing
    assert town.borders.tolist() == [[0, 1], [0, 2]]
    assert town.border_m.tolist() == [400.0, 1000.0]
    assert town.current is not None
    assert town.current.tolist() == [NOWHERE, 1, 0]
    # A stands at 0, 300; B has no place of its own and stands where its unit does
    assert town.distance_m[2].tolist() == [300.0, pytest.approx(np.hypot(1000, 500))]
    assert town.distance_m[1].tolist() == [pytest.approx(np.hypot(1000, 200)), 0.0]


def test_distances_replace_places_and_a_pair_left_out_has_no_way(read: Read) -> None:
    told: list[str] = []
    town = read(
        "unit_id,pupils\n1,10\n2,10\n",
        "school_id,unit_id,capacity\nA,1,30\n",
        "unit_a,unit_b\n1,2\n",
        "unit_id,school_id,distance\n1,A,4\n1,A,4.0\n",
        warn=told.append,
    )
    assert town.distance_m.tolist() == [[4.0], [np.inf]]
    assert (town.area_m2, town.current, town.border_m.tolist()) == (None, None, [0.0])
    assert len(told) == 1
    assert "lacks 1 of 2 pairs" in told[0]


def test_balance_needs_no_ways(read: Read) -> None:
    told: list[str] = []
    units = "unit_id,pupils\nCL02.1,10\n007,20\n7,5\n"
    town = read(units, needs_ways=False, warn=told.append)
    assert not town.distance_m.any()
    assert "lacks x and y; every way counts as 0 m" in told[0]
    with pytest.raises(RejectedDataError, match="lacks the column x, y"):
        read(units)


def test_a_single_unit_borders_none(read: Read) -> None:
    units, schools = "unit_id,x,y,pupils\n1,0,0,9\n", "school_id,unit_id,capacity\nA,1,9\n"
    assert read(units, schools, "unit_a,unit_b\n").borders.shape == (0, 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_files_of_spreadsheets_are_read_in_their_encodings(encoding: str, tmp_path: Path) -> None:
    texts = {
        "units": "unit_id,x,y,pupils\n景山小区, 0,0,10\n 新桥村 ,900,0,20\n\n",
        "schools": "school_id,unit_id,capacity\n瓯海实小,景山小区,40\n",
        "adjacency": "unit_a,unit_b\n景山小区,新桥村\n",
    }
    paths = [tmp_path / name for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    town = read_instance(*paths)
    assert town.unit_ids == ("新桥村", "景山小区")
    assert town.distance_m.tolist() == [[900.0], [0.0]]


FAULTS = [
    ("units", UNITS.replace("10,1e6", "-1,1e6"), r"Line 2 of .*units\.csv has a pupils that.*: -1"),
    ("units", UNITS.replace("20,1e6", "many,1e6"), r"Line 3 of .*a pupils that is no.*: many"),
    ("units", UNITS.replace("20,1e6", ",1e6"), r"Line 3 of .*lacks unit_id or x or y or pupils"),
    ("units", UNITS.replace("1000,0,20", "east,0,20"), r"Line 3 of .* has a x that.*: east"),
    ("units", UNITS.replace("5e5", "0"), r"Line 4 of .*area that is no number above zero: 0"),
    ("units", UNITS.replace("5e5", ""), r"Line 4 of .*units\.csv lacks area"),
    ("units", UNITS.replace("7,1000,500", "007,1000,500"), r"Line 4 .*a unit_id again: 007"),
    ("units", UNITS.replace("3000,B", "3000,C"), r"Line 4 of .*current that .* lacks: C"),
    ("units", UNITS.replace("pupils", "kids"), r"units\.csv lacks the column pupils; it has unit"),
    ("units", UNITS.replace("y,pupils", "pupils,pupils"), r"lacks the column y"),
    ("units", UNITS.replace("area", "pupils"), r"has the column pupils twice"),
    ("units", "", r"units\.csv cannot be read as CSV: No columns"),
    ("units", "unit_id,x,y,pupils\n", r"units\.csv has no rows"),
    ("units", UNITS + "8,1,1,1,1,1,A,more\n", r"cannot be read as CSV: .* line 5, saw 8"),
    ("schools", SCHOOLS.replace("7,30", "8,30"), r"Line 2 of .*unit_id that .*units.* lacks: 8"),
    ("schools", SCHOOLS.replace("20,0", "-20,0"), r"Line 3 of .*a capacity that is no .*: -20"),
    ("schools", SCHOOLS.replace("A,CL", "B,CL"), r"Line 3 of .* names a school_id again: B"),
    ("schools", SCHOOLS.replace("candidate", "planned"), r"Line 3 .*unknown status: planned"),
    ("schools", SCHOOLS.replace("0,300", "0,"), r"Line 3 of .* has only one of x and y"),
    ("schools", SCHOOLS.replace("12,\n", "dear,\n"), r"Line 2 of .*a open_cost that .*: dear"),
    ("adjacency", ADJACENCY.replace("400", "-4"), r"Line 3 of .*a shared_length that .*: -4"),
    ("adjacency", ADJACENCY.replace("7,007", "7,8"), r"Line 3 of .*a unit_b that .* lacks: 8"),
    ("adjacency", ADJACENCY.replace("7,007", "7,7"), r"Line 3 of .*lets a unit border itself: 7"),
    ("adjacency", ADJACENCY[:-5] + "900\n", r"Line 4 of .*another length .*007–CL02\.1 900"),
    ("adjacency", "unit_a,unit_b\n", r"adjacency\.csv has no rows"),
    ("distances", "unit_id,school_id,distance\n7,A,-2\n", r"Line 2 .*a distance that .*: -2"),
    ("distances", "unit_id,school_id,distance\n8,A,2\n", r"Line 2 .*a unit_id that .* lacks: 8"),
    ("distances", "unit_id,school_id,distance\n7,C,2\n", r"Line 2 .*a school_id that .* lacks: C"),
    ("distances", "unit_id,school_id,distance\n7,A,2\n7,A,3\n", r"Line 2 of .*another distance"),
]


@pytest.mark.parametrize(("name", "text", "told"), FAULTS)
def test_a_fault_names_file_line_and_value(name: str, text: str, told: str, read: Read) -> None:
    with pytest.raises(RejectedDataError, match=told) as caught:
        read(**{name: text})
    assert caught.value.mend


def test_missing_and_unreadable_files_are_told(read: Read, tmp_path: Path) -> None:
    read()
    paths = [tmp_path / f"{name}.csv" for name in ("units", "schools", "adjacency")]
    with pytest.raises(UsageError, match=r"There is no file .*none\.csv"):
        read_instance(paths[0], paths[1], tmp_path / "none.csv")
    paths[2].write_bytes(b"unit_a,unit_b\n\xff\xff\xff\n")
    with pytest.raises(RejectedDataError, match=r"Line 2 of .*holds bytes \(FF FF FF 0A\)"):
        read_instance(*paths)
    paths[2].write_bytes(b"unit_a,unit_b\n1\x00,2\n")
    with pytest.raises(RejectedDataError, match=r"Line 2 of .*holds zero bytes"):
        read_instance(*paths)


def write_places(places: list[tuple[float, float]], area: str = "") -> str:
    head = "unit_id,x,y,pupils,area\n"
    return head + "".join(f"{i},{x},{y},1,{area}\n" for i, (x, y) in enumerate(places))


def test_degrees_are_refused_and_little_examples_are_not(read: Read) -> None:
    rest = {
        "schools": "school_id,unit_id,capacity\nA,0,9\n",
        "adjacency": "unit_a,unit_b\n0,1\n1,2\n",
    }
    with pytest.raises(CrsError, match="they look like degrees"):
        read(write_places([(120.651, 27.987), (120.662, 27.991), (120.67, 28.01)]), **rest)
    with pytest.raises(CrsError, match="they look like degrees"):
        read(write_places([(-15.431, 28.121), (-15.442, 28.13), (-15.45, 28.11)], "9e5"), **rest)
    told: list[str] = []
    read(write_places([(0.25, 0.25), (0.75, 0.25), (1.25, 0.75)]), **rest, warn=told.append)
    assert "they look like degrees" in told[0]
    told.clear()
    read(write_places([(0, 0), (1, 0), (2, 0)]), **rest, warn=told.append)
    read(write_places([(100, 30), (110, 30), (120, 30)]), **rest, warn=told.append)
    assert told == []


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_the_order_of_rows_never_matters(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:

        def read_shuffled(*texts: str) -> Instance:
            paths = [Path(folder) / str(i) for i in range(len(texts))]
            for path, text in zip(paths, texts, strict=True):
                path.write_text(text)
            return read_instance(*paths)

        def shuffle(text: str) -> str:
            head, *rows = text.splitlines()
            return "\n".join([head, *data.draw(st.permutations(rows))]) + "\n"

        town = read_shuffled(UNITS, SCHOOLS, ADJACENCY)
        other = read_shuffled(shuffle(UNITS), shuffle(SCHOOLS), shuffle(ADJACENCY))
    for name in Instance.__dataclass_fields__:
        assert np.array_equal(getattr(town, name), getattr(other, name)), name


def test_terms_are_read_by_position(read: Read, write: Write) -> None:
    town = read()
    pairs = write("pairs", "unit_id,school_id\nCL02.1,A\n007,B\n007,B\n")
    assert read_pairs(pairs, town) == ((0, 1), (2, 0))
    group = write("together", "unit_id,group\nCL02.1,estate\n007,estate\n7,alone\n")
    assert read_together(group, town) == ((0, 2),)
    joint = write("joint", "school_id,catchment\nB,x\nA,x\n")
    assert read_joint(joint, town) == ((0, 1),)


def test_primary_catchments_stay_together_and_nine_year_schools_keep_theirs(
    read: Read, write: Write
) -> None:
    plan = write("primary", "unit_id,school_id\nCL02.1,A\n007,A\n7,P\n")
    assert read_feeders(plan, read()) == (((0, 2),), ((0, 0), (2, 0)))
    joint = write("primary", "unit_id,school_id\n7,P+Q\n007,P+Q\n")
    assert read_feeders(joint, read()) == (((0, 1),), ())


def test_groups_that_share_a_unit_become_one() -> None:
    assert merge_groups([]) == ()
    assert merge_groups([(5, 4), (1, 2), (2, 9), (9, 8)]) == ((1, 2, 8, 9), (4, 5))


@pytest.mark.parametrize(
    ("reader", "text", "told"),
    [
        (read_pairs, "unit_id,school_id\n8,A\n", "Line 2 of .* unit_id that .* lacks: 8"),
        (read_pairs, "unit_id,school_id\n7,C\n", "Line 2 of .* school_id that .* lacks: C"),
        (read_together, "unit_id,group\n7,x\n7,y\n", "Line 3 of .* names a unit_id again: 7"),
        (read_joint, "school_id,catchment\nA,x\nA,y\n", "names a school_id again: A"),
        (read_feeders, "unit_id,school_id\n7,P\n7,Q\n", "names a unit_id again: 7"),
        (read_plan, "unit_id,school_id\n7,A\n", "gives no school to unit 007, CL02.1"),
        (read_plan, "unit_id,school_id\n7,A\n7,B\n", "Line 3 of .* a unit_id again: 7"),
        (read_plan, "unit_id,school_id\n7,A+B\n", r"school_id that .* lacks: A\+B"),
    ],
)
def test_faults_of_terms_and_plans_are_told(
    reader: Callable[..., object], text: str, told: str, read: Read, write: Write
) -> None:
    with pytest.raises(RejectedDataError, match=told):
        reader(write("terms", text), read())


def test_a_plan_is_written_whole_and_read_again(read: Read, tmp_path: Path) -> None:
    town, division = read(), np.array([1, 1, 0])
    out = tmp_path / "plan.csv"
    write_plan(out, town.unit_ids, name_catchments(town, (), division))
    assert out.read_text() == "unit_id,school_id\n007,B\n7,B\nCL02.1,A\n"
    assert read_plan(out, town).tolist() == [1, 1, 0]
    shared = name_catchments(town, ((1, 0),), division)
    write_plan(out, town.unit_ids, shared)
    assert shared == ["A+B"] * 3
    assert read_plan(out, town, joint=((1, 0),)).tolist() == [0, 0, 0]
    assert digest_plan(town.unit_ids, shared) != digest_plan(town.unit_ids, ["A"] * 3)
    with pytest.raises(OutputError, match="cannot be written"):
        write_plan(tmp_path / "none" / "plan.csv", town.unit_ids, shared)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name[0] == ".") == []
