"""The frame of a printed map: which ground lies where on the paper, at which scale."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.crs import from_metric, to_metric

Geometries = NDArray[np.object_]
Bounds = tuple[float, float, float, float]

# Numbers that a scale and a scale bar may begin with.
_ROUND_SCALES = (1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5, 8.0)
_ROUND_LENGTHS = (1.0, 2.0, 5.0)
_ROUND_MINUTES = (0.25, 0.5, 1, 2, 5, 10, 15, 30, 60)
_LARGEST_SCALE = 2_000  # finer than that no boundary of a catchment is known
_PRECISION_MM = 0.02
_RIM_MM = 4.0  # beyond the frame: strokes of what is cut off stay out of sight


@dataclass(frozen=True)
class Frame:
    """A rectangle of paper and the ground that it shows.

    Parameters
    ----------
    west_m, north_m
        Upper left corner in the metric CRS.
    scale
        Metres on the ground to one metre of paper: 75000 stands for 1 : 75,000.
    width_mm, height_mm
        Size on paper.
    """

    west_m: float
    north_m: float
    scale: float
    width_mm: float
    height_mm: float
    metric_srid: int

    @property
    def metres_per_mm(self) -> float:
        """Ground under one millimetre of paper."""
        return self.scale / 1000

    @property
    def line_weight(self) -> float:
        """How strong lines are: full on a large sheet, finer on a small one.

        Examples
        --------
        >>> fit_frame((0, 0, 12000, 6000), 200, 150, 4549).line_weight
        0.9
        """
        return round(min(1.0, max(0.65, 0.5 + self.width_mm / 500)), 2)

    @property
    def bounds_m(self) -> Bounds:
        """West, south, east and north in the metric CRS."""
        east = self.west_m + self.width_mm * self.metres_per_mm
        south = self.north_m - self.height_mm * self.metres_per_mm
        return self.west_m, south, east, self.north_m

    @property
    def bounds_degrees(self) -> Bounds:
        """West, south, east and north of the ground in degrees of EPSG:4490."""
        outline = shapely.segmentize(shapely.box(*self.bounds_m), self.scale / 20)
        west, south, east, north = from_metric(np.array([outline]), self.metric_srid)[0].bounds
        return west, south, east, north

    def draw_area(self) -> Any:
        """Return the paper as a polygon, in millimetres, y downwards."""
        return shapely.box(0, 0, self.width_mm, self.height_mm)

    def place(self, flat: Any) -> Geometries:
        """Move geometries to the paper: metres of the metric CRS in, millimetres out, y downwards.

        What lies far outside is cut off, and bends that no printer shows are left out.
        """
        flat = np.asarray(flat, dtype=object)
        if not len(flat):
            return flat
        rim = _RIM_MM * self.metres_per_mm
        west, south, east, north = self.bounds_m
        near = shapely.clip_by_rect(flat, west - rim, south - rim, east + rim, north + rim)
        placed = self.place_exactly(near)
        simple = shapely.simplify(placed, _PRECISION_MM, preserve_topology=False)
        return np.asarray(simple, dtype=object)

    def place_exactly(self, flat: Any) -> Geometries:
        """Move geometries to the paper as they are."""
        flat = np.asarray(flat, dtype=object)
        if not len(flat):
            return flat

        def move(metres: NDArray[np.float64]) -> NDArray[np.float64]:
            moved = metres - (self.west_m, self.north_m)
            return moved * (1 / self.metres_per_mm, -1 / self.metres_per_mm)

        return np.asarray(shapely.transform(flat, move), dtype=object)

    def draw_extent(self, other: Frame) -> Any:
        """Return the ground of another frame as a rectangle on this one."""
        [placed] = self.place_exactly([shapely.box(*other.bounds_m)])
        return placed

    def measure_convergence_degrees(self) -> float:
        """Measure how far true north lies east of the grid's north in the middle of the frame.

        Examples
        --------
        Half a degree east of the central meridian at 28° N: 0.62° × sin 28° = 0.29°.

        >>> frame = fit_frame((560000, 3090000, 562000, 3092000), 100, 100, 4549)
        >>> round(frame.measure_convergence_degrees(), 2)
        -0.29
        """
        west, south, east, north = self.bounds_m
        x, y = (west + east) / 2, (south + north) / 2
        [point] = from_metric(np.array([shapely.Point(x, y)]), self.metric_srid)
        higher = shapely.Point(point.x, point.y + 0.001)
        [moved] = to_metric(np.array([higher]), self.metric_srid)
        return math.degrees(math.atan2(moved.x - x, moved.y - y))


def fit_frame(
    bounds_m: Bounds, width_mm: float, height_mm: float, metric_srid: int, *, margin: float = 0.04
) -> Frame:
    """Fit a frame of that size around the ground, at a round scale.

    Parameters
    ----------
    bounds_m
        West, south, east, north that must be seen, in the metric CRS.
    margin
        Least share of the paper that stays free at each side.

    Examples
    --------
    12 km on 200 mm less the margins of 8 mm each: 1 : 65,217 at least.

    >>> frame = fit_frame((0, 0, 12000, 6000), 200, 150, 4549)
    >>> frame.scale, frame.bounds_m
    (75000.0, (-1500.0, -2625.0, 13500.0, 8625.0))
    """
    west, south, east, north = bounds_m
    room = 1 - 2 * margin
    least = max((east - west) / (width_mm * room), (north - south) / (height_mm * room)) * 1000
    scale = choose_scale(max(least, _LARGEST_SCALE))
    half_x, half_y = width_mm * scale / 2000, height_mm * scale / 2000
    return Frame(
        (west + east) / 2 - half_x, (south + north) / 2 + half_y, scale, width_mm, height_mm,
        metric_srid,
    )  # fmt: skip


def choose_scale(least: float) -> float:
    """Return the first round scale that is not larger than `least`.

    Examples
    --------
    >>> choose_scale(64000), choose_scale(101000)
    (75000.0, 125000.0)
    """
    tens = 10 ** math.floor(math.log10(least))
    for step in (*_ROUND_SCALES, 10.0):
        if step * tens >= least * (1 - 1e-9):
            return float(step * tens)
    raise AssertionError("ten times a power of ten is above it")  # pragma: no cover


def choose_bar_m(frame: Frame, *, longest_mm: float) -> tuple[float, int]:
    """Return a round length for the scale bar and the number of its parts.

    Examples
    --------
    >>> choose_bar_m(fit_frame((0, 0, 12000, 6000), 200, 150, 4549), longest_mm=60)
    (2000.0, 4)
    """
    most = longest_mm * frame.metres_per_mm
    tens = 10 ** math.floor(math.log10(most))
    step = max(step for step in _ROUND_LENGTHS if step * tens <= most)
    return float(step * tens), 5 if step == 5 else 4


@dataclass(frozen=True)
class Tick:
    """Where a meridian or parallel meets an edge of the frame.

    Parameters
    ----------
    at_mm
        Along the edge, from the left or from above.
    degrees
        Longitude or latitude.
    """

    edge: str
    at_mm: float
    degrees: float


def find_ticks(frame: Frame, *, apart_mm: float = 45.0) -> list[Tick]:
    """Find where round meridians and parallels meet the four edges."""
    west, south, east, north = frame.bounds_degrees
    degrees_per_mm = (north - south) / frame.height_mm
    step = next(
        (step for step in _ROUND_MINUTES if step / 60 >= degrees_per_mm * apart_mm),
        _ROUND_MINUTES[-1],
    )
    step /= 60
    ticks: list[Tick] = []
    for name, first, last in (("lon", west, east), ("lat", south, north)):
        for number in range(math.ceil(first / step), math.floor(last / step) + 1):
            ticks += _cross_edges(frame, name, round(number * step, 8))
    return ticks


def _cross_edges(frame: Frame, name: str, degrees: float) -> list[Tick]:
    """Follow one meridian or parallel and find the two edges that it crosses."""
    west, south, east, north = frame.bounds_degrees
    along = np.linspace(0, 1, 33)
    if name == "lon":
        lons, lats = np.full(33, degrees), south + along * (north - south)
    else:
        lons, lats = west + along * (east - west), np.full(33, degrees)
    [line] = frame.place_exactly(to_metric([shapely.linestrings(lons, lats)], frame.metric_srid))
    x, y = shapely.get_coordinates(line).T
    found = []
    if name == "lon":
        order = np.argsort(y)
        for edge, at in (("top", 0.0), ("bottom", frame.height_mm)):
            found.append((edge, float(np.interp(at, y[order], x[order])), frame.width_mm))
    else:
        for edge, at in (("left", 0.0), ("right", frame.width_mm)):
            found.append((edge, float(np.interp(at, x, y)), frame.height_mm))
    return [Tick(edge, at, degrees) for edge, at, most in found if 0 < at < most]


def write_degrees(degrees: float, *, is_latitude: bool) -> str:
    """Write a longitude or latitude in degrees and minutes, with seconds where it has some.

    Examples
    --------
    >>> write_degrees(120.5, is_latitude=False), write_degrees(28.0041666667, is_latitude=True)
    ('120°30′E', '28°00′15″N')
    """
    seconds = round(abs(degrees) * 3600)
    minutes, rest = divmod(seconds, 60)
    whole, minute = divmod(minutes, 60)
    side = ("N" if degrees >= 0 else "S") if is_latitude else ("E" if degrees >= 0 else "W")
    last = f"{rest:02}″" if rest else ""
    return f"{whole}°{minute:02}′{last}{side}"
