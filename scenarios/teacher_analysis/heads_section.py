"""Who teaches: sex, age, degree, title, backbone, tenure; who came and went by school year."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash.development.base_component import Component

from catchments.teacher_rules import Level
from layers.language import Language, is_missing, msgid
from scenarios.elements import Column, build_note, build_section, build_table
from scenarios.teacher_analysis.analysis import hide_heads
from scenarios.teacher_analysis.stored import Stored
from scenarios.view import View

HIDDEN = "*"
_SORT_WORDS = {
    "sex": msgid("Sex"),
    "age": msgid("Age"),
    "degree": msgid("Degree"),
    "title": msgid("Title"),
    "backbone": msgid("Backbone"),
    "tenure": msgid("Years at the school"),
}


def name_codes(view: View) -> dict[tuple[str, str], str]:
    """Return the name of each code of each sort, in their order."""
    _ = view.language
    rules = view.profile.teachers
    named: dict[tuple[str, str], str] = {
        ("sex", "female"): _("Women"),
        ("sex", "male"): _("Men"),
    }
    for sort, ends in (("age", rules.age_bands), ("tenure", rules.tenure_bands)):
        named |= {(sort, code): words for code, words in _name_bands(ends, _).items()}
    levels: dict[str, list[Level]] = {
        "degree": rules.degrees,
        "title": rules.titles,
        "backbone": rules.backbones,
    }
    for sort, known in levels.items():
        named |= {(sort, one.code): _.name(one) for one in reversed(known)}
        named[sort, "other"] = _.term("other")
    return named


def _name_bands(ends: list[int], _: Language) -> dict[str, str]:
    """Name bands of years by their lower end."""
    named = {"0": _("under {n}", n=ends[0])}
    for low, high in zip(ends, [*ends[1:], None], strict=True):
        named[str(low)] = f"{low}–{high - 1}" if high else _("{n} and over", n=low)
    return named


def build_heads(stored: Stored, view: View) -> Component:
    """Build the table of teachers by what is known of them; small cells are hidden."""
    _ = view.language
    heads = hide_heads(stored.sorts, by=["stage"], minimum=view.profile.minimum_cell)
    total = int(heads.loc[heads["sort"] == "all", "teachers"].sum())
    known = heads.set_index(["sort", "code"])["teachers"]
    rows = pd.DataFrame(
        [
            {
                "sort": _(_SORT_WORDS[sort]),
                "code": name,
                "teachers": _write_hidden(known[sort, code], _),
                "share": _write_share(known[sort, code], total, _),
            }
            for (sort, code), name in name_codes(view).items()
            if (sort, code) in known.index
        ],
        columns=["sort", "code", "teachers", "share"],
    )
    # A sort is named once, above its codes.
    rows["sort"] = rows["sort"].where(~rows["sort"].duplicated(), "")
    columns = [
        Column("sort", ""),
        Column("code", _("Level or band")),
        Column("teachers", _("Teachers"), align="right"),
        Column("share", _("Share"), align="right"),
    ]
    table = build_table(rows, columns, language=_)
    return build_section(_("Who teaches"), table, note=_("teachers in service"))


def _write_hidden(number: object, _: Language) -> str:
    """Write a number, or the sign of a cell that is hidden: a dash would read as nobody."""
    return HIDDEN if is_missing(number) else _.number(number)


def _write_share(number: Any, total: int, _: Language) -> str:
    return HIDDEN if is_missing(number) else _.percent(100 * number / total, 1)


def build_intakes(stored: Stored, view: View) -> Component:
    """Build the table of intakes and departures by school year."""
    _ = view.language
    least = view.profile.minimum_cell
    years = stored.years
    every = years[years["sort"] == "all"].set_index("year")
    told = every[["teachers", "entered_teachers", "left_teachers"]].reset_index()
    for name, sort, codes in _INTAKES:
        part = years[(years["sort"] == sort) & years["code"].isin(codes)]
        mine = told["year"].map(part.groupby("year")["entered_teachers"].sum()).fillna(0)
        others = told["entered_teachers"] - mine
        # The rest of the intake must not be told by a difference.
        told[name] = mine.mask((others > 0) & (others < least))

    for name in ("entered_teachers", "women", "masters", "left_teachers"):
        told[name] = [HIDDEN if is_missing(n) else _.cell(int(n), least) for n in told[name]]
    columns = [
        Column("year", _("Year"), format=str),
        Column("teachers", _("Teachers")),
        Column("entered_teachers", _("New"), align="right"),
        Column("women", _("Women"), align="right"),
        Column("masters", _("Master or above"), align="right"),
        Column("left_teachers", _("Left"), align="right"),
    ]
    return build_section(
        _("Intakes by school year"),
        build_table(told, columns, language=_),
        build_note(_("Degrees are those of today.")),
    )


_INTAKES = [("women", "sex", ["female"]), ("masters", "degree", ["master", "doctor"])]
