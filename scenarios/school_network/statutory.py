"""Import a division that somebody else drew: name its schools, check it, store it as a plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from catchments.boundaries import Drawn, Request, measure_straight_ways, statutory
from catchments.profile import Stage
from catchments.units import NOWHERE
from gis import tables
from gis.access import Role
from gis.crs import STORE_SRID, to_metric, to_store
from gis.database import Database
from gis.errors import RejectedDataError, UsageError
from gis.ingest.files import read_file
from scenarios.district import District, Plan
from scenarios.school_network.dividing import Search, divide_ground
from scenarios.school_network.division_naming import (
    Called,
    name_columns,
    name_communities,
    name_schools,
    read_called,
    split_stages,
)
from scenarios.school_network.draw import choose_stages, store_division
from scenarios.school_network.instance import Ground, read_ground

METHOD = "statutory"
FILLED = "filled_gap"
_FILLED_MEND = "Confirm that these units, which nobody claimed, belong to this school."
_ORIGIN = "import "  # begins the source of every plan that came in this way

_LEVEL_DISTANCE_M = 1e9  # farther than any walk: who cannot walk there compares straight lines

Progress = Callable[[str, float], None]
Positions = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Judged:
    """A division of others resolved on the ground of a district, and what is wrong with it.

    Parameters
    ----------
    school_id
        By stage: the school of each planning unit by id, missing without one.
    bare
        By stage: codes of the units that have no school.
    findings
        stage, kind, schools (codes), school_names, units (codes), named, area_m2, count, mend and
        geom in EPSG:4490; schools and units are tuples.
    areas_m2
        By stage, as :class:`~catchments.boundaries.statutory.CheckedDivision` has them.
    """

    ground: Ground
    stages: list[Stage]
    school_id: dict[str, pd.Series]
    bare: dict[str, tuple[str, ...]]
    findings: gpd.GeoDataFrame
    areas_m2: dict[str, dict[str, float]]

    def build_features(self) -> gpd.GeoDataFrame:
        """Build the findings that lie somewhere, for a file: lists as text, one coverage each."""
        table = self.findings.assign(
            **{
                name: [", ".join(map(str, many)) for many in self.findings[name]]
                for name in ("schools", "school_names", "units")
            },
            code=[f"{at:04d}" for at in range(1, len(self.findings) + 1)],
        )
        return table[~(table["geom"].isna() | table["geom"].is_empty)]

    def explain_refusal(self) -> RejectedDataError | None:
        """Return why this cannot be a plan: units without a school; None when it can be."""
        told = [
            f"{len(codes)} planning units of stage {stage} have no school:"
            f" {', '.join(codes[:20])}{' …' if len(codes) > 20 else ''}."
            for stage, codes in self.bare.items()
            if codes
        ]
        if not told:
            return None
        return RejectedDataError(
            f"{' '.join(told)} Nothing was stored.",
            mend="Name them under a school, or use --fill-gaps to give them to a neighbour.",
        )


def judge_division(
    database: Database,
    district: District,
    path: Path,
    *,
    stage: str | None = None,
    code: str | None = None,
    crs: str | None = None,
    fill_gaps: bool = False,
    progress: Progress | None = None,
) -> Judged:
    """Read a division from a file and check it on the ground of the district; nothing is stored.

    Schools are known by code or by Chinese or English name, units by code, communities by code or
    name, doors by the addresses of buildings.

    Parameters
    ----------
    path
        CSV or vector file; see :func:`catchments.boundaries.statutory.read_division`.
    stage
        Stage that it divides; else its column stage says so, or the district has one only.
    code
        Name the plan is to have; one that was not imported is never replaced.
    crs
        System of its polygons; it wins over what the file states.
    fill_gaps
        Give units that nobody claims to the neighbouring catchment whose school is nearest, on
        foot where there are roads. Such units are findings of kind `FILLED`.

    Raises
    ------
    UsageError
        The stage is not told or has no catchments, the plan's name is taken, or the district has
        no communities or addresses to read the division by.
    RejectedDataError
        The file breaks its contract.
    CrsError
        Its polygons state no system, or one that leads nowhere.
    """
    tell = progress or (lambda _step, _share: None)
    tell("read", 0.0)
    frame = name_columns(read_file(path))
    rows = split_stages(frame, district.profile, stage)
    stages = choose_stages(district, list(rows))
    with database.begin(Role.PLANNER) as connection:
        refuse_given(connection, district, code or METHOD)
        ground = read_ground(connection, district, stages)
        called = read_called(connection, district)
    findings, areas_m2, school_id, bare = [], {}, {}, {}
    for nth, chosen in enumerate(stages):
        tell("check", 0.1 + 0.4 * nth / len(stages))
        listed = name_schools(rows[chosen.code], ground.schools[chosen.code]["code"], called)
        checked = _check(listed, ground, chosen, called, crs)
        areas_m2[chosen.code] = checked.areas_m2
        schools = ground.schools[chosen.code]
        found = checked.school_of_unit.map(schools.set_index("code")["id"]).astype("Int64")
        division = found.set_axis(pd.Index(ground.units["id"]))
        told = _tell_findings(checked.findings, chosen, called)
        if fill_gaps and division.isna().any() and division.notna().any():
            filled = fill_units(ground.build_request(chosen), division)
            told = pd.concat([told, _tell_filled(ground, chosen, division, filled, called)])
            division = filled
        findings.append(told)
        school_id[chosen.code] = division.rename("school_id")
        bare[chosen.code] = tuple(ground.units["code"][division.isna().to_numpy()])
    table = gpd.GeoDataFrame(pd.concat(findings, ignore_index=True), geometry="geom")
    return Judged(ground, stages, school_id, bare, table.set_crs(STORE_SRID), areas_m2)


def store_judged(
    database: Database,
    district: District,
    judged: Judged,
    path: Path,
    *,
    code: str | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Store a judged division as a plan, measured and drawn as any other.

    Raises
    ------
    RejectedDataError
        When units have no school, or the district was loaded anew meanwhile.
    """
    refusal = judged.explain_refusal()
    if refusal is not None:
        raise refusal
    tell = progress or (lambda _step, _share: None)

    def answer(stage: Stage, request: Request) -> Drawn:
        found = judged.school_id[stage.code].reindex(request.units.index)
        return Drawn(found.astype(np.int64))

    search = Search(METHOD, answer, time_limit_s=0.0, seed=0, progress=lambda *_: None)
    tell("ways", 0.5)
    division = divide_ground(judged.ground, judged.stages, search)
    tell("store", 0.9)
    with database.begin(Role.PLANNER) as connection:
        refuse_given(connection, district, code or METHOD)
    plan = store_division(
        database,
        district,
        judged.ground,
        division,
        method=METHOD,
        code=code,
        source=f"{_ORIGIN}{path.name}",
    )
    tell("done", 1.0)
    return plan


def refuse_given(connection: Connection, district: District, code: str) -> None:
    """Refuse the name of a plan that came with the district, or that a method drew.

    Raises
    ------
    UsageError
        When such a plan exists.
    """
    plan = tables.plan
    found = connection.execute(
        select(plan.c.method, plan.c.source).where(
            plan.c.district_id == district.id, plan.c.code == code
        )
    ).one_or_none()
    if found is None or (found.method == METHOD and found.source.startswith(_ORIGIN)):
        return
    came = "loaded with the district" if found.method == METHOD else f"drawn by {found.method}"
    raise UsageError(
        f"Plan '{code}' of district {district.profile.code} was {came}.",
        mend="Give the imported plan another name with --plan.",
    )


def fill_units(request: Request, school_id: pd.Series) -> pd.Series:
    """Give each unit without a school to the neighbouring catchment whose school is nearest.

    The catchments grow ring by ring, so that each stays connected. Units without any neighbour go
    to the nearest school that has a catchment. Equal ways go to the school with the lowest id.

    Parameters
    ----------
    request
        With ways and borders.
    school_id
        By planning_unit_id as in the request, missing without a school; one at least has one.
    """
    assert request.ways is not None
    straight_m = measure_straight_ways(request.units, request.schools).distance_m
    walk_m = request.ways.distance_m
    way_m = np.where(np.isfinite(walk_m), walk_m, _LEVEL_DISTANCE_M + straight_m)
    ids = request.schools.index
    known = school_id.astype("Float64").to_numpy(np.float64, na_value=np.nan)
    school = ids.get_indexer(pd.Index(known)).astype(np.int64)
    first, second = (
        request.units.index.get_indexer(pd.Index(request.borders[end]))
        for end in ("unit_a", "unit_b")
    )
    _grow(school, np.r_[first, second], np.r_[second, first], way_m)
    bare = np.flatnonzero(school == NOWHERE)
    held = np.unique(school[school != NOWHERE])
    school[bare] = held[way_m[np.ix_(bare, held)].argmin(axis=1)]
    return pd.Series(ids.to_numpy()[school], index=school_id.index, dtype="Int64")


def _grow(school: Positions, unit: Positions, beside: Positions, way_m: NDArray[Any]) -> None:
    """Fill units that border a catchment, ring by ring, in place."""
    while True:
        is_edge = (school[unit] == NOWHERE) & (school[beside] != NOWHERE)
        if not is_edge.any():
            return
        bare, near = unit[is_edge], school[beside[is_edge]]
        order = np.lexsort((near, way_m[bare, near], bare))
        chosen, first = np.unique(bare[order], return_index=True)
        school[chosen] = near[order][first]


def _check(
    rows: pd.DataFrame, ground: Ground, stage: Stage, called: Called, crs: str | None
) -> statutory.CheckedDivision:
    srid = ground.profile.metric_srid
    schools = ground.schools[stage.code]
    division = statutory.read_division(rows, crs=crs)
    if division.kind == "doors" and called.doors.empty:
        raise UsageError(
            "A division by door numbers needs an address dataset: no building with dwellings has"
            " a street and a house number.",
            mend="Load buildings with addresses such as 学院路12号, or list planning units.",
        )
    units = pd.DataFrame({"unit": ground.units["code"].to_numpy()})
    if division.kind == "communities" and called.units["community_code"].notna().any():
        division = name_communities(division, called)
        units["community"] = called.units.set_index("code")["community_code"][units["unit"]].array
    doors = None
    if division.kind == "doors":
        points = to_metric(called.doors["geom"], srid)
        doors = pd.DataFrame(called.doors.drop(columns="geom")).assign(
            x_m=shapely.get_x(points), y_m=shapely.get_y(points)
        )
    district = statutory.Ground(
        gpd.GeoDataFrame(units.set_index("unit"), geometry=ground.tiles, crs=srid),
        gpd.GeoDataFrame(
            geometry=to_metric(schools["geom"], srid), index=schools["code"].to_list(), crs=srid
        ),
        doors=doors,
    )
    return statutory.check_division(district, division)


def _tell_findings(findings: gpd.GeoDataFrame, stage: Stage, called: Called) -> pd.DataFrame:
    """Return findings as :class:`Judged` has them."""
    known = called.units.dropna(subset=["community_code"])
    communities = dict(zip(known["community_code"], known["community_name_zh"], strict=True))
    return pd.DataFrame(
        {
            "stage": stage.code,
            "kind": findings["kind"].to_numpy(),
            "schools": findings["school_ids"].to_numpy(),
            "school_names": _list_names(findings["school_ids"], called),
            "units": findings["unit_ids"].to_numpy(),
            "named": findings["named"].replace(communities).to_numpy(),
            "area_m2": findings["area_m2"].to_numpy(),
            "count": findings["count"].array,
            "mend": findings["mend"].to_numpy(),
            "geom": to_store(findings.geometry),
        }
    )


def _tell_filled(
    ground: Ground, stage: Stage, before: pd.Series, after: pd.Series, called: Called
) -> pd.DataFrame:
    """Return one finding a school that was given units nobody claimed."""
    filled = np.flatnonzero(before.isna().to_numpy())
    groups = pd.Series(filled).groupby(after.iloc[filled].to_numpy(np.int64))
    codes = ground.schools[stage.code].set_index("id")["code"]
    units, tiles = ground.units["code"].to_numpy(), ground.tiles
    rows: list[dict[str, Any]] = [
        {
            "kind": FILLED,
            "school_ids": (codes[school],),
            "unit_ids": tuple(units[at]),
            "named": "",
            "area_m2": float(shapely.area(tiles[at]).sum()),
            "count": len(at),
            "mend": _FILLED_MEND,
            "geometry": shapely.union_all(tiles[at]),
        }
        for school, at in groups
    ]
    table = gpd.GeoDataFrame(rows, geometry="geometry", crs=ground.profile.metric_srid)
    return _tell_findings(table.astype({"count": "Int64"}), stage, called)


def _list_names(school_ids: Sequence[tuple[str, ...]], called: Called) -> list[tuple[str, ...]]:
    name_zh = dict(zip(called.schools["code"], called.schools["name_zh"], strict=True))
    return [tuple(name_zh[code] for code in codes) for codes in school_ids]
