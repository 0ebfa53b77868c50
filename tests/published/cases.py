"""Published districts as instances of the division of units among schools."""

from __future__ import annotations

import json
import os
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from catchments.units import Instance, Numbers, Positions
from gis.settings import PROJECT_ROOT

NEW_YORK_GRADES = ["k", *(f"grade{number}" for number in range(1, 6))]
BALTIMORE_SRID = 26985  # NAD83 / Maryland, metres

SOURCES = {
    "zy_urban_district": "the urban district ZY of Y. Kong (SAPARCGIS 2019; chinaXiv 202106.00031):"
    " units.gpkg, zy_connectivity.txt and zya1.txt to zya5.txt",
    "loudoun_elementary_2020": "Loudoun County elementary schools of S. Biswas"
    " (SpatialPartitioning, MIT): instance.json",
    "baltimore_southwest_2015": "the Southwest Area boundary study 2015 of the Baltimore County"
    " Public Schools: planning_blocks.geojson and schools.csv",
    "nyc_enrolment_2005_2011": "the pupils of New York City's schools by grade, 2005 to 2011:"
    " enrolment.csv",
}


def find_file(folder: str, name: str) -> Path:
    """Return a published file.

    Raises
    ------
    FileNotFoundError
        With where the data was published.
    """
    place = PROJECT_ROOT / (os.environ.get("REAL") or "../shared/real")
    path = place.resolve() / folder / name
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is missing: REAL must name the folder whose {folder}/ holds {SOURCES[folder]}."
        )
    return path


def read_zy(variant: int) -> Instance:
    """Read ZY with the existing schools of a variant, 1 to 3; ways run between centroids."""
    units = gpd.read_file(find_file("zy_urban_district", "units.gpkg"))
    centre = units.geometry.to_numpy()
    xy = shapely.get_coordinates(shapely.centroid(centre))
    supply = units[f"supply{variant}"].to_numpy(np.float64)
    return _build_zy(units["ID"], xy, units["demand"], supply)


def read_zy_with_sites(number: int) -> Instance:
    """Read ZY with the candidate sites and opening costs of zya1 to zya5."""
    table = pd.read_csv(find_file("zy_urban_district", f"zya{number}.txt"), sep="\t").dropna()
    table.columns = pd.Index(["ID", "demand", "x", "y", "kind", "cost", "supply"])
    xy = table[["x", "y"]].to_numpy(np.float64)
    supply = table["supply"].to_numpy(np.float64)
    cost = table["cost"].to_numpy(np.float64)
    return _build_zy(table["ID"], xy, table["demand"], supply, cost)


def _build_zy(
    ids: pd.Series, xy: Numbers, demand: pd.Series, supply: Numbers, cost: Numbers | None = None
) -> Instance:
    """Build an instance; a school stands at the centroid of a unit with supply."""
    near = pd.read_csv(find_file("zy_urban_district", "zy_connectivity.txt"))
    at = pd.Series(np.arange(len(ids)), index=ids.to_numpy())
    ends = np.sort(at[near[["ID1", "ID2"]].to_numpy().ravel()].to_numpy().reshape(-1, 2), axis=1)
    borders = np.unique(ends, axis=0).astype(np.int64)
    own_unit = np.flatnonzero(supply > 0).astype(np.int64)
    names = tuple(str(int(one)) for one in ids)
    return Instance(
        unit_ids=names,
        pupils=demand.to_numpy(np.float64),
        borders=borders,
        border_m=np.zeros(len(borders)),
        school_ids=tuple(names[unit] for unit in own_unit),
        own_unit=own_unit,
        capacity=supply[own_unit],
        distance_m=_measure_lines(xy, xy[own_unit]),
        open_cost=np.zeros(own_unit.size) if cost is None else cost[own_unit],
        is_candidate=np.full(own_unit.size, cost is not None),
    )


def read_loudoun() -> Instance:
    """Read Loudoun; a school's own unit is the fixed unit that belongs to it now."""
    path = find_file("loudoun_elementary_2020", "instance.json")
    told = json.loads(path.read_text(encoding="utf-8"))
    edges = np.array(told["edges"], dtype=np.float64)
    current = np.array(told["existing"], dtype=np.int64)
    fixed = np.array(told["fixed_units"], dtype=np.int64)
    own_unit = np.full(len(told["districts"]), -1)
    own_unit[current[fixed]] = fixed  # they are listed in their own order, not the schools'
    return Instance(
        unit_ids=tuple(told["units"]),
        pupils=np.array(told["population"], dtype=np.float64),
        borders=np.sort(edges[:, :2].astype(np.int64), axis=1),
        border_m=edges[:, 2],
        school_ids=tuple(told["districts"]),
        own_unit=own_unit,
        capacity=np.array(told["capacity"], dtype=np.float64),
        distance_m=np.zeros((current.size, own_unit.size)),
        open_cost=np.zeros(own_unit.size),
        is_candidate=np.zeros(own_unit.size, dtype=bool),
        area_m2=np.array(told["area"], dtype=np.float64),
        perimeter_m=np.array(told["perimeter"], dtype=np.float64),
        current=current,
    )


def read_baltimore() -> tuple[Instance, pd.DataFrame]:
    """Read the blocks that have a geometry, with planned seats; and the options of the committee.

    Ways run from the centroid of a block straight to the school, in the plane of EPSG:26985;
    today's map then has the published 6,109.5 pupil-km. Blocks border where they share a line.

    Returns
    -------
    instance
        181 blocks and 11 schools.
    options
        The school of each block in today's map and in each option, as positions, a column each.
    """
    blocks = gpd.read_file(find_file("baltimore_southwest_2015", "planning_blocks.geojson"))
    blocks = blocks[~(blocks.geometry.isna() | blocks.geometry.is_empty)].to_crs(BALTIMORE_SRID)
    schools = pd.read_csv(find_file("baltimore_southwest_2015", "schools.csv"))
    gates = gpd.GeoSeries(gpd.points_from_xy(schools.lon, schools.lat), crs=4326)
    shapes = blocks.geometry.to_numpy()
    sites = gates.to_crs(BALTIMORE_SRID).to_numpy()
    site, own_unit = shapely.STRtree(shapes).query(sites, predicate="within")
    if site.tolist() != list(range(len(schools))):
        raise ValueError("A school does not stand in exactly one block.")
    borders, border_m = _find_borders(shapes)
    position = pd.Series(np.arange(len(schools)), index=schools["school"])
    named = [name for name in blocks if name == "current_school" or "Opt" in name]
    options = blocks[named].apply(lambda column: column.map(position)).astype(np.int64)
    centres = shapely.get_coordinates(shapely.centroid(shapes))
    instance = Instance(
        unit_ids=tuple(blocks["unit_id"]),
        pupils=blocks["pupils_k5"].to_numpy(np.float64),
        borders=borders,
        border_m=border_m,
        school_ids=tuple(schools["school"]),
        own_unit=own_unit.astype(np.int64),
        capacity=schools["capacity_planned"].to_numpy(np.float64),
        distance_m=_measure_lines(centres, shapely.get_coordinates(sites)),
        open_cost=np.zeros(len(schools)),
        is_candidate=np.zeros(len(schools), dtype=bool),
        current=options["current_school"].to_numpy(),
    )
    return instance, options


def _find_borders(shapes: np.ndarray) -> tuple[Positions, Numbers]:
    """Return the pairs of polygons that touch along a line, and its length."""
    pairs = np.sort(shapely.STRtree(shapes).query(shapes, predicate="intersects").T, axis=1)
    pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
    shared_m = shapely.length(shapely.intersection(shapes[pairs[:, 0]], shapes[pairs[:, 1]]))
    return pairs[shared_m > 0].astype(np.int64), shared_m[shared_m > 0]


def _measure_lines(places: Numbers, sites: Numbers) -> Numbers:
    apart = places[:, None, :] - sites[None, :, :]
    return np.hypot(apart[..., 0], apart[..., 1])


def write_new_york(path: Path) -> None:
    """Write kindergarten to grade 5 of New York's schools as CSV school, year, grade, pupils.

    In the published file a school year is 20052006; blanks are grades that are not taught.
    """
    wide = pd.read_csv(find_file("nyc_enrolment_2005_2011", "enrolment.csv"), dtype=str)
    long = wide.melt(["DBN", "schoolyear"], NEW_YORK_GRADES, "grade", "pupils")
    long["pupils"] = pd.to_numeric(long["pupils"].str.strip(), errors="coerce").astype("Int64")
    long["year"] = long["schoolyear"].str[:4]
    long = long.rename(columns={"DBN": "school"}).dropna(subset="pupils")
    long[["school", "year", "grade", "pupils"]].to_csv(path, index=False)
