"""Sites from files: streets, distances, pupils and the command that answers from them."""

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from catchments.sites import choose_by_distance
from catchments.sites.reading import read_distances, read_streets
from gis.errors import RejectedDataError, UsageError
from scenarios.commands.solve_sites import solve_sites


def write_file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_streets_are_walked_both_ways_and_the_later_length_counts(tmp_path: Path) -> None:
    edges = write_file(tmp_path, "edges.csv", "a,b,length\n10,9,5\n9,8,1\n9,10,2\n8,7,0\n")
    request = read_streets(edges)
    assert request.unit_ids == ["7", "8", "9", "10"]  # in the order of numbers
    assert request.distance_m[3].tolist() == [3.0, 3.0, 2.0, 0.0]


def test_pupils_and_permitted_sites_come_from_their_files(tmp_path: Path) -> None:
    edges = write_file(tmp_path, "edges.csv", "a,b,length\nN,M,5\nM,K,1\n")
    pupils = write_file(tmp_path, "units.csv", "unit_id,pupils,note\nN,30,x\n")
    sites = write_file(tmp_path, "schools.csv", "school_id,status\nM,existing\nK,\nN,forbidden\n")
    request = read_streets(edges, pupils=pupils, sites=sites)
    assert request.pupils.tolist() == [0.0, 0.0, 30.0]
    assert (request.site_ids, request.existing.tolist()) == (["K", "M"], [False, True])
    assert choose_by_distance(request, site_count=1).objective == 150.0


def test_a_pair_left_out_of_the_distances_has_no_way(tmp_path: Path) -> None:
    text = "unit_id,school_id,distance\nu1,A,4\nu2,B,6\nu1,A,3\n\nu2,A,9\n"
    request = read_distances(write_file(tmp_path, "distances.csv", text))
    assert request.distance_m.tolist() == [[3.0, np.inf], [9.0, 6.0]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a,b\n1,2\n", "lacks the column length; it has a, b"),
        ("a,b,length\n", "has no rows"),
        ("a,b,length\n1,2,3\n\n2,3,-1\n", "Line 4 of"),
        ("a,b,length\n1,2,far\n", "no number of zero or more"),
        ("a,b,length\n1,,3\n", "Line 2 of .* lacks a or b or length"),
        ("", "cannot be read as CSV"),
    ],
)
def test_a_damaged_street_file_names_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(RejectedDataError, match=told):
        read_streets(write_file(tmp_path, "edges.csv", text))


def test_pupils_and_sites_off_the_streets_are_told(tmp_path: Path) -> None:
    edges = write_file(tmp_path, "edges.csv", "a,b,length\n1,2,3\n")
    pupils = write_file(tmp_path, "pupils.csv", "unit_id,pupils\n1,5\n7,5\n")
    sites = write_file(tmp_path, "sites.csv", "school_id,status\n1,candidate\n9,candidate\n")
    with pytest.raises(RejectedDataError, match=r"Line 3 of .*pupils\.csv has pupils in a unit"):
        read_streets(edges, pupils=pupils)
    with pytest.raises(RejectedDataError, match=r"Line 3 of .*sites\.csv names a school_id that"):
        read_streets(edges, sites=sites)
    with pytest.raises(UsageError, match="There is no file"):
        read_streets(tmp_path / "none.csv")


def run_command(*arguments: str) -> dict[str, object]:
    app = typer.Typer()
    app.command()(solve_sites)
    answer = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
    return dict(json.loads(answer.stdout))


def test_the_command_answers_each_question_with_its_proof(tmp_path: Path) -> None:
    street = [f"{a},{a + 1},100" for a in range(1, 10)]
    edges = write_file(tmp_path, "edges.csv", "\n".join(["a,b,length", *street]))
    out = tmp_path / "choice.csv"
    least = run_command("--edges", str(edges), "--p", "2", "--out", str(out))
    assert (least["objective"], least["lower_bound"], least["gap_pct"]) == (1200.0, 1200.0, 0.0)
    assert least["stopped"] == "proven"
    assert len(out.read_text().splitlines()) == 11
    fewest = run_command("--edges", str(edges), "--cover", "100")
    assert (fewest["method"], fewest["objective"]) == ("set covering", 4.0)
    most = run_command("--edges", str(edges), "--cover", "100", "--p", "2")
    assert (most["objective"], most["covered_pct"]) == (6.0, 60.0)


def test_the_command_refuses_unclear_questions(tmp_path: Path) -> None:
    edges = str(write_file(tmp_path, "edges.csv", "a,b,length\n1,2,3\n"))
    with pytest.raises(UsageError, match="Give --p, --cover or both"):
        run_command("--edges", edges)
    with pytest.raises(UsageError, match="either --edges or --matrix"):
        run_command("--p", "1")
    with pytest.raises(UsageError, match="Time limit 0 s"):
        run_command("--edges", edges, "--p", "1", "--time-limit", "0")
