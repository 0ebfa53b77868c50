"""A district profile holds every number that is a setting; what is wrong in it is named."""

from __future__ import annotations

import tomllib

import pytest

from catchments.profile import load_profile, parse_profile
from gis.errors import UsageError
from gis.settings import PROJECT_ROOT
from tests.town import PROFILE, build_profile

DISTRICTS = sorted((PROJECT_ROOT / "data" / "districts").glob("*/profile.toml"))


@pytest.mark.parametrize("path", DISTRICTS, ids=lambda path: path.parent.name)
def test_profiles_that_are_delivered_are_right(path):
    profile = load_profile(path)
    assert profile.code == path.parent.name
    assert profile.list_catchment_stages()


def test_ouhai_holds_the_numbers_of_the_standards():
    ouhai = load_profile(PROJECT_ROOT / "data" / "districts" / "ouhai" / "profile.toml")
    assert (ouhai.warning.yellow_from_pct, ouhai.warning.red_from_pct) == (90, 100)
    assert ouhai.warning.counted == "registered_children"
    standards = {one.code: one.standard for one in ouhai.balance.indicators}
    assert standards == {
        "qualified_teachers": {"primary": 4.2, "junior": 5.3},
        "backbone_teachers": {"primary": 1, "junior": 1},
        "pe_arts_teachers": {"primary": 0.9, "junior": 0.9},
        "teaching_area": {"primary": 4.5, "junior": 5.8},
        "sports_area": {"primary": 7.5, "junior": 10.2},
        "equipment": {"primary": 2000, "junior": 2500},
        "multimedia_classrooms": {"primary": 2.3, "junior": 2.4},
    }
    assert ouhai.balance.variation_limit == {"primary": 0.50, "junior": 0.45}
    assert (ouhai.balance.must_meet, ouhai.balance.near_pct) == (6, 85)
    assert ouhai.balance.split == {
        "nine_year": {"primary": 1, "junior": 1.1},
        "full_secondary": {"junior": 1, "senior": 1.2},
        "twelve_year": {"primary": 1, "junior": 1.1, "senior": 1.32},
    }
    names = [stage.name_zh for stage in ouhai.construction.stages]
    assert names == ["土建", "地上主体施工", "封顶", "教室建设", "竣工"]
    assert (ouhai.get_stage("primary").radius_m, ouhai.get_stage("junior").radius_m) == (500, 1000)


@pytest.mark.parametrize(
    ("right", "wrong", "key"),
    [
        ("metric_srid = 4549", 'metric_srid = "metres"', "metric_srid"),
        ("synthetic = true", "synthetic = true\ntypo = 1", "typo"),
        ('default_plan = "statutory"', "", "default_plan"),
        ("last = 2027", "last = 2025", "years"),
        ("entry_age = 12", 'entry_age = "twelve"', r"stages\.1\.entry_age"),
        ("weight = 0.20", "weight = 0.30", "construction"),
        ("weight = 0.20", "weight = -0.20", r"construction\.stages\.0\.weight"),
        ('fact = "qualified_teachers"', 'fact = "teachers"', r"balance\.indicators\.0\.fact"),
        ("variation_limit = { primary", "variation_limit = { primry", "primry"),
        ("standard = { primary = 4.2", "standard = { primry = 4.2", "primry"),
        ("split = { nine_year = { primary", "split = { nine_year = { primry", "primry"),
        ('code = "junior"', 'code = "primary"', "primary"),
        ("synthetic = true", 'synthetic = true\ncutoff = "31-08"', "cutoff"),
        ("synthetic = true", 'synthetic = true\ncutoff = "13-01"', "cutoff"),
        ("[construction]", '[construction]\nready_before = "soon"', "ready_before"),
        ('generator = "tests.town:generate"', 'generator = "tests.town"', "generator"),
        (
            "[construction]",
            "[warning]\nyellow_from_pct = 100\nred_from_pct = 90\n[construction]",
            "warning",
        ),
    ],
)
def test_wrong_key_is_named_with_its_file(tmp_path, right, wrong, key):
    path = tmp_path / "profile.toml"
    assert right in PROFILE
    path.write_text(PROFILE.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(UsageError, match=key) as caught:
        load_profile(path)
    assert str(path) in caught.value.found


def test_every_wrong_key_is_named_at_once():
    content = {**tomllib.loads(PROFILE), "metric_srid": None, "data_date": "soon"}
    with pytest.raises(UsageError, match=r"metric_srid.*data_date"):
        parse_profile(content, origin="a file")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"this is no TOML", "is no valid TOML.*line 1"),
        ("name = 温州".encode("gb18030"), "is no valid TOML"),
        (None, "cannot be read: No such file"),
    ],
)
def test_file_that_is_no_profile_is_told_with_its_path(tmp_path, content, complaint):
    path = tmp_path / "profile.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=complaint) as caught:
        load_profile(path)
    assert str(path) in caught.value.found


def test_unknown_stage_is_told_with_those_there_are():
    with pytest.raises(UsageError, match=r"no stage 'college'.*primary, junior, senior"):
        build_profile().get_stage("college")


def test_version_changes_with_every_number_and_not_with_the_order_of_keys():
    content = tomllib.loads(PROFILE)
    turned = dict(reversed(content.items()))
    assert parse_profile(turned, origin="turned").version == build_profile().version
    assert build_profile(minimum_cell=6).version != build_profile().version


def test_profile_survives_the_way_through_the_database():
    stored = build_profile().model_dump(mode="json")
    assert parse_profile(stored, origin="database") == build_profile()
    assert parse_profile(stored, origin="database").version == build_profile().version
