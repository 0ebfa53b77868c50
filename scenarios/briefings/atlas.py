"""The atlas: contents, and one page for each catchment or school, from a few questions in all."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd

from gis.errors import UsageError
from scenarios.briefings.catchment import build_catchment_sheet, write_states
from scenarios.briefings.edition import Edition
from scenarios.briefings.facts import Facts, read_facts
from scenarios.briefings.material import Material, name_schools
from scenarios.briefings.school import build_school_sheet
from scenarios.briefings.sheet import Contents, ContentsEntry, Sheet
from scenarios.briefings.warning import say_choice
from scenarios.view import View

WAYS = ("catchment", "school")


def build_atlas(material: Material, by: str, run_id: int | None) -> Edition:
    """Build an atlas with one page for each catchment of the stage, or for each school.

    Raises
    ------
    UsageError
        When `by` is neither, or there is nothing to make a page of.
    """
    if by not in WAYS:
        raise UsageError(f"An atlas by '{by}' is not known.", mend=f"Use {' or '.join(WAYS)}.")
    view = material.view
    facts = read_facts(view)
    rows = _list_catchments(material, facts) if by == "catchment" else _list_schools(material)
    if rows.empty:
        raise UsageError(
            f"District {view.profile.code} has no {by} to make a page of.",
            mend="Choose another stage or plan, or load schools and catchments first.",
        )
    build: Callable[..., Sheet] = build_catchment_sheet if by == "catchment" else build_school_sheet
    if by == "catchment":
        material = material.narrow(view.stage)
    make = partial(build, material, facts, is_single=True)
    sheets = tuple(make(int(school)) for school in rows["school_id"])
    return Edition(sheets, run_id, _build_contents(rows, facts, by, view))


def _list_catchments(material: Material, facts: Facts) -> pd.DataFrame:
    """List the counted catchments of the view's stage, by subdistrict and code."""
    view, schools = material.view, material.ground.schools
    counts = facts.counts
    known = counts.loc[(counts["stage"] == view.stage) & counts["school_id"].notna(), "school_id"]
    drawn = material.select_stage(view.stage).catchments["school_id"]
    chosen = schools["school_id"].isin(known) & schools["school_id"].isin(drawn)
    return _sort(schools[chosen])


def _list_schools(material: Material) -> pd.DataFrame:
    """List the schools that are open in the year."""
    return _sort(material.ground.schools)


def _sort(schools: pd.DataFrame) -> pd.DataFrame:
    return schools.drop(columns="flat").sort_values(["subdistrict_id", "school_code"])


def _build_contents(rows: pd.DataFrame, facts: Facts, by: str, view: View) -> Contents:
    """Build the contents: each page with the state of its catchment."""
    _ = view.language
    counts = facts.counts
    now = counts[(counts["year"] == view.year) & (counts["stage"] == view.stage)]
    states: dict[int, tuple[Any, str]] = {
        int(school): (code, text)
        for school, code, text in zip(
            now["school_id"].fillna(-1), now["warning"], write_states(now, view), strict=True
        )
    }
    entries = []
    for number, (school, name) in enumerate(
        zip(rows["school_id"], name_schools(rows, view), strict=True)
    ):
        code, text = states.get(int(school), ("", ""))
        tone = code if code in ("red", "yellow") else ""
        entries.append(ContentsEntry(name, text.strip("▲◆\u00a0"), number, tone))
    title = (
        _("Atlas of the catchments of {district}: {stage} {year}", district=_.name(view.profile),
          stage=view.stage_name, year=view.year)
        if by == "catchment"
        else _("Atlas of the schools of {district} {year}", district=_.name(view.profile),
               year=view.year)
    )  # fmt: skip
    return Contents(title, f"{_('Contents')} · {say_choice(view)}", tuple(entries))
