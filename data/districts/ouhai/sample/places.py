"""Tables of the ground: district, subdistricts, communities, units, waters, buildings."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.districts.ouhai.sample.blocks import Fabric
from data.districts.ouhai.sample.buildings import KINDS, Buildings
from data.districts.ouhai.sample.corridors import draw_waters
from data.districts.ouhai.sample.frame import Frame
from data.districts.ouhai.sample.landuse import LandUse, Use
from data.districts.ouhai.sample.names import name_estates
from data.districts.ouhai.sample.units import Units, dissolve

Ints = NDArray[np.intp]
Names = NDArray[np.object_]
Floats = NDArray[np.float64]

# SOURCE: 83.8 % of the residents of Ouhai live in towns (2021).
URBAN_SHARE = 0.838


def find_urban(units: Units, urbanity: Floats, residents: Floats) -> NDArray[np.bool_]:
    """Return by unit whether its community is urban: the densest ones up to the known share."""
    count = int(units.community.max()) + 1
    people = np.bincount(units.community, residents, minlength=count)
    dense = np.bincount(units.community, residents * urbanity, minlength=count)
    order = np.argsort(-dense / np.maximum(people, 1), kind="stable")
    before = np.cumsum(people[order]) - people[order]
    urban = np.zeros(count, dtype=bool)
    urban[order] = before < URBAN_SHARE * people.sum() - people[order] / 2
    return np.asarray(urban[units.community])


def name_units(units: Units, uses: LandUse, frame: Frame, rng: np.random.Generator) -> Names:
    """Name estates and old towns after themselves, other units after their community."""
    count = len(uses.of_unit)
    short = frame.communities["name_zh"].str.replace(r"社区$|村委会$", "", regex=True)
    base = short.to_numpy(dtype=object)[units.community]
    names = np.full(count, None, dtype=object)
    for use, old in ((Use.ESTATE, False), (Use.OLD_TOWN, True)):
        rows = np.flatnonzero(uses.of_unit == use)
        names[rows] = name_estates(len(rows), rng, old=old)
    words = {Use.VILLAGE: "村{}组", Use.INDUSTRY: "工业区{}号地块", Use.SHOP: "商贸{}号地块",
             Use.FIELD: "农业{}片", Use.GREEN: "绿地{}片", Use.HILL: "山林{}片"}  # fmt: skip
    number = pd.Series(base).groupby([units.community, uses.of_unit]).cumcount().to_numpy() + 1
    for use, word in words.items():
        rows = np.flatnonzero(uses.of_unit == use)
        names[rows] = [base[row] + word.format(number[row]) for row in rows]
    return names


def write_unit_codes(units: Units, frame: Frame) -> NDArray[np.object_]:
    """Return the twelve-digit code of the community, a dash and a number."""
    number = pd.Series(units.community).groupby(units.community).cumcount() + 1
    community = frame.communities["code"].to_numpy()[units.community]
    return np.array([f"{c}-{n:03d}" for c, n in zip(community, number, strict=True)], dtype=object)


def build_divisions(
    fabric: Fabric, units: Units, frame: Frame, urban: NDArray[np.bool_], residents: Floats,
    names: NDArray[np.object_], codes: NDArray[np.object_],
) -> dict[str, gpd.GeoDataFrame]:  # fmt: skip
    """Return district, subdistrict, community and planning unit tables, metres.

    Each is a dissolve of the one below, so that all borders agree to the last vertex.
    """
    shapes = dissolve(fabric.blocks, units.of_block, len(codes))
    community = dissolve(shapes, units.community, len(frame.communities))
    town = dissolve(shapes, units.subdistrict, len(frame.subdistricts))
    whole = dissolve(town, np.zeros(len(town), dtype=int), 1)
    people = np.bincount(units.subdistrict, residents)
    townspeople = np.bincount(units.subdistrict, residents * urban)
    towns, names_of = frame.subdistricts, frame.communities
    return {
        "district": gpd.GeoDataFrame({"geom": whole}, geometry="geom"),
        "subdistrict": gpd.GeoDataFrame(
            {
                "code": towns["code"],
                "name_zh": towns["name_zh"],
                "name_en": towns["name_en"],
                "urban": townspeople > people / 2,
                "geom": town,
            },
            geometry="geom",
        ),
        "community": gpd.GeoDataFrame(
            {
                "subdistrict_code": names_of["subdistrict_code"],
                "code": names_of["code"],
                "name_zh": names_of["name_zh"],
                "geom": community,
            },
            geometry="geom",
        ),
        "planning_unit": gpd.GeoDataFrame(
            {
                "subdistrict_code": towns["code"].to_numpy()[units.subdistrict],
                "community_code": names_of["code"].to_numpy()[units.community],
                "code": codes,
                "name_zh": names,
                "urban": urban,
                "geom": shapes,
            },
            geometry="geom",
        ),
    }


def build_water(fabric: Fabric) -> gpd.GeoDataFrame:
    """Return the water table, metres: the blocks that lie under water, joined by name."""
    rows = []
    for number, (name, kind, _) in enumerate(draw_waters()):
        surface = shapely.union_all(fabric.blocks[fabric.water == number])
        if not surface.is_empty:
            parts = shapely.get_parts(surface)
            rows.append(
                {
                    "code": f"W{number + 1:03d}",
                    "name_zh": name,
                    "kind": kind,
                    "geom": shapely.multipolygons(parts),
                }
            )
    return gpd.GeoDataFrame(rows, geometry="geom")


def build_building(
    buildings: Buildings, names: NDArray[np.object_], addresses: NDArray[np.object_],
    unit_codes: NDArray[np.object_], units: Units,
) -> gpd.GeoDataFrame:  # fmt: skip
    """Return the building table, metres."""
    use = {name: kind.building_use for name, kind in KINDS.items()}
    return gpd.GeoDataFrame(
        {
            "planning_unit_code": unit_codes[units.of_block[buildings.block]],
            "code": write_building_codes(len(names)),
            "name_zh": names,
            "address": addresses,
            "building_use": pd.Categorical(pd.Series(buildings.kind).map(use)),
            "floors": buildings.floors,
            "height_m": buildings.height_m,
            "built_year": buildings.built_year,
            "dwellings": buildings.dwellings,
            "geom": buildings.footprint,
        },
        geometry="geom",
    )


def write_building_codes(count: int) -> NDArray[np.object_]:
    """Return the codes of buildings in their order."""
    return np.array([f"B{number:06d}" for number in range(1, count + 1)], dtype=object)
