"""The visual vocabulary of panels: every panel is set from these and from nothing else."""

from scenarios.elements.charts import Bar, Line, Step, build_bars, build_lines, build_strip
from scenarios.elements.page import (
    Figure,
    build_figures,
    build_heading,
    build_link,
    build_mark,
    build_note,
    build_page,
    build_section,
    build_source,
    patch,
)
from scenarios.elements.table import Column, build_table

__all__ = [
    "Bar",
    "Column",
    "Figure",
    "Line",
    "Step",
    "build_bars",
    "build_figures",
    "build_heading",
    "build_lines",
    "build_link",
    "build_mark",
    "build_note",
    "build_page",
    "build_section",
    "build_source",
    "build_strip",
    "build_table",
    "patch",
]
