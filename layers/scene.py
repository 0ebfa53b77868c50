"""What a map shows: one district, plan, stage and year, in one language and theme."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

import pydeck
from sqlalchemy import Connection

from catchments.profile import Profile
from layers.language import Language

Theme = Literal["light", "dark"]
Kind = Literal["catchment", "school", "project", "subdistrict"]
Part = Literal["plan", "stage", "year", "language", "against", "theme"]
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Spot:
    """A place that an address may mean, lon and lat in degrees, CGCS2000.

    Parameters
    ----------
    mark
        Sign in its dot, as its row in the panel bears it.
    code
        Of the candidate; empty for a place that was clicked.
    """

    mark: str
    label: str
    lon: float
    lat: float
    code: str
    is_chosen: bool


@dataclass(frozen=True)
class Scene:
    """Everything a layer needs to know to describe itself.

    Parameters
    ----------
    ground_version, version
        Of :func:`layers.catalogue.read_versions`; the first changes with the district's
        datasets, the second also with every new run. They stand in the addresses of the data,
        so that a browser keeps what it has until something has changed.
    selected
        Kind and id of what the person clicked; drawn in the accent colour.
    is_compared
        Whether it is one of two scenes beside each other: boundaries are what one looks for.
    run_id
        Run of the yearly assignment that an officer has open; only then are small cells shown.
    forecast_id, ahead
        Run of the forecast, and the year of it, that are on the open page.
    exam
        Code of the paper that the panel shows; empty: the newest of the stage.
    subject
        Subject of the lesson plan that is chosen; None for all.
    area
        The selected area, as :func:`gis.selected_areas.parse_area` reads it.
    picking
        Tool by which an area is being selected; subdistrict, community and catchment are clicked.
    indicator
        Resource that the map of balance tells; by default how many of all are not met.
    bounds
        West, south, east and north of the district in degrees: where its pictures lie.
    against, against_id
        Code and id of the plan that this one is compared with, if any.
    spots
        What the address of the queue that a steward has open may be.
    prefix
        Address prefix under which the server is mounted, without a slash at its end.
    """

    district_id: int
    profile: Profile
    plan_id: int
    plan_code: str
    stage: str
    year: int
    language: Language
    theme: Theme = "light"
    ground_version: str = ""
    version: str = ""
    selected: tuple[Kind, int] | None = None
    prefix: str = ""
    is_compared: bool = False
    against: str | None = None
    against_id: int | None = None
    run_id: int | None = None
    forecast_id: int | None = None
    ahead: int | None = None
    exam: str = ""
    subject: str | None = None
    area: str | None = None
    picking: str | None = None
    indicator: str | None = None
    bounds: Bounds | None = None
    spots: tuple[Spot, ...] = ()

    def get_address(self, sheet: str, *parts: Part, ending: str = "geojson", **more: object) -> str:
        """Return the address of a sheet that depends on these parts of the scene.

        Parameters
        ----------
        ending
            ``geojson``, or ``json`` for the bare array of its features: what layers take that
            draw rows, not shapes; ``png`` for a picture.
        """
        chosen: dict[str, object] = {
            "plan": self.plan_code,
            "stage": self.stage,
            "year": self.year,
            "language": self.language.code,
            "against": self.against,
            "theme": self.theme,
        }
        asked = {part: chosen[part] for part in parts} | more | {"v": self.version}
        return f"{self.prefix}/map/{self.profile.code}/{sheet}.{ending}?{urlencode(asked)}"

    def get_tile_address(self, tileset: str) -> str:
        """Return the template of the addresses of a tile set."""
        place = f"{self.prefix}/tiles/{self.profile.code}/{tileset}"
        return f"{place}/{{z}}/{{x}}/{{y}}.mvt?v={self.ground_version}"


@dataclass(frozen=True)
class LegendEntry:
    """One line of a legend, in the language of the scene.

    Parameters
    ----------
    color
        CSS colour of the swatch.
    shape
        How the swatch is drawn; ``ghost`` is a translucent body, ``ring`` a hollow disc.
    mark
        Sign that says the same without colour; may be empty.
    """

    label: str
    color: str
    shape: Literal["area", "line", "dot", "ring", "column", "body", "ghost", "mark"]
    mark: str = ""


Features = dict[str, Any]  # a GeoJSON FeatureCollection, WGS 84 lon/lat
Request = Mapping[str, str]  # what the address asks beyond the scene, such as a zoom


@dataclass(frozen=True)
class Sheet:
    """One GeoJSON of a layer.

    Parameters
    ----------
    read
        Reads the features of a scene; every feature has ``properties`` with ``kind`` and ``id``
        if it can be clicked, and ``card``, rows of label and text, if it tells something.
    parts
        What the features depend on besides the data of the district.
    extra
        Further words of the address; `read` checks their values.
    is_personal
        Whether it is summed from rows of persons: it is read with the officer's rights and holds
        sums alone.
    """

    read: Callable[[Connection, Scene, Request], Features]
    parts: tuple[Part, ...] = ()
    extra: tuple[str, ...] = ()
    is_personal: bool = False


@dataclass(frozen=True)
class Picture:
    """One picture of a layer, over the bounds of the district in Web Mercator.

    Parameters
    ----------
    draw
        Draws the picture of a scene as PNG.
    parts
        What it depends on besides the data of the district.
    """

    draw: Callable[[Connection, Scene], bytes]
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class MapLayer:
    """A layer that a person can switch on and off.

    Parameters
    ----------
    code
        Name for programs, and the group of its pydeck layer ids (``code`` or ``code/part``).
    title, group
        Msgids of its name and of the heading it stands under.
    shown
        Whether it is on when the cockpit opens.
    build
        Describes it to the browser; small, because the data travels by address.
    build_legend
        Empty when the layer explains itself.
    sheets
        Its GeoJSON files by the name in their address.
    pictures
        Its pictures, likewise.
    """

    code: str
    title: str
    group: str
    shown: bool
    build: Callable[[Scene], list[pydeck.Layer]]
    build_legend: Callable[[Scene], list[LegendEntry]]
    sheets: Mapping[str, Sheet] = field(default_factory=dict)
    pictures: Mapping[str, Picture] = field(default_factory=dict)
