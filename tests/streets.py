"""The little town of :mod:`tests.town` with streets to walk on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from sqlalchemy import Connection, text, update

from gis import tables
from gis.access import Role
from gis.database import Database
from scenarios.district import District
from scenarios.enrolment_warning.count import count_children
from tests.conftest import Answer, Ask, Undone, act_as
from tests.town import build_features, build_frames, build_profile, find_centre, store_frames

# A street joins the middles of each row; only in the east do they meet:
#
#   A---01---02---03
#                 |
#   10--11---12---B
#                 |
#   20--21---22---23
#
# Units are WIDE metres apart along a street and HIGH metres from street to street.
WIDE, HIGH = 983.4, 1108.4


def build_roads() -> gpd.GeoDataFrame:
    """Return the streets above, one row a section."""
    ends = [(f"{row}{at}", f"{row}{at + 1}") for row in range(3) for at in range(3)]
    ends += [("03", "13"), ("13", "23")]
    lines = [shapely.LineString([find_centre(one), find_centre(two)]) for one, two in ends]
    nodes = {unit: at for at, unit in enumerate(sorted({unit for pair in ends for unit in pair}))}
    return build_features(
        {
            "code": [f"{one}-{two}" for one, two in ends],
            "road_class": "local",
            "start_node": [nodes[one] for one, _ in ends],
            "end_node": [nodes[two] for _, two in ends],
            "length_m": 1.0,
            "walkable": True,
        },
        lines,
    )


def load_streets(
    connection: Connection, *, code: str = "copy", **changes: pd.DataFrame
) -> District:
    """Store the town with its streets as a district of that code and count its children."""
    stages = [
        {**stage.model_dump(), "radius_m": {"primary": 1500.0}.get(stage.code)}
        for stage in build_profile().stages
    ]
    frames = {**build_frames(), "road": build_roads(), **changes}
    report = store_frames(connection, frames, code=code)
    district = District(report.district_id, build_profile(code=code, stages=stages))
    act_as(connection, Role.OFFICER)
    count_children(connection, district)
    act_as(connection, Role.PLANNER)
    return district


@contextmanager
def keep_streets(database: Database) -> Iterator[tuple[Connection, District]]:
    """Store the town with its streets once for many tests, in a transaction that is undone last.

    Each test goes on behind a savepoint of its own, see :func:`undo_later`.
    """
    with database.engine.connect() as connection, connection.begin() as transaction:
        yield connection, load_streets(connection)
        transaction.rollback()


@contextmanager
def undo_later(connection: Connection) -> Iterator[Connection]:
    """Go on in an open transaction, as its owner; what is done there is undone at the end."""
    savepoint = connection.begin_nested()
    connection.execute(text("reset role"))
    yield connection
    savepoint.rollback()


def run_draw(
    undone: Undone, district: District, monkeypatch: pytest.MonkeyPatch, onemap: Ask
) -> Callable[..., Answer]:
    """Return a function that runs ``onemap draw`` on a district that is undone after the test."""
    monkeypatch.setattr("scenarios.commands.draw.open_database", lambda _: nullcontext(undone))
    profile = district.profile.model_dump(mode="json")
    undone.connection.execute(
        update(tables.district).where(tables.district.c.id == district.id).values(profile=profile)
    )
    return lambda *words: onemap("draw", *words, "--district", district.profile.code)
