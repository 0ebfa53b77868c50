"""Rows of a table as panels take them, and their names in the language of a view."""

from __future__ import annotations

from typing import Any

import pandas as pd

from catchments.profile import Profile
from layers.language import Language


def list_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as plain records."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def name_rows(frame: pd.DataFrame, thing: str, language: Language) -> list[str]:
    """Return the name of `thing` in each row, from ``<thing>_name_zh`` and ``<thing>_name_en``."""
    pairs = zip(frame[f"{thing}_name_zh"], frame[f"{thing}_name_en"], strict=True)
    return [language.pick(zh, en) for zh, en in pairs]


def name_stages(profile: Profile, language: Language) -> dict[str, str]:
    """Return the names of the stages of education by code, in order of age."""
    return {stage.code: language.name(stage) for stage in profile.stages}


def choose_stage(profile: Profile, wanted: str, available: pd.Series) -> str | None:
    """Return the wanted stage if it is available, else the first of the profile that is."""
    known = set(available)
    if wanted in known:
        return wanted
    return next((stage.code for stage in profile.stages if stage.code in known), None)
