"""The sizes of paper and how a sheet is divided: the map, and what is told beside or below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gis.errors import UsageError
from layers.print_map.furniture import RIM_MM

Layout = Literal["beside", "below"]


@dataclass(frozen=True)
class Paper:
    """One size of paper and its division; all in millimetres but for the type sizes.

    Parameters
    ----------
    layout
        Whether words and tables stand beside the map or below it.
    side_mm
        Width of the column of words.
    map_height_mm
        Height of the neat line; the width is what is left.
    title_mm
        Height that a title may take.
    least_pt
        Smallest type of a table.
    rest_columns
        Most columns of tables on the pages that follow.
    """

    name: str
    layout: Layout
    width_mm: float
    height_mm: float
    margin_x_mm: float
    margin_top_mm: float
    margin_bottom_mm: float
    header_mm: float
    title_mm: float
    side_mm: float
    gap_mm: float
    map_height_mm: float
    inset_mm: tuple[float, float]
    text_pt: float
    title_pt: float
    name_pt: float
    least_pt: float
    cell_inset_mm: float
    row_inset_mm: float
    rest_columns: int
    contents_columns: int
    contents_rows: int
    rim_mm: float = RIM_MM

    @property
    def body_mm(self) -> float:
        """Height below the header."""
        used = self.margin_top_mm + self.margin_bottom_mm + self.header_mm + self.gap_mm / 2
        return self.height_mm - used

    @property
    def map_mm(self) -> tuple[float, float]:
        """Width and height of the neat line."""
        width = self.width_mm - 2 * self.margin_x_mm - 2 * self.rim_mm
        if self.layout == "beside":
            width -= self.side_mm + self.gap_mm
        return width, self.map_height_mm


_A3 = Paper(
    "A3", "beside", 420, 297, 13, 11, 16, 22, 14, 130, 6, 236, (64, 48),
    text_pt=8.5, title_pt=24, name_pt=6.8, least_pt=6.3, cell_inset_mm=1.1, row_inset_mm=0.45,
    rest_columns=2, contents_columns=3, contents_rows=48,
)  # fmt: skip
_A4_WIDE = Paper(
    "A4", "beside", 297, 210, 10, 9, 13, 17, 11, 90, 5, 160, (44, 33),
    text_pt=7.2, title_pt=17, name_pt=5.4, least_pt=5.4, cell_inset_mm=0.9, row_inset_mm=0.3,
    rest_columns=2, contents_columns=2, contents_rows=34,
)  # fmt: skip
_A4_HIGH = Paper(
    "A4", "below", 210, 297, 12, 11, 16, 21, 14, 76, 5, 112, (51, 38),
    text_pt=7.6, title_pt=17, name_pt=5.8, least_pt=5.4, cell_inset_mm=0.9, row_inset_mm=0.35,
    rest_columns=2, contents_columns=2, contents_rows=52,
)  # fmt: skip

PAPERS = ("A3", "A4")


def choose_paper(name: str, *, is_high: bool) -> Paper:
    """Return the paper of that name; A3 lies, A4 stands upright for single places.

    Raises
    ------
    UsageError
        When there is no such paper.

    Examples
    --------
    >>> choose_paper("A3", is_high=True).map_mm, choose_paper("a4", is_high=True).width_mm
    ((250.0, 236), 210)
    """
    if name.upper() not in PAPERS:
        raise UsageError(f"There is no paper '{name}'.", mend=f"Use {' or '.join(PAPERS)}.")
    if name.upper() == "A3":
        return _A3
    return _A4_HIGH if is_high else _A4_WIDE
