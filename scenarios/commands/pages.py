"""A worded page on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from scenarios.enrolment_warning.admission.worded_page import Section, WordedPage

_PIPE_WIDTH = 160  # a pipe has no width


def print_sections(page: WordedPage) -> None:
    """Print a page: its result, then section by section."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_PIPE_WIDTH)
    mark = f"  [{page.mark}]" if page.mark else ""
    console.print(f"[bold]{escape(page.title)}[/bold]  {escape(page.subtitle + mark)}")
    console.print(f"[bold]{escape(page.result)}[/bold]")
    console.print(escape(page.because))
    for section in page.sections:
        _print_section(console, section)
    console.print(f"\n{escape(page.foot)}")


def _print_section(console: Console, section: Section) -> None:
    console.print(f"\n[bold]{escape(section.title)}[/bold]")
    if section.rows:
        _print_rows(console, section.rows, ())
    if section.table:
        _print_rows(console, section.table, section.head)
    for note in section.notes:
        console.print(Padding(escape(note), (0, 0, 0, 2)))


def _print_rows(console: Console, rows: tuple[tuple[str, ...], ...], head: tuple[str, ...]) -> None:
    table = Table(*map(escape, head), show_header=bool(head), box=None, pad_edge=False)
    for row in rows:
        table.add_row(*map(escape, row))
    console.print(Padding(table, (0, 0, 0, 2)))
