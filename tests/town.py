"""A little town drawn on a grid, small enough to count by hand.

One letter is one planning unit, the letter names the catchment, a capital the unit with the
school, a dot no catchment. Rows run from north to south; unit ``12`` is row 1, column 2.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection

from catchments.profile import Profile, parse_profile
from gis.ingest.district import LoadReport, load_district

WEST, NORTH, CELL = 120.60, 28.03, 0.01  # degrees of EPSG:4490

# A is a primary school, B a nine-year school. Nobody must admit the children of 20 and 21.
PRIMARY = """
    Aaab
    aabB
    ..bb
"""
JUNIOR = """
    bbbb
    bbbB
    bbbb
"""
# What "nearest" must draw: a cell is 983 m wide and 1108 m high, so 02 is 1966 m from A but
# 1481 m from B; 20 is 2216 m from A and 3150 m from B; 21 is 2424 m from A and 2257 m from B.
NEAREST_PRIMARY = """
    Aabb
    aabB
    abbb
"""

# P is private and X was closed in 2025: neither can have a catchment.
SCHOOLS = """
    code  kind       public  unit  closed
    A     primary    yes     00    -
    B     nine_year  yes     13    -
    P     primary    no      20    -
    X     primary    yes     22    2025-07-01
"""

# Primary 2026 takes those born from 2019-09-01 to 2020-08-31, junior 2026 from 2013-09-01 to
# 2014-08-31. A child belongs to the unit of registration, else to the unit of residence.
CHILDREN = """
    household  born        registered_in  lives_in  hukou
    h01        2019-09-01  00             00        yes
    h02        2020-08-31  01             01        yes
    h03        2020-03-01  11             13        yes
    h04        2020-02-29  -              02        no
    h05        2020-01-15  03             03        yes
    h06        2019-12-31  23             23        yes
    h07        2020-05-05  -              22        no
    h08        2020-06-01  20             20        yes
    h09        2020-06-02  -              -         yes
    h10        2019-08-31  00             00        yes
    h11        2020-09-01  10             10        yes
    h12        2021-08-31  12             12        yes
    h12        2014-05-05  12             12        yes
    h13        2013-09-01  21             21        yes
    h14        2014-09-01  -              20        no
    h15        2021-09-01  00             00        yes
"""
# stage, year, plan → school or reason → (children, of them registered), counted by hand.
COUNTS = {
    ("statutory", "primary", 2026): {
        "A": (4, 3),  # h01 h02 h03 h04
        "B": (3, 2),  # h05 h06 h07
        "no_catchment": (1, 1),  # h08
        "unlocated": (1, 1),  # h09
    },
    ("statutory", "primary", 2027): {"A": (1, 1), "B": (1, 1)},  # h11; h12
    ("statutory", "junior", 2026): {"B": (2, 2)},  # h12 h13
    ("statutory", "junior", 2027): {"B": (1, 0)},  # h14
    ("nearest", "primary", 2026): {
        "A": (4, 4),  # h01 h02 h03 h08
        "B": (4, 2),  # h04 h05 h06 h07
        "unlocated": (1, 1),
    },
    ("nearest", "primary", 2027): {"A": (1, 1), "B": (1, 1)},
    ("nearest", "junior", 2026): {"B": (2, 2)},
    ("nearest", "junior", 2027): {"B": (1, 0)},
}

SEATS = """
    school  stage    year  entry_seats  seats
    A       primary  2026  3            18
    B       primary  2026  4            24
    A       primary  2027  0            0
    B       primary  2027  -            24
    B       junior   2026  1            3
    B       junior   2027  1            3
    P       primary  2026  9            54
    X       primary  2026  9            54
"""

ENROLMENT = """
    school  stage    grade  year  pupils
    A       primary  1      2025  60
    A       primary  2      2025  40
    B       primary  1      2025  110
    B       junior   1      2025  100
"""
RESOURCES = """
    school  year  qualified_teachers  teaching_area_m2
    A       2025  4.2                 360
    B       2025  12                  -
"""

# Found by inspectors; the accidents of B are not known, nor those of 2024.
SCHEME = (Path(__file__).parent / "town_appraisal.yaml").read_text(encoding="utf-8")
APPRAISED = """
    school  year  indicator  raw_value
    A       2024  lessons    80
    A       2024  accidents  5
    B       2024  lessons    80
    A       2025  lessons    90
    A       2025  accidents  2
    B       2025  lessons    70
"""

# The 100 pupils of A fill 2 + 1 classes of 45, the 110 of B 3: each needs 3 · 6/12 = 1.5 posts of
# Chinese and 3 · 3/12 = 0.75 of science. A has one half too few, which is borne, and of science
# 2 − 0.75: one could go. B misses its one of science. t6 has left; t2 came to A in 2024.
TEACHERS = """
    code  school  stage    subject  sex     born        title   backbone  since       left
    t1    A       primary  chinese  female  1972-05-10  first   county    2010-09-01  -
    t2    A       primary  science  female  1990-02-01  first   none      2024-09-01  -
    t3    A       primary  science  male    1980-07-01  senior  county    2012-09-01  -
    t4    B       primary  chinese  male    1967-01-15  senior  none      2001-09-01  -
    t5    B       primary  chinese  female  1985-11-30  first   county    2015-09-01  -
    t6    B       primary  science  female  1970-08-01  first   none      1995-09-01  2025-09-01
    t7    B       junior   chinese  male    1988-03-03  first   none      2018-09-01  -
"""

# The new school N on unit 21: two buildings of five stages on the data date, 2026-03-31.
STAGES = """
    building  stage           planned_start  planned_end  actual_start  actual_end  progress
    n1        civil_works     2025-01-01     2025-03-31   2025-01-01    2025-03-31  100
    n1        superstructure  2025-04-01     2025-12-31   2025-04-01    2026-01-30  100
    n1        topped_out      2026-01-01     2026-01-31   2026-02-01    -           50
    n1        fit_out         2026-02-01     2026-06-30   -             -           0
    n1        completed       2026-07-01     2026-07-31   -             -           0
    n2        civil_works     2026-05-01     2026-05-31   -             -           0
    n2        superstructure  2026-06-01     2026-06-30   -             -           0
    n2        topped_out      2026-07-01     2026-07-10   -             -           0
    n2        fit_out         2026-07-11     2026-07-25   -             -           0
    n2        completed       2026-07-26     2026-07-31   -             -           0
"""

PROFILE = Path(__file__).with_name("town.toml").read_text(encoding="utf-8")


def build_profile(**changes: Any) -> Profile:
    """Return the town's profile with some top-level keys changed."""
    return parse_profile({**tomllib.loads(PROFILE), **changes}, origin="tests/town.py")


def write_town_folder(districts: Path) -> Path:
    """Write the profile where commands look for districts; return the town's own folder."""
    folder = districts / "town"
    folder.mkdir()
    (folder / "profile.toml").write_text(PROFILE, encoding="utf-8")
    return folder


def generate(
    *, scale: float, seed: int, progress: Callable[[str, float], None]
) -> dict[str, pd.DataFrame]:
    """Serve as the generator that the profile names; the town has one size only."""
    progress("town", 1.0)
    return build_frames()


def store_frames(
    connection: Connection, frames: dict[str, pd.DataFrame], *, code: str = "copy", **options: Any
) -> LoadReport:
    """Load frames in the transaction of `connection` as a district of that code."""
    profile = build_profile(code=code)
    columns = ["code", "name_zh", "name_en", "metric_srid", "data_date", "synthetic", "source"]
    row = {name: getattr(profile, name) for name in [*columns, "licence"]}
    row["profile"] = profile.model_dump(mode="json")
    return load_district(
        connection, row, frames, rule_version=profile.version, source="a test", who="me", **options
    )


def read_rows(table: str, **types: str) -> pd.DataFrame:
    """Read one of the tables above; a dash is a missing value."""
    head, *lines = [line.split() for line in table.strip().splitlines()]
    frame = pd.DataFrame(lines, columns=head).replace({"-": None})
    return frame.astype(types)


def read_cells(picture: str) -> dict[str, str]:
    """Read a picture: unit → letter."""
    rows = picture.split()
    return {f"{r}{c}": letter for r, row in enumerate(rows) for c, letter in enumerate(row)}


def list_members(picture: str) -> dict[str, str]:
    """List unit → school of a picture, without the units that have none."""
    return {unit: letter.upper() for unit, letter in read_cells(picture).items() if letter != "."}


def draw_cell(unit: str, *, margin: float = 0.0) -> shapely.Polygon:
    """Draw the square of a unit, smaller by `margin` degrees on each side."""
    row, column = int(unit[0]), int(unit[1])
    # Rounded, so that neighbours have the very same corners.
    west, north = round(WEST + column * CELL, 9), round(NORTH - row * CELL, 9)
    east, south = round(west + CELL, 9), round(north - CELL, 9)
    return shapely.box(west + margin, south + margin, east - margin, north - margin)


def find_centre(unit: str) -> shapely.Point:
    """Return the middle of a unit's square."""
    return draw_cell(unit).centroid


def build_features(columns: dict[str, Any], shapes: list[shapely.Geometry]) -> gpd.GeoDataFrame:
    """Return a frame as a source delivers it: column geom in EPSG:4490."""
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(shapes, crs=4490)).rename_geometry(
        "geom"
    )


def build_units(picture: str = PRIMARY) -> gpd.GeoDataFrame:
    """Return the planning units of a picture."""
    units = list(read_cells(picture))
    return build_features({"code": units}, [draw_cell(unit) for unit in units])


def build_frames() -> dict[str, pd.DataFrame]:
    """Return the whole town as a source delivers it: rows by table name."""
    return {
        **_build_places(),
        **_build_register(),
        **_build_schools(),
        **_build_project(),
        "appraisal_scheme": pd.DataFrame({"code": ["town_2026"], "content": [SCHEME.strip()]}),
        "appraisal_score": read_rows(APPRAISED, year="int", raw_value="float").rename(
            columns={"school": "school_code"}
        ),
        "plan": pd.DataFrame(
            {
                "code": ["statutory"],
                "name_zh": ["现行施教区"],
                "method": ["statutory"],
                "source": ["a notice"],
            }
        ),
        "plan_membership": pd.DataFrame(
            [
                ("statutory", stage, unit, school)
                for stage, picture in (("primary", PRIMARY), ("junior", JUNIOR))
                for unit, school in list_members(picture).items()
            ],
            columns=["plan_code", "stage", "planning_unit_code", "school_code"],
        ),
    }


def _build_places() -> dict[str, pd.DataFrame]:
    units = list(read_cells(PRIMARY))
    west, east = (
        shapely.union_all([draw_cell(unit) for unit in units if unit[1] in columns])
        for columns in ("01", "23")
    )
    return {
        "subdistrict": build_features(
            {
                "code": ["330304001", "330304002"],
                "name_zh": ["西街道", "东镇"],
                "urban": [True, False],
            },
            [west, east],
        ),
        "planning_unit": build_units(),
        "building": build_features(
            {
                "code": [f"house {unit}" for unit in units],
                "building_use": "residential",
                "floors": 6,
                "height_m": 18.0,
                "dwellings": 12,
            },
            [draw_cell(unit, margin=0.004) for unit in units],
        ),
    }


def _build_register() -> dict[str, pd.DataFrame]:
    rows = read_rows(CHILDREN)
    homes = rows.drop_duplicates("household").reset_index(drop=True)

    def name_dwelling(units: pd.Series) -> pd.Series:
        return homes["household"].str.cat(units, sep=" in ", na_rep=None)

    dwellings = pd.DataFrame(
        {
            "code": pd.concat([name_dwelling(homes[c]) for c in ("registered_in", "lives_in")]),
            "unit": pd.concat([homes["registered_in"], homes["lives_in"]]),
        }
    ).dropna()
    dwellings = dwellings.drop_duplicates("code").reset_index(drop=True)
    hukou, local = rows["hukou"] == "yes", homes["hukou"] == "yes"
    return {
        "property_unit": pd.DataFrame(
            {
                "code": dwellings["code"],
                "building_code": "house " + dwellings["unit"],
                "door": "1单元101室",
                "area_m2": 89.5,
                "dwelling_use": "residential",
                "tenure": "commodity",
            }
        ),
        "property_certificate": pd.DataFrame(
            {
                "property_unit_code": dwellings["code"],
                "share_pct": 100.0,
                "certificate_on": pd.Timestamp(2015, 6, 1),
            }
        ),
        "household": pd.DataFrame(
            {
                "code": homes["household"],
                "registered": local,
                "registered_unit_code": name_dwelling(homes["registered_in"]),
                "residence_unit_code": name_dwelling(homes["lives_in"]),
                "head_hash": "0" * 64,
                "members": 3,
            }
        ),
        "child": pd.DataFrame(
            {
                "household_code": rows["household"],
                "code": [f"c{number:02}" for number in range(1, len(rows) + 1)],
                "born_on": pd.to_datetime(rows["born"]),
                "sex": np.where(rows.index % 2, "female", "male"),
                "identity_hash": "0" * 64,
                "identity_last4": "000X",
                "registered": hukou,
                "relation_to_head": "child",
            }
        ),
    }


def _build_schools() -> dict[str, pd.DataFrame]:
    schools = read_rows(SCHOOLS)
    return {
        "school": build_features(
            {
                "code": schools["code"],
                "name_zh": schools["code"] + "学校",
                "name_en": "School " + schools["code"],
                "kind": schools["kind"],
                "public": schools["public"] == "yes",
                "closed_on": pd.to_datetime(schools["closed"]),
            },
            [find_centre(unit) for unit in schools["unit"]],
        ),
        "seat": read_rows(SEATS, year="int", entry_seats="float", seats="int").rename(
            columns={"school": "school_code"}
        ),
        "enrolment": read_rows(ENROLMENT, grade="int", year="int", pupils="int").rename(
            columns={"school": "school_code"}
        ),
        "resource_fact": read_rows(
            RESOURCES, year="int", qualified_teachers="float", teaching_area_m2="float"
        ).rename(columns={"school": "school_code"}),
        "teacher": _build_teachers(),
    }


def _build_teachers() -> pd.DataFrame:
    rows = read_rows(TEACHERS).rename(columns={"school": "school_code"})
    days = {"born": "born_on", "since": "at_school_since", "left": "left_on"}
    dated = rows.rename(columns=days)
    for name in days.values():
        dated[name] = pd.to_datetime(dated[name])
    return dated.assign(
        entered_on=dated["at_school_since"],
        degree="bachelor",
        post_pct=100,
        second_subject=None,
        second_pct=None,
    )


def _build_project() -> dict[str, pd.DataFrame]:
    stages = read_rows(STAGES, progress="float")
    return {
        "project": build_features(
            {"code": ["N"], "name_zh": ["新学校"], "kind": ["new"]}, [find_centre("21")]
        ),
        "project_seat": pd.DataFrame(
            {
                "project_code": ["N"],
                "stage": ["primary"],
                "classes": [12],
                "seats": [540],
                "entry_seats": [90],
                "planned_year": [2026],
            }
        ),
        "project_building": build_features(
            {
                "project_code": ["N", "N"],
                "code": ["n1", "n2"],
                "name_zh": ["1号楼", "2号楼"],
                "floors": [5, 2],
                "height_m": [20.0, 8.0],
                "floor_area_m2": [3000.0, 1000.0],
            },
            [draw_cell("21", margin=0.0045), draw_cell("21", margin=0.0048)],
        ),
        "stage_record": pd.DataFrame(
            {
                "project_building_code": stages["building"],
                "construction_stage": stages["stage"],
                **{
                    f"{name}_on": pd.to_datetime(stages[name])
                    for name in ("planned_start", "planned_end", "actual_start", "actual_end")
                },
                "progress_pct": stages["progress"],
                "recorded_on": pd.Timestamp(2026, 3, 31),
            }
        ),
    }
