"""Accessor expressions for the browser, written from Python values; see :mod:`layers.deck`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def match_property(name: str, answers: Mapping[str, Any], otherwise: Any) -> str:
    """Return an expression that looks a property of a feature up in `answers`.

    Examples
    --------
    >>> match_property("warning", {"red": [196, 56, 28]}, [0, 0, 0])
    'properties.warning == "red" ? [196, 56, 28] : [0, 0, 0]'
    """
    cases = (f'properties.{name} == "{key}" ? {_write(value)} : ' for key, value in answers.items())
    return "".join(cases) + _write(otherwise)


def step_property(name: str, bounds: tuple[float, ...], answers: tuple[Any, ...]) -> str:
    """Return an expression that gives the answer of the highest bound a number reaches.

    The first answer also holds below the first bound.

    Examples
    --------
    >>> step_property("floors", (1, 4), ([9, 9, 9], [5, 5, 5]))
    'properties.floors >= 4 ? [5, 5, 5] : [9, 9, 9]'
    """
    steps = list(zip(bounds, answers, strict=True))
    cases = (
        f"properties.{name} >= {bound} ? {_write(answer)} : " for bound, answer in steps[:0:-1]
    )
    return "".join(cases) + _write(answers[0])


def _write(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
