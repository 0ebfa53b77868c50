"""The briefing of enrolment warnings: what is red, where, since when, and what clears it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from catchments.shortfall import RED, YELLOW
from gis.errors import UsageError
from layers.language import MISSING, Language
from layers.palette import MARKS
from layers.print_map.warnings import WarningMap
from scenarios.briefings.legends import build_warning_legend
from scenarios.briefings.material import Material, end_sentence, list_names, name_schools
from scenarios.briefings.sheet import PaperColumn, Sheet, SheetTable, set_table
from scenarios.elements import Figure
from scenarios.enrolment_warning.answer import read_counts, sum_counts
from scenarios.enrolment_warning.clear import Outlook, read_sources, tell_outlook
from scenarios.enrolment_warning.outlook import rank_catchments
from scenarios.enrolment_warning.panel import name_counted, say_finding, say_rule
from scenarios.naming import name_rows
from scenarios.view import View


def build_warning(material: Material) -> list[Sheet]:
    """Build the sheet of the warnings of one stage and year.

    Raises
    ------
    UsageError
        When the stage has no counted catchments under the plan.
    """
    view = material.view
    _ = view.language
    counts = read_stage_counts(view)
    chosen = counts[counts["year"] == view.year]
    placed = place_counts(chosen, material)
    outlooks = tell_reds(view, placed)
    answer = WarningMap(material.ground, chosen, _, name_pt=material.paper.name_pt)
    drawing = material.compose(answer)
    totals = sum_counts(chosen)
    sheet = Sheet(
        title=_say_title(placed, totals, view),
        subtitle=f"{_('Enrolment warning')} · {_.name(view.profile)} · {say_choice(view)}",
        bookmark=f"{_('Enrolment warning')} {view.stage_name} {view.year}",
        map=drawing,
        findings=tuple(_list_findings(counts, placed, outlooks, view)),
        figures=list_figures(totals, _),
        legend_title=_("Legend"),
        legend=build_warning_legend(material, chosen),
        tables=(set_warning_table(placed, outlooks, view),),
        notes=list_notes(chosen, view),
    )
    return [sheet]


def say_choice(view: View) -> str:
    """Say of which stage, year and plan a sheet tells."""
    return f"{view.stage_name} {view.year} · {view.language.name(view.plan)}"


def read_stage_counts(view: View) -> pd.DataFrame:
    """Read the newest count of the view's stage and plan, all years.

    Raises
    ------
    UsageError
        When there is none, or no catchment in it.
    """
    counts = read_counts(view.connection, view.district, view.plan, stage=view.stage)
    if counts["school_id"].isna().all():
        raise UsageError(
            f"Stage '{view.stage}' has no counted catchments under plan '{view.plan.code}'.",
            mend="Choose a stage whose schools admit by catchment, or run `onemap count` first.",
        )
    return counts


def place_counts(counts: pd.DataFrame, material: Material) -> pd.DataFrame:
    """Put name and place beside each catchment of a count; children outside are left out.

    Returns
    -------
    DataFrame
        The rows with name and place (the subdistrict of the school, a dash where unknown).
    """
    _ = material.view.language
    schools = material.ground.schools
    pairs = zip(schools["subdistrict_name_zh"], schools["subdistrict_name_en"], strict=True)
    places = dict(
        zip(schools["school_id"], [_.pick(zh, en) if zh else MISSING for zh, en in pairs],
            strict=True)
    )  # fmt: skip
    inside = counts[counts["school_id"].notna()].astype({"school_id": int})
    return inside.assign(
        name=name_schools(inside, material.view),
        place=inside["school_id"].map(places).fillna(MISSING),
    )


def tell_reds(view: View, placed: pd.DataFrame) -> dict[int, Outlook]:
    """Tell what projects change of each red catchment; nothing of years before the one shown."""
    sources = read_sources(view.connection, view.district, view.plan, view.stage)
    known = set(sources.ahead.loc[sources.ahead["year"] == view.year, "school_id"])
    reds = placed.loc[placed["warning"] == RED, "school_id"]
    return {
        int(school): tell_outlook(sources, view.district, view.year, int(school))
        for school in reds
        if school in known
    }


def list_figures(totals: dict[str, int], language: Language) -> tuple[Figure, ...]:
    """List the key figures of the panel."""
    _ = language
    return (
        Figure(_.term(RED), _.number(totals["red_catchments"]), None, "red"),
        Figure(_.term(YELLOW), _.number(totals["yellow_catchments"]), None, "yellow"),
        Figure(_("Shortfall"), _.number(totals["shortfall_seats"]), _("seats")),
        Figure(_("Surplus elsewhere"), _.number(totals["surplus_seats"]), _("seats")),
    )


def rank_places(placed: pd.DataFrame) -> pd.Series:
    """Sum the seats short by subdistrict, the largest first; those that lack none are left out."""
    sums = placed.groupby("place", sort=True)["shortfall_seats"].sum().astype(int)
    return sums[sums > 0].sort_values(ascending=False, kind="stable")


def _say_title(placed: pd.DataFrame, totals: dict[str, int], view: View) -> str:
    _ = view.language
    places = rank_places(placed)
    if places.empty:
        return say_finding(placed, view)[0]
    about = {"year": view.year, "stage": view.stage_name}
    first = list_names(choose_most(places), _, most=3)
    return _.count(
        "{stage} {year}: {n} seat short, most of it in {places}",
        "{stage} {year}: {n} seats short, most of them in {places}",
        totals["shortfall_seats"],
        places=first,
        **about,
    )


def choose_most(sums: pd.Series, *, share: float = 0.6, most: int = 3) -> list[str]:
    """Return the first names that together hold most of a sum.

    Examples
    --------
    >>> choose_most(pd.Series({"梧田": 50, "潘桥": 30, "仙岩": 20}))
    ['梧田', '潘桥']
    """
    reached = sums.cumsum() / sums.sum()
    enough = int((reached < share).sum()) + 1
    return [str(name) for name in sums.index[: min(enough, most)]]


def _list_findings(
    counts: pd.DataFrame, placed: pd.DataFrame, outlooks: dict[int, Outlook], view: View
) -> list[str]:
    return [
        end_sentence(words, view.language)
        for words in (
            _say_where(placed, view),
            say_change(counts, placed, view),
            _say_clearing(placed, outlooks, view),
        )
        if words
    ]


def _say_where(placed: pd.DataFrame, view: View) -> str:
    """Say how many catchments are red, where they lie and what share that is."""
    _ = view.language
    red = placed[placed["warning"] == RED]
    if red.empty:
        full = rank_catchments(placed).iloc[0]
        return _(
            "No catchment is red; {yellow} are yellow; the fullest is {school} at {ratio}",
            yellow=_.number((placed["warning"] == YELLOW).sum()),
            school=full["name"],
            ratio=_.percent(full["ratio_pct"], 0),
        )
    names = rank_catchments(red)
    words = _.count(
        "{n} of {all} catchments is red: {names}",
        "{n} of {all} catchments are red: {names}",
        len(red),
        all=_.number(len(placed)),
        names=list_names(name_schools(names, view), _),
    )
    places = rank_places(placed)
    if places.empty:
        return words
    parts = [
        _("{place} {seats}", place=name, seats=_.number(places[name]))
        for name in choose_most(places)
    ]
    share = 100 * places[choose_most(places)].sum() / places.sum()
    return words + _(
        "; of the seats short {share} in {places}",
        share=_.percent(share, 0),
        places=list_names(parts, _),
    )


def say_change(counts: pd.DataFrame, placed: pd.DataFrame, view: View) -> str:
    """Compare the year with the one before, or with the one after where none is counted."""
    _ = view.language
    years = set(counts["year"])
    other = view.year - 1 if view.year - 1 in years else view.year + 1
    if other not in years:
        return ""
    there = counts[(counts["year"] == other) & counts["school_id"].notna()]
    red_here = set(placed.loc[placed["warning"] == RED, "school_id"])
    red_there = set(there.loc[there["warning"] == RED, "school_id"].astype(int))
    names = dict(zip(placed["school_id"], placed["name"], strict=True))
    earlier, later = (red_there, red_here) if other < view.year else (red_here, red_there)
    fields = {
        "earlier": min(other, view.year),
        "later": max(other, view.year),
        "red_earlier": _.number(len(earlier)),
        "red_later": _.number(len(later)),
    }
    short = [int(part["shortfall_seats"].sum()) for part in (there, placed)]
    before, after = short if other < view.year else short[::-1]
    words = _(
        "From {earlier} to {later} red goes from {red_earlier} to {red_later}, "
        "the shortfall from {before} to {after} seats",
        before=_.number(before),
        after=_.number(after),
        **fields,
    )
    newly = [names[school] for school in sorted(later - earlier) if school in names]
    if newly:
        words += _("; newly red: {names}", names=list_names(newly, _))
    eased = [names[school] for school in sorted(earlier - later) if school in names]
    if eased:
        words += _("; no longer red: {names}", names=list_names(eased, _))
    return words


def _say_clearing(placed: pd.DataFrame, outlooks: dict[int, Outlook], view: View) -> str:
    """Say which reds the projects clear and by when, and how many seats the others need."""
    _ = view.language
    if not outlooks:
        return ""
    names = dict(zip(placed["school_id"], placed["name"], strict=True))
    cleared = {
        school: outlook.cleared_year
        for school, outlook in outlooks.items()
        if outlook.cleared_year is not None
    }
    left = [school for school in outlooks if school not in cleared]
    needed = sum(outlooks[school].needed_seats for school in left)
    words = []
    if cleared:
        parts = [f"{names[school]} ({year})" for school, year in cleared.items()]
        words.append(_("Projects clear {names}", names=list_names(parts, _)))
    if left:
        words.append(
            _(
                "no project in sight clears the other {n}, they need {seats} more seats: {names}",
                n=_.number(len(left)),
                seats=_.number(needed),
                names=list_names([names[school] for school in left], _),
            )
            if cleared
            else _(
                "No project in sight clears them; they need {seats} further seats in all",
                seats=_.number(needed),
            )
        )
    return _("; ").join(words)


def set_warning_table(placed: pd.DataFrame, outlooks: dict[int, Outlook], view: View) -> SheetTable:
    """Set all catchments, the fullest first, with what clears the red ones."""
    _ = view.language
    ranked = rank_catchments(placed)
    rows = ranked.assign(
        state=[f"{MARKS[code]}\u00a0{_.percent(ratio, 0)}".strip()
               for code, ratio in zip(ranked["warning"], ranked["ratio_pct"], strict=True)],
        clears=[_say_cleared(outlooks.get(school), _) for school in ranked["school_id"]],
    )  # fmt: skip
    columns = [
        PaperColumn("name", _("Catchment"), is_numeric=False),
        PaperColumn("place", _("Subdistrict"), is_numeric=False, is_extra=True),
        PaperColumn("counted_children", name_counted(view)),
        PaperColumn("seats", _("Seats")),
        PaperColumn("state", _("Ratio")),
        PaperColumn("shortfall_seats", _("Shortfall")),
        PaperColumn("clears", _("Cleared by"), is_numeric=False, is_extra=True, is_long=True),
    ]
    return set_table(_("Catchments, the fullest first"), rows, columns, _)


def _say_cleared(outlook: Outlook | None, _: Language) -> str:
    """Name the projects and the year that clear a red catchment, or the seats that it needs."""
    if outlook is None:
        return ""
    if outlook.cleared_year is None:
        return _.count("{n} seat needed", "{n} seats needed", outlook.needed_seats)
    opened: Any = outlook.projects[outlook.projects["opens_year"] <= outlook.cleared_year]
    names = name_rows(opened, "project", _)
    return f"{outlook.cleared_year} {list_names(names, _, most=1)}"


def list_notes(counts: pd.DataFrame, view: View) -> tuple[str, ...]:
    """Say by which rule children are counted, and whether the year is complete."""
    _ = view.language
    notes = [say_rule(view)]
    if not counts["complete"].all():
        notes.append(_("* Not all children of this year were born on the day of the data."))
    return tuple(notes)
