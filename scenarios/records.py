"""Tables as programs take them: plain records, and the JSON of an answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd


def list_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as plain records, missing values as None.

    Examples
    --------
    >>> list_records(pd.DataFrame({"seats": [90, None]}))
    [{'seats': 90.0}, {'seats': None}]
    """
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(k): _plain_number(v) for k, v in row.items()} for row in plain.to_dict("records")]


def _plain_number(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def write_json(answer: Mapping[str, Any]) -> str:
    """Write an answer as one JSON object; tables become records, dates and numbers plain.

    Examples
    --------
    >>> write_json({"run": np.int64(7), "schools": pd.DataFrame({"code": ["A"]})})
    '{"run": 7, "schools": [{"code": "A"}]}'
    """
    return json.dumps(answer, ensure_ascii=False, default=_to_plain)


def _to_plain(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        return list_records(value)
    if value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, np.generic):
        return value.item()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
