"""One error base and one table: error → HTTP status, exit code, cockpit notice.

Every error says what was found, what was needed and how to mend it. Wrong values are
also ``ValueError`` so that library users can catch them the ordinary way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Answer:
    """How one kind of error is told to a program, a shell and a person."""

    http_status: int
    exit_code: int
    notice: str  # msgid of the cockpit notice title


class OneMapError(Exception):
    """Base of all errors that the product raises on purpose.

    Parameters
    ----------
    found
        What was found, with the place (file, row, column, path).
    mend
        How to put it right, in one imperative sentence.
    """

    answer: ClassVar[Answer] = Answer(500, 1, "Internal error")

    def __init__(self, found: str, *, mend: str = "") -> None:
        self.found = found
        self.mend = mend
        super().__init__(f"{found} {mend}".strip())

    def list_faults(self) -> list[dict[str, Any]]:
        """Return the single faults for programs, where the error is made of several."""
        return []


class UsageError(OneMapError, ValueError):
    """A command or request asks for something that does not exist."""

    answer = Answer(400, 2, "Wrong request")


class RejectedDataError(OneMapError, ValueError):
    """A file or table breaks its contract; nothing of it was stored."""

    answer = Answer(422, 3, "Data rejected")


class CrsError(RejectedDataError):
    """A geometry has no CRS, an unknown one, or degrees where metres are needed."""

    answer = Answer(422, 3, "Coordinate system problem")


class DatabaseError(OneMapError):
    """PostGIS is missing, absent, full, read-only or of another version."""

    answer = Answer(503, 4, "Database trouble")


class OutputError(OneMapError, OSError):
    """A file or port of this machine cannot be written or opened."""

    answer = Answer(500, 1, "Cannot write")


def get_answer(error: BaseException) -> Answer:
    """Return how `error` is told; unknown errors count as internal.

    Examples
    --------
    >>> get_answer(UsageError("no plan 'x'.")).exit_code
    2
    >>> get_answer(KeyError("x")).http_status
    500
    """
    return error.answer if isinstance(error, OneMapError) else OneMapError.answer
