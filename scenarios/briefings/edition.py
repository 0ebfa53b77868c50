"""An edition: the sheets of one briefing as one PDF, with what every page must say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis.exports.typesetting import typeset
from scenarios.briefings.material import Material
from scenarios.briefings.sheet import Contents, Sheet, write_sheet
from scenarios.view import View

TEMPLATE = Path(__file__).with_name("sheet.typ")
AUTHOR = "Education One Map"


@dataclass(frozen=True)
class Edition:
    """The sheets of a briefing, in order, and the contents before them if it is an atlas."""

    sheets: tuple[Sheet, ...]
    run_id: int | None = None
    contents: Contents | None = None


def print_edition(edition: Edition, material: Material) -> bytes:
    """Return an edition as a PDF; equal data gives equal bytes.

    Raises
    ------
    OutputError
        When the font of Chinese text is not installed.
    """
    view, paper = material.view, material.paper
    _ = view.language
    contents: dict[str, Any] | None = None
    if edition.contents is not None:
        told = edition.contents
        contents = {
            "title": told.title,
            "subtitle": told.subtitle,
            "entries": [vars(entry) for entry in told.entries],
        }
    data = {
        "title": edition.contents.title if edition.contents else edition.sheets[0].title,
        "author": AUTHOR,
        "language": _.code,
        "paper": vars(paper) | {"body_mm": paper.body_mm},
        "foot": list_sources(view, edition.run_id),
        "approval": _("Map approval number: {blank}", blank="＿＿＿＿＿＿＿＿"),
        "mark": _("Synthetic data") if view.profile.synthetic else "",
        "continued": _(" (continued)"),
        "whole_table": _("The whole table stands on the next page."),
        "rows_left": _("rows not shown: {n}"),
        "colon": _(": "),
        "semicolon": _("; "),
        "contents": contents,
        "sheets": [write_sheet(sheet) for sheet in edition.sheets],
    }
    return typeset(TEMPLATE, data)


def list_sources(view: View, run_id: int | None) -> list[str]:
    """List what every page says of its numbers: day, plan, run, rules, source."""
    _ = view.language
    parts = [
        _("Data of {date}", date=_.date(view.profile.data_date)),
        _("Plan: {plan}", plan=_.name(view.plan)),
    ]
    if run_id is not None:
        parts.append(_("Run {run}", run=run_id))
    return [
        *parts,
        _("Rules {version}", version=view.profile.version),
        _("Source: {source}", source=view.profile.source),
    ]
