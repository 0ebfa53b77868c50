"""Files that a browser brings: names, sizes, what is told, and that nothing stays behind."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from catchments.profile import load_profile
from catchments.stewardship_rules import Stewardship
from gis.access import Role
from gis.database import Database
from gis.errors import RejectedDataError, UsageError
from gis.settings import PROJECT_ROOT, Settings
from scenarios.cockpit.server import build_app
from scenarios.data_sources import check_stewardship
from scenarios.district import District, find_district
from scenarios.stewardship.quality import measure_datasets, read_quality
from scenarios.stewardship.uploads import UploadShelf, clean_name, write_upload


@pytest.fixture
def shelf() -> UploadShelf:
    return UploadShelf(Settings())


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "..\\..\\x.csv", "/abs/学校.csv", "\x00", "." * 300, "长" * 300 + ".csv"],
)
def test_no_name_leads_out_of_the_private_folder(shelf: UploadShelf, name: str) -> None:
    upload = shelf.begin("town")
    path = write_upload(upload, name, [b"x"], most_bytes=10)
    assert path.parent == upload.folder and path.read_bytes() == b"x"
    shelf.close()
    assert not path.exists()
    assert "/" not in clean_name(name)


def test_a_file_that_grows_too_large_leaves_nothing(shelf: UploadShelf) -> None:
    upload = shelf.begin("town")
    with pytest.raises(RejectedDataError, match="larger"):
        write_upload(upload, "a.csv", [b"12345"] * 3, most_bytes=10)
    assert not list(upload.folder.iterdir()) and not upload.paths
    shelf.close()


def test_files_of_another_district_are_not_found(shelf: UploadShelf) -> None:
    token = shelf.begin("town").token
    with pytest.raises(UsageError, match="not on the server"):
        shelf.find("elsewhere", token)
    shelf.close()


@pytest.fixture
def client(database: Database, town: District) -> FlaskClient:
    settings = Settings(district="town")
    return build_app(database, settings).server.test_client()


def test_the_server_takes_a_file_and_refuses_what_is_none(client: FlaskClient) -> None:
    named = {"X-File-Name": quote("学校.csv")}
    taken = client.post("/data/town/uploads", data=b"a,b\n1,2\n", headers=named)
    assert taken.status_code == 200 and taken.json and taken.json["upload"]
    again = client.post(f"/data/town/uploads/{taken.json['upload']}", data=b"x", headers=named)
    assert again.status_code == 400  # that name is there
    assert client.post("/data/town/uploads", data=b"x").status_code == 400  # without a name
    assert client.post("/data/town/uploads", data=b"", headers=named).status_code == 422
    assert client.post("/data/nowhere/uploads", data=b"x", headers=named).status_code == 404
    large = client.post("/data/town/uploads", headers={**named, "Content-Length": str(10**12)})
    assert large.status_code == 422
    early = client.get(f"/data/town/uploads/{taken.json['upload']}/report.xlsx")
    assert early.status_code == 400


def test_quality_is_counted_with_the_district(database: Database, town: District) -> None:
    with database.begin(Role.STEWARD) as connection:
        district = find_district(connection, "town")
        parts = read_quality(connection, district, "school")
        counted = measure_datasets(connection, district, ["school"])
        connection.rollback()
    assert {"completeness", "validity", "uniqueness", "consistency"} <= set(parts["measure"])
    assert (counted["broken"] <= counted["checked"]).all()


@pytest.mark.parametrize(
    "named",
    [
        {"wanted": {"building": ["kind"]}},
        {"authorities": [{"dataset": "school", "office": "教育局", "fields": ["seats"]}]},
    ],
)
def test_rules_that_name_a_column_that_is_not_there_are_refused(named: dict) -> None:
    with pytest.raises(UsageError, match="does not have"):
        check_stewardship(Stewardship(**named))


def test_rules_of_the_shipped_district_name_what_is_there() -> None:
    path = PROJECT_ROOT / "data" / "districts" / "ouhai" / "profile.toml"
    check_stewardship(load_profile(path).stewardship)
