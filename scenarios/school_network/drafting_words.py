"""What the methods that draw catchments are called and do, in a sentence each."""

from __future__ import annotations

import re
from typing import NamedTuple

from layers.language import msgid


class MethodWords(NamedTuple):
    """Msgids of a method: its name, and what it does in one line."""

    name: str
    text: str


METHOD_WORDS = {
    "nearest": MethodWords(
        msgid("Nearest school"),
        msgid("Each unit to the school nearest in a straight line. Seats are not looked at."),
    ),
    "walking": MethodWords(
        msgid("Shortest walk"),
        msgid(
            "Each unit to the school with the shortest walk along the streets. Seats are not"
            " looked at."
        ),
    ),
    "balanced": MethodWords(
        msgid("Balanced"),
        msgid(
            "Units kept whole, catchments in one piece, as few children above the seats as"
            " possible, then the shortest ways. Says how far from the best possible it can be."
        ),
    ),
}

# What `draw_plan` says it is doing, as people say it.
STEP_WORDS = {
    "read": msgid("Reading units, schools and streets"),
    "ways": msgid("Measuring the ways to school"),
    "store": msgid("Storing the draft"),
    "done": msgid("Storing the draft"),
    "waiting": msgid("Reading units, schools and streets"),
    "drawing": msgid("Dividing the units among the schools"),
    "counting": msgid("Counting children by catchment"),
    "openings": msgid("Choosing the schools to open"),
    "divide": msgid("Dividing the units among the schools"),
}

# What a solver says its bound cannot see, as far as it is one fixed sentence.
UNSEEN_COMPACTNESS = msgid("The bound does not see compactness.")

_NUMBER = r"-?[\d,]*\.?\d+(?:e[+-]?\d+)?"
_TOLD = re.compile(
    rf"(?P<step>\w+)(?: · (?:(?P<over>{_NUMBER}) over"
    rf"|(?P<objective>{_NUMBER})(?: · (?P<gap>{_NUMBER}) %)?))?"
)


class Told(NamedTuple):
    """What a solver tells of its work: the step, and what the best plan so far is worth.

    Parameters
    ----------
    step
        A key of `STEP_WORDS`.
    over
        Pupils above the seats; while there are any, the objective is not told.
    """

    step: str
    objective: float | None = None
    gap_pct: float | None = None
    over: float | None = None


def read_progress(text: str) -> Told:
    """Read what a solver tells: ``step``, ``step · objective``, ``step · objective · gap %``.

    A plan that breaks terms tells ``step · n over`` instead. What cannot be read is `drawing`.

    Examples
    --------
    >>> read_progress("divide · 3,935.72 · 2.31 %")
    Told(step='divide', objective=3935.72, gap_pct=2.31, over=None)
    >>> read_progress("openings · 12 over").over, read_progress("?").step
    (12.0, 'drawing')
    """
    found = _TOLD.fullmatch(text)
    if found is None or found["step"] not in STEP_WORDS:
        return Told("drawing")
    objective, gap_pct, over = (
        None if number is None else float(number.replace(",", ""))
        for number in found.group("objective", "gap", "over")
    )
    return Told(found["step"], objective, gap_pct, over)
