"""A synthetic district of a million entrants of one year, for measuring the batch assignment."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

CELL_M = 150.0  # a planning unit
WEST_M, SOUTH_M = 450_000.0, 3_080_000.0  # EPSG:4549, some place in the district's zone
UNITS_ACROSS = 160  # planning units; a school every five
SCHOOL_EVERY = 5
HOMES_PER_BUILDING = 24


def build_million(entrants: int, seed: int = 1) -> dict[str, Any]:
    """Return the datasets of a square district whose homes all hold a family with one entrant.

    Three families in a hundred have twins; six in ten are registered; seven in ten own their
    home; two in a hundred dwellings were used by another family lately. Seats are 2 % fewer than
    children of the average zone.
    """
    rng = np.random.default_rng(seed)
    homes = round(entrants / 1.03)
    twins = rng.permutation(homes)[: entrants - homes]
    household = np.sort(np.concatenate([np.arange(homes), twins]))
    local, owns = rng.random(homes) < 0.6, rng.random(homes) < 0.7
    buildings = -(-homes // HOMES_PER_BUILDING)
    place, tables_ = _build_ground(buildings, rng)
    tables_ |= _build_schools(entrants)
    codes = _write("D", homes, 28)
    names = _write("H", homes)
    unit_code = codes.astype(object)
    since = _draw_days("2004-01-01", "2026-03-31", homes, rng)
    tables_["property_unit"] = pd.DataFrame(
        {
            "building_code": _write("B", buildings)[np.arange(homes) // HOMES_PER_BUILDING],
            "code": codes,
            "door": "1单元101室",
            "area_m2": rng.uniform(40, 140, homes).round(2),
            "dwelling_use": "residential",
            "tenure": "commodity",
        }
    )
    registered = np.where(local, unit_code, None)
    tables_["household"] = pd.DataFrame(
        {
            "code": names,
            "registered": local,
            "registered_since": since.where(local),
            "registered_unit_code": registered,
            "residence_unit_code": unit_code,
            "residence_permit_since": since.where(~local),
            "points": np.where(local, np.nan, rng.integers(0, 120, homes)),
            "head_hash": names,
            "members": 3,
        }
    )
    tables_["child"] = _build_children(household, names, local, entrants, rng)
    tables_["guardian"] = pd.DataFrame(
        {
            "household_code": np.tile(names, 2),
            "relation": "parent",
            "identity_hash": np.concatenate([names, names + "-2"]),
        }
    )
    bought = _draw_days("2004-01-01", "2026-03-31", int(owns.sum()), rng)
    tables_["property_certificate"] = pd.DataFrame(
        {
            "property_unit_code": np.tile(codes[owns], 2),
            "owner_hash": np.concatenate([names[owns], names[owns] + "-2"]),
            "share_pct": 50.0,
            "certificate_on": pd.concat([bought, bought], ignore_index=True),
        }
    )
    tables_ |= _build_plan(place)
    return tables_


def _write(letter: str, count: int, width: int = 9) -> np.ndarray:
    return np.char.add(letter, np.char.zfill(np.arange(count).astype(str), width - 1)).astype(
        object
    )


def _draw_days(first: str, last: str, count: int, rng: np.random.Generator) -> pd.Series:
    start, end = np.datetime64(first, "D"), np.datetime64(last, "D")
    days = rng.integers(0, int((end - start).astype(int)), count)
    return pd.Series((start + days).astype("datetime64[s]"))


def _build_ground(buildings: int, rng: np.random.Generator) -> tuple[np.ndarray, dict[str, Any]]:
    column, row = np.divmod(np.arange(UNITS_ACROSS**2), UNITS_ACROSS)
    x, y = WEST_M + column * CELL_M, SOUTH_M + row * CELL_M
    units = shapely.multipolygons(shapely.box(x, y, x + CELL_M, y + CELL_M).reshape(-1, 1))
    place = rng.integers(0, len(units), buildings)
    bx, by = x[place] + rng.uniform(20, 120, buildings), y[place] + rng.uniform(20, 120, buildings)
    codes = _write("U", len(units))
    return place, {
        "planning_unit": gpd.GeoDataFrame(
            {"code": codes, "geom": units}, geometry="geom", crs=4549
        ),
        "building": gpd.GeoDataFrame(
            {
                "planning_unit_code": codes[place],
                "code": _write("B", buildings),
                "building_use": "residential",
                "floors": 12,
                "height_m": 36.0,
                "dwellings": HOMES_PER_BUILDING,
                "geom": shapely.box(bx, by, bx + 9, by + 9),
            },
            geometry="geom",
            crs=4549,
        ),
        "road": _build_roads(),
    }


def _build_roads() -> gpd.GeoDataFrame:
    """Return a street along each side of every second planning unit."""
    step = 2 * CELL_M
    across = UNITS_ACROSS // 2
    node = np.arange((across + 1) ** 2).reshape(across + 1, across + 1)
    start = np.concatenate([node[:-1].ravel(), node[:, :-1].ravel()])
    end = np.concatenate([node[1:].ravel(), node[:, 1:].ravel()])
    x = WEST_M + np.divmod(np.arange(node.size), across + 1)[0] * step
    y = SOUTH_M + np.divmod(np.arange(node.size), across + 1)[1] * step
    ends = np.stack([np.column_stack([x[at], y[at]]) for at in (start, end)], axis=1)
    return gpd.GeoDataFrame(
        {
            "code": _write("R", len(start)),
            "road_class": "local",
            "start_node": start,
            "end_node": end,
            "length_m": step,
            "walkable": True,
            "geom": shapely.linestrings(ends),
        },
        geometry="geom",
        crs=4549,
    )


def _list_school_units() -> np.ndarray:
    column, row = np.divmod(np.arange(UNITS_ACROSS**2), UNITS_ACROSS)
    middle = SCHOOL_EVERY // 2
    return np.flatnonzero((column % SCHOOL_EVERY == middle) & (row % SCHOOL_EVERY == middle))


def _build_schools(entrants: int) -> dict[str, Any]:
    at = _list_school_units()
    column, row = np.divmod(at, UNITS_ACROSS)
    gates = shapely.points(WEST_M + (column + 0.5) * CELL_M, SOUTH_M + (row + 0.5) * CELL_M)
    codes = _write("S", len(at))
    seats = round(0.98 * entrants / len(at))
    return {
        "school": gpd.GeoDataFrame(
            {
                "planning_unit_code": _write("U", UNITS_ACROSS**2)[at],
                "code": codes,
                "name_zh": codes,
                "kind": "primary",
                "public": True,
                "geom": gates,
            },
            geometry="geom",
            crs=4549,
        ),
        "seat": pd.DataFrame(
            {
                "school_code": codes,
                "stage": "primary",
                "year": 2026,
                "entry_seats": seats,
                "seats": 6 * seats,
            }
        ),
    }


def _build_plan(place: np.ndarray) -> dict[str, Any]:
    column, row = np.divmod(np.arange(UNITS_ACROSS**2), UNITS_ACROSS)
    across = UNITS_ACROSS // SCHOOL_EVERY
    school = column // SCHOOL_EVERY * across + row // SCHOOL_EVERY
    del place
    return {
        "plan_membership": pd.DataFrame(
            {
                "plan_code": "statutory",
                "stage": "primary",
                "planning_unit_code": _write("U", UNITS_ACROSS**2),
                "school_code": _write("S", across**2)[school],
            }
        )
    }


def _build_children(
    household: np.ndarray,
    names: np.ndarray,
    local: np.ndarray,
    entrants: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    born = _draw_days("2019-09-01", "2020-08-31", len(names), rng)
    codes = _write("C", entrants)
    return pd.DataFrame(
        {
            "household_code": names[household],
            "code": codes,
            "born_on": born.to_numpy()[household],
            "sex": "female",
            "identity_hash": codes,
            "identity_last4": "0000",
            "registered": local[household],
            "relation_to_head": "child",
        }
    )
