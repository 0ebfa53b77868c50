"""A page as people read it, whatever shows it: screen, terminal or paper."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = re.compile(r"[−+]?[0-9][0-9,]*([.][0-9]+)?( m)?|–")
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

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Whether a column of the table holds numbers alone, and so stands to the right.

        Examples
        --------
        >>> Section("", head=("", "m"), table=(("A", "3,667 m"), ("B", "–"))).numeric
        (False, True)
        """
        columns = zip(*self.table, strict=True)
        return tuple(all(_NUMBER.fullmatch(cell) for cell in column) for column in columns)


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
