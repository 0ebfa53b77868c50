"""Which page of the assignment is open, as the state of the cockpit says it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from gis.errors import UsageError
from scenarios.enrolment_warning.admission.reason_words import REASONS
from scenarios.enrolment_warning.admission.words import QUEUE_WORDS

NEW, TRIAL, NEWEST = "new", "trial", "newest"
# Closes every page of the assignment.
CLOSED: dict[str, None] = {"admission": None, "rules": None, "queue": None, "child": None}

_CODE = re.compile(r"[\w.-]{1,60}")


@dataclass(frozen=True)
class Page:
    """A page of the assignment.

    Parameters
    ----------
    kind
        ``new`` (the form), ``trial`` (what a dry run came to), ``newest`` or ``run``.
    run_id
        The run that is chosen; nothing: the newest.
    rules
        Code of the rules that are chosen in the form.
    queue
        Outcome or reason whose children are listed.
    child
        Pseudonym of the child whose page is open.
    """

    kind: str
    run_id: int | None = None
    rules: str | None = None
    queue: str | None = None
    child: str | None = None

    @property
    def code(self) -> str:
        """How the browser names it."""
        return self.kind if self.run_id is None else str(self.run_id)


def parse_page(data: Any) -> Page | None:
    """Read the page from the state of the browser; nothing while no page is open.

    Raises
    ------
    UsageError
        When a word of it is unknown.

    Examples
    --------
    >>> parse_page({"admission": "12", "queue": "no_seat"})
    Page(kind='run', run_id=12, rules=None, queue='no_seat', child=None)
    """
    kind = str(data.get("admission") or "")
    if not kind:
        return None
    if kind not in (NEW, TRIAL, NEWEST) and not re.fullmatch(r"[0-9]{1,18}", kind):
        raise UsageError(f"'{kind}' is no run.", mend="Use a number, newest, trial or new.")
    queue = data.get("queue") or None
    queues = (*QUEUE_WORDS, *REASONS)
    if queue is not None and queue not in queues:
        raise UsageError(f"There is no queue '{queue}'.", mend=f"Use one of {', '.join(queues)}.")
    run_id = int(kind) if kind.isdecimal() else None
    return Page(
        "run" if run_id is not None else kind,
        run_id,
        _check_code(data.get("rules"), "code of rules"),
        queue,
        _check_code(data.get("child"), "code of a child"),
    )


def _check_code(value: Any, what: str) -> str | None:
    if value and not _CODE.fullmatch(str(value)):
        raise UsageError(f"'{value}' is no {what}.", mend="Use letters, digits, hyphens and dots.")
    return str(value) if value else None
