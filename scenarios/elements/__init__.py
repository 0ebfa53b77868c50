"""The visual vocabulary of panels: every panel is set from these and from nothing else."""

from scenarios.elements.charts import (
    Band,
    Bar,
    Line,
    Stack,
    Step,
    build_bars,
    build_lines,
    build_spark,
    build_stacks,
    build_strip,
)
from scenarios.elements.choice import build_choice, build_stage_choice
from scenarios.elements.field import build_input
from scenarios.elements.intervals import Interval, build_intervals, write_interval
from scenarios.elements.job import (
    build_failed_job,
    build_job_card,
    build_job_close,
    build_running_job,
)
from scenarios.elements.page import (
    Figure,
    build_back,
    build_figures,
    build_heading,
    build_link,
    build_mark,
    build_note,
    build_opener,
    build_page,
    build_section,
    build_source,
    order,
    patch,
    select_thing,
)
from scenarios.elements.table import Column, build_table

__all__ = [
    "Band",
    "Bar",
    "Column",
    "Figure",
    "Interval",
    "Line",
    "Stack",
    "Step",
    "build_back",
    "build_bars",
    "build_choice",
    "build_failed_job",
    "build_figures",
    "build_heading",
    "build_input",
    "build_intervals",
    "build_job_card",
    "build_job_close",
    "build_lines",
    "build_link",
    "build_mark",
    "build_note",
    "build_opener",
    "build_page",
    "build_running_job",
    "build_section",
    "build_source",
    "build_spark",
    "build_stacks",
    "build_stage_choice",
    "build_strip",
    "build_table",
    "order",
    "patch",
    "select_thing",
    "write_interval",
]
