"""Answer of a selected area on the full sample, against a plain overlay by geopandas.

Run with ``python -m benchmarks.bench_area``; the sample must be loaded (`onemap load sample`).
The peer loads buildings and units once, too; each query joins building centres to the area and
sums by unit. Both must count the same children.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
from sqlalchemy import text

from gis.access import Role
from gis.database import open_database, read_table
from gis.selected_areas import Part, build_area, find_parts, parse_area, parse_circle
from gis.settings import load_settings
from scenarios.district import District, Plan, find_district, find_plan
from scenarios.enrolment_warning.area import AreaAsked, locate_parts, read_area

ROUNDS = 7
LIMIT_MS = 300
STAGE, YEAR = "primary", 2026
BUILDINGS = text(
    "select planning_unit_id, dwellings, st_centroid(geom) as geom from onemap.building"
    " where district_id = :district_id and dwellings > 0 and planning_unit_id is not null"
)


def list_areas(connection, district: District, plan: Plan) -> dict[str, tuple[Part, ...]]:
    """Return the areas that are asked: two subdistricts, a polygon, circles small and large."""
    west, north = 120.58, 27.99
    corners = [(west, north), (west + 0.09, north + 0.01), (west + 0.08, north - 0.06)]
    ground = locate_parts(district, plan, STAGE)
    known = read_table(
        connection,
        "children_by_subdistrict",
        district_id=district.id,
    )
    names = sorted(known["subdistrict_code"].dropna().unique())[:2]
    return {
        "two subdistricts": find_parts(connection, ground, "subdistrict", names),
        "triangle": (Part("polygon", corners=tuple(corners)),),
        "circle of 1 km": (parse_circle("120.64,27.97,1000"),),
        "whole district": (parse_area("o120.62,27.95,40000")[0],),
    }


def prepare_peer(connection, district: District) -> Callable[[object], float]:
    """Load buildings and demand once; return how a plain overlay counts the children."""
    frame = gpd.read_postgis(
        BUILDINGS, connection, geom_col="geom", params={"district_id": district.id}
    )
    held = frame.groupby("planning_unit_id")["dwellings"].sum()
    demand = read_table(connection, "unit_demand", district_id=district.id)
    mine = demand[(demand["stage"] == STAGE) & (demand["year"] == YEAR)]
    children = mine.groupby("planning_unit_id")[district.profile.warning.counted].sum()

    def count(area: object) -> float:
        zone = gpd.GeoDataFrame(geometry=[area], crs=frame.crs)
        inside = gpd.sjoin(frame, zone, predicate="within")
        share = inside.groupby("planning_unit_id")["dwellings"].sum() / held
        return float((children * share.reindex(children.index).fillna(0)).sum())

    return count


def time_call(call: Callable[[], object]) -> float:
    """Return the median time of a call in milliseconds, after one that warms up."""
    call()
    taken = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        call()
        taken.append(1000 * (time.perf_counter() - began))
    return statistics.median(taken)


def main() -> int:
    """Measure every area; 1 when an answer is too slow or differs from the peer's."""
    settings = load_settings()
    rows, is_right = [], True
    with open_database(settings) as database, database.begin(Role.PLANNER) as connection:
        district = find_district(connection, settings.district)
        plan = find_plan(connection, district, None)
        count = prepare_peer(connection, district)
        for name, parts in list_areas(connection, district, plan).items():
            asked = AreaAsked(parts, STAGE, YEAR)
            area = build_area(connection, locate_parts(district, plan, STAGE), parts)
            told = read_area(connection, district, plan, asked)
            ours = told.years["children"].iloc[0]
            theirs = round(count(area), 1)
            answer_ms = time_call(lambda asked=asked: read_area(connection, district, plan, asked))
            peer_ms = time_call(lambda area=area: count(area))
            is_right &= bool(np.isclose(ours, theirs, atol=0.11)) and answer_ms < LIMIT_MS
            rows.append((name, told.units, told.cut_units, ours, theirs, answer_ms, peer_ms))
    columns = ["area", "units", "cut", "children", "peer", "answer_ms", "overlay_ms"]
    table = pd.DataFrame(rows, columns=columns)
    table["ratio"] = table["overlay_ms"] / table["answer_ms"]
    sys.stdout.write(table.round(2).to_string(index=False) + "\n")
    sys.stdout.write(
        "The answer also holds schools, ages, batches, ten years and who crosses the edge;"
        " the overlay counts the children of one year.\n"
    )
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
