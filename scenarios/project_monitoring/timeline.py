"""Span of the building sites, for the slider that plays them from ground-breaking to opening."""

from __future__ import annotations

from typing import Any

from gis.database import read_table
from scenarios.view import View


def read_timeline(view: View) -> dict[str, Any] | None:
    """Read the first and last day of all sites and the words of the slider.

    Returns
    -------
    dict
        first, last and today as ISO days, stages by name in their order, words; nothing for a
        district whose projects nobody follows.
    """
    _ = view.language
    span = read_table(view.connection, "project_span", district_id=view.district.id).iloc[0]
    if span.isna().any():
        return None
    return {
        "first": str(span["first_on"]),
        "last": str(span["last_on"]),
        "today": str(max(span["recorded_on"], view.profile.data_date)),
        "stages": [_("Not started"), *(_.name(one) for one in view.profile.construction.stages)],
        "words": {
            "name": _("Day that the building sites show"),
            "play": _("Play the building sites"),
            "pause": _("Pause"),
            "back": _("Back to today"),
            "past": _("as recorded"),
            "ahead": _("expected"),
            "stage": _("Construction stage"),
            "height": _("Height"),
            "done": _("Progress"),
        },
    }
