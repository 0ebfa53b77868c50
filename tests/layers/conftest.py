"""A scene of the little town and a reader of vector tiles."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from sqlalchemy import Connection

from gis.access import Role
from gis.services.packing import Packed
from layers.catalogue import read_versions
from layers.language import load_language
from layers.scene import Scene
from scenarios.district import District, find_plan
from tests.conftest import act_as


@pytest.fixture
def planner(connection: Connection) -> Connection:
    """Return a transaction with the rights of a planner, who may read no personal rows."""
    act_as(connection, Role.PLANNER)
    return connection


@pytest.fixture
def build_scene(town: District, planner: Connection) -> Callable[..., Scene]:
    """Return a function that builds a scene of the town; unless told, primary 2026 in English."""

    def build(stage: str = "primary", year: int = 2026, language: str = "en") -> Scene:
        plan = find_plan(planner, town, "statutory")
        ground_version, version = read_versions(planner, town.id)
        return Scene(
            district_id=town.id,
            profile=town.profile,
            plan_id=plan.id,
            plan_code=plan.code,
            stage=stage,
            year=year,
            language=load_language(language),
            ground_version=ground_version,
            version=version,
        )

    return build


@pytest.fixture
def read_tile(tmp_path: Path) -> Callable[[Packed | bytes], dict[str, gpd.GeoDataFrame]]:
    """Return a function that reads a vector tile with GDAL: its layers, y pointing up."""

    def read(tile: Packed | bytes) -> dict[str, gpd.GeoDataFrame]:
        content = tile if isinstance(tile, bytes) else tile.unpack()
        path = tmp_path / "tile.mvt"
        path.write_bytes(content)
        names: list[str] = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
        frames: dict[str, pd.DataFrame] = {
            n: pyogrio.read_dataframe(path, layer=n, CLIP="NO") for n in names
        }
        return frames

    return read
