"""A page as people read it, whatever shows it: screen, terminal or paper."""

from __future__ import annotations

from dataclasses import dataclass

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """A heading with labelled facts, a table, and notes; each may be empty.

    Parameters
    ----------
    rows
        Label and value.
    head, table
        Names of the columns, and the rows below them.
    """

    title: str
    rows: Rows = ()
    head: tuple[str, ...] = ()
    table: Rows = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class WordedPage:
    """A page in one language.

    Parameters
    ----------
    language
        Tag of the language, BCP 47.
    result, because
        The decision in one line, and the sentence that gives its ground.
    mark
        Said on every sheet when the data is synthetic; else empty.
    foot
        What identifies the page.
    """

    language: str
    title: str
    subtitle: str
    result: str
    because: str
    sections: tuple[Section, ...]
    mark: str
    foot: str
