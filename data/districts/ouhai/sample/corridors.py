"""Main roads and waters of the sample, drawn by hand between the real centres.

ASSUMPTION: courses and widths are invented after the lie of the land; none is surveyed.
The name 温瑞塘河 is real, its course here is not; every other name is plain or invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from data.districts.ouhai.sample.frame import project

STEP_M = 40.0


@dataclass(frozen=True)
class MainRoad:
    """A main road by its waypoints (lon, lat)."""

    name_zh: str
    waypoints: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Water:
    """A water by its axis (lon, lat), its width, and how much it winds."""

    name_zh: str
    kind: str
    width_m: float
    winding_m: float
    waypoints: tuple[tuple[float, float], ...]


MAIN_ROADS = (
    MainRoad(
        "云瓯大道",
        (
            (120.500, 27.998),
            (120.535, 27.987),
            (120.565, 27.992),
            (120.60, 27.9905),
            (120.628, 27.987),
            (120.655, 27.974),
        ),
    ),
    MainRoad(
        "锦南大道",
        (
            (120.550, 27.967),
            (120.58, 27.962),
            (120.607, 27.964),
            (120.64, 27.9665),
            (120.665, 27.963),
            (120.70, 27.963),
            (120.73, 27.967),
        ),
    ),
    MainRoad(
        "霞平大道",
        (
            (120.572, 27.947),
            (120.60, 27.951),
            (120.63, 27.945),
            (120.66, 27.937),
            (120.69, 27.935),
            (120.715, 27.938),
            (120.76, 27.940),
        ),
    ),
    MainRoad(
        "塘河大道",
        (
            (120.6665, 27.995),
            (120.666, 27.96),
            (120.66, 27.93),
            (120.655, 27.90),
            (120.659, 27.875),
            (120.668, 27.845),
        ),
    ),
    MainRoad(
        "溪桥路", ((120.563, 28.015), (120.568, 27.985), (120.577, 27.957), (120.572, 27.947))
    ),
    MainRoad(
        "秀楼路", ((120.610, 28.010), (120.609, 27.98), (120.606, 27.965), (120.608, 27.9505))
    ),
    MainRoad(
        "三茶大道",
        (
            (120.700, 27.990),
            (120.70, 27.958),
            (120.692, 27.935),
            (120.684, 27.905),
            (120.680, 27.88),
            (120.677, 27.845),
        ),
    ),
    MainRoad(
        "仰山大道",
        (
            (120.631, 28.025),
            (120.632, 27.985),
            (120.640, 27.96),
            (120.640, 27.93),
            (120.642, 27.90),
            (120.646, 27.875),
            (120.652, 27.84),
        ),
    ),
    MainRoad(
        "泽西公路",
        (
            (120.500, 27.998),
            (120.485, 28.007),
            (120.472, 28.024),
            (120.445, 28.024),
            (120.42, 28.030),
            (120.398, 28.020),
            (120.372, 28.020),
            (120.350, 28.008),
            (120.325, 27.995),
        ),
    ),
    MainRoad("泽藤公路", ((120.42, 28.030), (120.432, 28.041), (120.440, 28.065))),
    MainRoad(
        "泽北公路",
        (
            (120.42, 28.030),
            (120.404, 28.045),
            (120.402, 28.065),
            (120.385, 28.085),
            (120.388, 28.12),
        ),
    ),
    MainRoad(
        "岷山公路",
        (
            (120.572, 27.947),
            (120.555, 27.942),
            (120.535, 27.926),
            (120.515, 27.925),
            (120.500, 27.900),
        ),
    ),
    MainRoad(
        "丽仙大道",
        (
            (120.590, 27.880),
            (120.625, 27.884),
            (120.655, 27.893),
            (120.684, 27.897),
            (120.700, 27.885),
        ),
    ),
    MainRoad("南仙路", ((120.620, 27.860), (120.646, 27.867), (120.679, 27.866), (120.72, 27.862))),
    MainRoad(
        "梧岸路", ((120.652, 27.999), (120.650, 27.966), (120.648, 27.941), (120.641, 27.915))
    ),
    MainRoad("瞿中路", ((120.535, 28.012), (120.537, 27.987), (120.548, 27.967))),
)

WATERS = (
    Water(
        "温瑞塘河",
        "river",
        55,
        60,
        (
            (120.677, 28.00),
            (120.675, 27.965),
            (120.670, 27.935),
            (120.664, 27.905),
            (120.670, 27.88),
            (120.678, 27.845),
        ),
    ),
    Water(
        "北塘河",
        "canal",
        34,
        40,
        (
            (120.540, 27.976),
            (120.57, 27.973),
            (120.60, 27.977),
            (120.63, 27.9745),
            (120.655, 27.971),
            (120.675, 27.968),
        ),
    ),
    Water(
        "南塘河",
        "canal",
        30,
        40,
        ((120.586, 27.946), (120.61, 27.957), (120.64, 27.9535), (120.671, 27.949)),
    ),
    Water(
        "三垟河",
        "canal",
        38,
        50,
        ((120.674, 27.955), (120.695, 27.950), (120.71, 27.953), (120.735, 27.950)),
    ),
    Water(
        "东垟河",
        "canal",
        30,
        50,
        (
            (120.690, 27.990),
            (120.6945, 27.965),
            (120.706, 27.951),
            (120.703, 27.940),
            (120.680, 27.927),
            (120.667, 27.925),
        ),
    ),
    Water("郭溪", "river", 22, 30, ((120.548, 28.02), (120.556, 27.995), (120.560, 27.974))),
    Water("丽塘河", "canal", 20, 30, ((120.628, 27.878), (120.65, 27.881), (120.667, 27.889))),
    Water("仙河", "canal", 20, 30, ((120.645, 27.862), (120.66, 27.869), (120.672, 27.872))),
    Water(
        "西溪",
        "river",
        26,
        70,
        (
            (120.385, 28.013),
            (120.40, 28.026),
            (120.418, 28.0335),
            (120.436, 28.046),
            (120.446, 28.065),
        ),
    ),
    Water(
        "北坑溪",
        "river",
        12,
        60,
        ((120.380, 28.095), (120.395, 28.07), (120.407, 28.05), (120.4225, 28.036)),
    ),
    Water("龙溪", "river", 12, 60, ((120.470, 27.99), (120.455, 28.01), (120.437, 28.0465))),
    Water(
        "岷溪",
        "river",
        12,
        40,
        (
            (120.51, 27.932),
            (120.535, 27.931),
            (120.556, 27.947),
            (120.575, 27.958),
            (120.586, 27.946),
        ),
    ),
)

# Still waters: outline as centre (lon, lat), half axes in metres, turn in degrees.
LAKES = (
    ("西溪水库", "reservoir", (120.3695, 28.010), (1500.0, 260.0), 24.0),
    ("西溪水库", "reservoir", (120.3612, 28.0022), (820.0, 180.0), 80.0),
    ("东垟湿地湖", "lake", (120.7075, 27.9570), (430.0, 230.0), 35.0),
    ("东垟湿地湖", "lake", (120.7030, 27.9485), (320.0, 190.0), -20.0),
    ("锦湖", "lake", (120.6165, 27.9705), (260.0, 150.0), 10.0),
)


def draw_main_roads() -> NDArray[np.object_]:
    """Return smooth lines through the waypoints, in metres, in the order of MAIN_ROADS."""
    return np.array([_bend(road.waypoints, winding_m=0) for road in MAIN_ROADS])


def draw_waters() -> list[tuple[str, str, Any]]:
    """Return name, kind and surface (metres) of every water, one row a name.

    They overlap where they meet; lakes come before rivers.
    """
    surfaces: dict[tuple[str, str], list[Any]] = {}
    for name, kind, centre, axes, turn in LAKES:
        surfaces.setdefault((name, kind), []).append(_draw_lake(centre, axes, turn))
    for water in WATERS:
        axis = _bend(water.waypoints, winding_m=water.winding_m)
        bank = shapely.buffer(axis, water.width_m / 2, quad_segs=3)
        surfaces.setdefault((water.name_zh, water.kind), []).append(bank)
    return [(name, kind, shapely.union_all(shapes)) for (name, kind), shapes in surfaces.items()]


def _bend(waypoints: tuple[tuple[float, float], ...], *, winding_m: float) -> Any:
    knots = project(waypoints)
    reach = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(knots, axis=0).T))])
    along = np.linspace(0, reach[-1], max(int(reach[-1] / STEP_M), 2))
    spline = CubicSpline(reach, knots)
    course, heading = spline(along), spline(along, 1)
    side = np.column_stack([-heading[:, 1], heading[:, 0]])
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    # Two waves of unlike length wind without repeating.
    wave = np.sin(along / 190.0) * 0.6 + np.sin(along / 83.0 + reach[-1]) * 0.4
    fade = np.minimum(1, np.minimum(along, reach[-1] - along) / 200)
    return shapely.linestrings(course + side * (winding_m * wave * fade)[:, None])


def _draw_lake(centre: tuple[float, float], axes: tuple[float, float], turn: float) -> Any:
    angle = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    ripple = 1 + 0.16 * np.sin(3 * angle + turn) + 0.10 * np.sin(7 * angle + 2 * turn)
    x, y = axes[0] * np.cos(angle) * ripple, axes[1] * np.sin(angle) * ripple
    sine, cosine = np.sin(np.radians(turn)), np.cos(np.radians(turn))
    origin = project([centre])[0]
    return shapely.polygons(
        np.column_stack([x * cosine - y * sine, x * sine + y * cosine]) + origin
    )
