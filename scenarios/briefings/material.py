"""What every briefing rests on: the view, the paper and the ground; and words about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd
import shapely

from gis.errors import RejectedDataError
from layers.language import Language
from layers.print_map.background import shorten_name
from layers.print_map.composition import Answer, compose_map
from layers.print_map.frame import Bounds, Frame, fit_frame
from layers.print_map.ground import Ground, read_ground
from layers.print_map.ink import Drawing
from layers.scene import Scene
from scenarios.briefings.paper import Paper
from scenarios.naming import name_rows
from scenarios.school_network.panel import get_first_day
from scenarios.view import View

_NAMED = 3  # things that a sentence names before it counts the others


@dataclass(frozen=True, eq=False)
class Material:
    """The view that is printed, the paper it is printed on, the ground below.

    Parameters
    ----------
    extent_m
        What the map shows, in the metric CRS; by default the whole district.
    """

    view: View
    paper: Paper
    ground: Ground
    extent_m: Bounds | None = None

    def fit_map(self) -> Frame:
        """Return the frame of the sheet's map about the extent, or about the district.

        Raises
        ------
        RejectedDataError
            When the district has no geometry at all.
        """
        bounds = self.extent_m or self.ground.get_bounds()
        if bounds is None:
            raise RejectedDataError(
                f"District {self.view.profile.code} has neither land nor schools to draw.",
                mend="Load its subdistricts, planning units or schools first.",
            )
        margin = 0.0 if self.extent_m else 0.02
        return self.fit_about(bounds, margin=margin)

    def compose(self, answer: Answer) -> Drawing:
        """Draw an answer over the extent, or over the district with its crowded part enlarged."""
        return compose_map(
            self.ground,
            self.fit_map(),
            answer,
            self.view.language,
            name_pt=self.paper.name_pt,
            is_enlarged=self.extent_m is None,
        )

    def select_stage(self, stage: str) -> Ground:
        """Return the ground with the catchments of one stage alone."""
        catchments = self.ground.catchments
        return replace(self.ground, catchments=catchments[catchments["stage"] == stage])

    def narrow(self, stage: str) -> Material:
        """Return the same with the catchments of one stage alone."""
        return replace(self, ground=self.select_stage(stage))

    def fit_about(self, bounds: Bounds, *, margin: float = 0.08) -> Frame:
        """Return the frame of the sheet's map about some ground."""
        width, height = self.paper.map_mm
        return fit_frame(bounds, width, height, self.view.profile.metric_srid, margin=margin)

    def describe_scene(self) -> Scene:
        """Return the scene of the screen that shows the same, for the words of its legends."""
        view = self.view
        return Scene(
            district_id=view.district.id,
            profile=view.profile,
            plan_id=view.plan.id,
            plan_code=view.plan.code,
            stage=view.stage,
            year=view.year,
            language=view.language,
        )


def read_material(
    view: View,
    paper: Paper,
    *,
    extent_m: Bounds | None = None,
    whole_share: float = 1.0,
    has_every_stage: bool = False,
) -> Material:
    """Read the ground of a view: the catchments of its plan, schools of its year.

    Parameters
    ----------
    extent_m, whole_share
        What the map shows; where that is this share of the district, the sheet shows all of it.
    has_every_stage
        Whether catchments of all stages are read, not those of the view's stage alone.
    """
    ground = read_ground(
        view.connection,
        view.district.id,
        view.profile,
        plan_id=view.plan.id,
        stage=None if has_every_stage else view.stage,
        day=get_first_day(view.year),
    )
    return Material(view, paper, ground, _narrow_extent(extent_m, ground, whole_share))


def _narrow_extent(extent: Bounds | None, ground: Ground, whole_share: float) -> Bounds | None:
    """Cut an extent to the district; nothing where it shows as good as all or nothing of it."""
    bounds = ground.get_bounds()
    if extent is None or bounds is None:
        return None
    whole = shapely.box(*bounds)
    seen = shapely.intersection(shapely.box(*extent), whole)
    if seen.area == 0 or seen.area >= whole_share * whole.area:
        return None
    west, south, east, north = seen.bounds
    return west, south, east, north


def name_schools(frame: pd.DataFrame, view: View) -> list[str]:
    """Return the name of the school of each row, without that of the district before it."""
    district = (view.profile.name_zh, view.profile.name_en)
    return [shorten_name(name, district) for name in name_rows(frame, "school", view.language)]


def list_names(names: Sequence[str], language: Language, *, most: int = _NAMED) -> str:
    """Join names for a sentence: all of a few, or the first and how many there are.

    Examples
    --------
    >>> from layers.language import load_language
    >>> list_names(["甲", "乙"], load_language("zh"))
    '甲、乙'
    >>> list_names(list("ABCDE"), load_language("en"))
    'A, B, C and others, 5 in all'
    """
    _ = language
    comma = "、" if _.code == "zh" else ", "
    if len(names) <= most + 1:
        return comma.join(names)
    first = comma.join(names[:most])
    return _("{names} and others, {n} in all", names=first, n=_.number(len(names)))


def end_sentence(words: str, language: Language) -> str:
    """Close a sentence in the manner of its language."""
    return words + ("。" if language.code == "zh" else ".")
