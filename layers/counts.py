"""How children and seats of a catchment are told in a card and by a mark."""

from __future__ import annotations

from typing import Any

from layers.language import Language, is_missing
from layers.palette import MARKS


def build_count_card(row: Any, language: Language, title: str) -> list[list[str]]:
    """Return rows of label and text: warning, children, seats, share, what is short or free.

    Parameters
    ----------
    row
        warning, counted_children, seats, ratio_pct, shortfall_seats, surplus_seats; all but the
        warning may be missing.
    """
    _ = language
    card = [["", title], [_("Warning"), f"{MARKS[row.warning]} {_.term(row.warning)}"]]
    if is_missing(row.counted_children):
        return [*card, [_("Children counted"), _("Not counted yet")]]
    card.append([_("Children counted"), _.number(row.counted_children)])
    if is_missing(row.seats):
        return card
    card += [
        [_("Seats"), _.number(row.seats)],
        [_("Children per 100 seats"), _.number(row.ratio_pct, 1)],
    ]
    if row.shortfall_seats:
        return [*card, [_("Seats short"), _.number(row.shortfall_seats)]]
    return [*card, [_("Seats free"), _.number(row.surplus_seats)]]


def build_count_mark(row: Any, language: Language) -> str:
    """Return the mark on the map: ▲ with the seats short, else ◆ or ▲ with the share taken."""
    mark = MARKS[row.warning]
    if row.warning not in ("red", "yellow"):
        return mark
    if row.shortfall_seats:
        return f"{mark} {language('{n} short', n=language.number(row.shortfall_seats))}"
    return f"{mark} {language.percent(row.ratio_pct, 0)}"
