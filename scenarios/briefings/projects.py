"""The briefing of the building projects: how far, how late, which seats open when."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gis.database import read_features
from gis.errors import UsageError
from layers.language import MISSING, is_missing
from layers.palette import LATE_MARK, get_palette, list_stage_colors, to_css
from layers.print_map import style
from layers.print_map.ground import flatten
from layers.print_map.points import Sign, SignMap, break_lines
from layers.print_map.swatches import draw_square_swatch
from scenarios.briefings.legends import build_boundary_legend
from scenarios.briefings.material import Material, end_sentence, list_names
from scenarios.briefings.sheet import LegendItem, PaperColumn, Sheet, SheetTable, set_table
from scenarios.elements import Figure
from scenarios.naming import list_rows, name_rows, name_stages
from scenarios.project_monitoring.analysis import COMPLETED, LATE, NOT_STARTED, ON_TIME
from scenarios.project_monitoring.monitor import Monitor, read_monitor
from scenarios.project_monitoring.panel import list_wrongs, say_finding, write_month
from scenarios.view import View

_SIGN_MM = 1.5


def build_projects(material: Material) -> list[Sheet]:
    """Build the sheet of all building projects.

    Raises
    ------
    UsageError
        When the district has none.
    """
    view = material.view
    _ = view.language
    monitor = read_monitor(view.connection, view.district, view.plan)
    projects = monitor.projects
    if projects.empty:
        raise UsageError(
            f"District {view.profile.code} has no building project.",
            mend="Load projects, their buildings and stage records first.",
        )
    title, subtitle = say_finding(projects, view)
    findings = (_say_late(monitor, view), _say_openings(projects, view), _say_wrongs(monitor, view))
    states = projects["state"].value_counts()
    sheet = Sheet(
        title=title,
        subtitle=f"{_('Project monitoring')} · {_.name(view.profile)} · {subtitle}",
        bookmark=_("Project monitoring"),
        map=draw_sites(material, projects),
        findings=tuple(end_sentence(words, _) for words in findings if words),
        figures=tuple(
            Figure(
                _.term(state),
                _.number(states.get(state, 0)),
                None,
                "red" if state == LATE else None,
            )
            for state in (LATE, ON_TIME, NOT_STARTED, COMPLETED)
        ),
        legend_title=_("Construction stage reached"),
        legend=(*build_stage_legend(view), *build_boundary_legend(material)),
        tables=(set_project_table(monitor, projects, view),),
        notes=(
            _("Days late: since the day for which the reached progress was planned."),
            _("Opens: the first September for which the project is ready in time."),
        ),
    )
    return [sheet]


def draw_sites(material: Material, projects: pd.DataFrame) -> Any:
    """Draw the map of the sites of some projects, in the colour of their stage."""
    view = material.view
    _ = view.language
    sites = read_features(view.connection, "layer_projects", district_id=view.district.id)
    sites = sites[sites["id"].isin(projects["project_id"])]
    colors = _list_colors(view)
    signs = []
    for row in sites.itertuples():
        is_late = row.state == LATE
        days = _("{n} days late", n=_.number(row.delay_days))
        late = f"{LATE_MARK} {days}" if is_late else ""
        name = f"{_.pick(row.name_zh, row.name_en)} {_.percent(row.progress_pct, 0)}"
        signs.append(
            Sign(
                rank=-float(0 if is_missing(row.delay_days) else row.delay_days),
                lines=break_lines(name, late),
                fill=colors.get(row.construction_stage, style.NOT_BEGUN),
                radius_mm=_SIGN_MM,
                shape="square",
                color=style.MARKS["red"] if is_late else style.INK,
                is_required=True,
                is_strong=is_late,
            )
        )
    places = flatten(sites, view.profile.metric_srid)
    answer = SignMap(material.ground, places, signs, name_pt=material.paper.name_pt)
    return material.compose(answer)


def _list_colors(view: View) -> dict[str, str]:
    stages = view.profile.construction.stages
    ramp = list_stage_colors(get_palette("light"), len(stages))
    return {stage.code: to_css(color) for stage, color in zip(stages, ramp, strict=True)}


def build_stage_legend(view: View) -> tuple[LegendItem, ...]:
    """Build the legend of the construction stages, from pale to dark as they advance."""
    _ = view.language
    colors = _list_colors(view)
    items = [LegendItem(draw_square_swatch(style.NOT_BEGUN), _("Not started"))]
    items += [
        LegendItem(draw_square_swatch(colors[stage.code]), _.name(stage))
        for stage in view.profile.construction.stages
    ]
    return tuple(items)


def _say_late(monitor: Monitor, view: View) -> str:
    """Say which projects are late and by how much."""
    _ = view.language
    projects = monitor.projects.assign(name=name_rows(monitor.projects, "project", _))
    late = projects[projects["state"] == LATE].sort_values(
        "delay_days", ascending=False, kind="stable"
    )
    if late.empty:
        return _("No project is more than {n} days late",
                 n=_.number(view.profile.construction.late_after_days))  # fmt: skip
    parts = [
        _("{name} ({n} days)", name=row["name"], n=_.number(row["delay_days"]))
        for row in list_rows(late)
    ]
    seats = _.number(late["seats"].sum())
    return _(
        "Late: {names}; they hold {seats} of the seats to open",
        names=list_names(parts, _),
        seats=seats,
    )


def _say_openings(projects: pd.DataFrame, view: View) -> str:
    """Say how many seats open in which year."""
    _ = view.language
    known = projects[projects["state"] != COMPLETED].dropna(subset=["opens_year"])
    if known.empty:
        return ""
    sums = known.groupby("opens_year")["seats"].agg(["sum", "count"])
    parts = [
        _.count(
            "{year} {seats} seats by {n} project",
            "{year} {seats} seats by {n} projects",
            n,
            year=int(year),
            seats=_.number(seats),
        )
        for year, seats, n in sums.itertuples()
    ]
    return _("Seats open as work stands: {parts}", parts=list_names(parts, _, most=4))


def _say_wrongs(monitor: Monitor, view: View) -> str:
    """Say which catchments a slip turns red, and what else is wrong."""
    _ = view.language
    turned = monitor.turned_red
    expected = turned[turned["certainty"] == "expected"]
    words = []
    if expected.empty:
        words.append(_("no slip turns a catchment red that the plan would have cleared"))
    else:
        names = list(dict.fromkeys(name_rows(expected, "school", _)))
        words.append(_("slips leave red: {names}", names=list_names(names, _)))
    projects = monitor.projects
    ahead = projects[projects["is_ahead"].astype(bool)]
    if not ahead.empty:
        names = name_rows(ahead, "project", _)
        words.append(_("paid ahead of the work: {names}", names=list_names(names, _, most=2)))
    grave = int(projects["grave_findings"].sum())
    if grave:
        words.append(_.count("{n} grave finding open", "{n} grave findings open", grave))
    text = _("; ").join(words)
    return text[:1].upper() + text[1:]


def set_project_table(monitor: Monitor, projects: pd.DataFrame, view: View) -> SheetTable:
    """Set projects, the latest first, with what the panel says of each."""
    _ = view.language
    taught = name_stages(view.profile, _)
    construction = {stage.code: _.name(stage) for stage in view.profile.construction.stages}
    ordered = projects.sort_values("delay_days", ascending=False, na_position="last", kind="stable")
    rows = []
    for row in list_rows(ordered.assign(name=name_rows(ordered, "project", _))):
        turned = monitor.turned_red[monitor.turned_red["project_id"] == row["project_id"]]
        place = row["subdistrict_name_zh"], row["subdistrict_name_en"]
        rows.append(
            {
                "name": row["name"],
                "place": MISSING if is_missing(place[0]) else _.pick(*place),
                "taught": list_names([taught.get(code, code) for code in row["stages"]], _),
                "stage": construction.get(row["construction_stage"], _("Not started")),
                "progress": f"{_.number(row['progress_pct'])} / {_.number(row['planned_pct'])}",
                "delay": _mark_delay(row, view),
                "ready": _say_ready(row),
                "opens": MISSING if is_missing(row["opens_year"]) else str(row["opens_year"]),
                "seats": row["seats"],
                "wrongs": _("; ").join(list_wrongs(row, turned, _)),
            }
        )
    columns = [
        PaperColumn("name", _("Project"), is_numeric=False, is_long=True),
        PaperColumn("place", _("Subdistrict"), is_numeric=False, is_extra=True),
        PaperColumn("stage", _("Stage"), is_numeric=False, is_extra=True),
        PaperColumn("progress", _("Done / planned"), is_numeric=True),
        PaperColumn("delay", _("Days late")),
        PaperColumn("ready", _("Ready"), is_extra=True),
        PaperColumn("opens", _("Opens")),
        PaperColumn("seats", _("Seats")),
        PaperColumn("wrongs", _("To note"), is_numeric=False, is_extra=True, is_long=True),
    ]
    names = [column.name for column in columns] + ["taught"]
    return set_table(
        _("Projects, the latest first"),
        pd.DataFrame(rows, columns=names),
        columns,
        _,
        empty=_("No project."),
    )


def _mark_delay(row: dict[str, Any], view: View) -> str:
    _ = view.language
    if is_missing(row["delay_days"]):
        return MISSING
    mark = f"{LATE_MARK}\u00a0" if row["state"] == LATE else ""
    return f"{mark}{_.signed(row['delay_days'])}"


def _say_ready(row: dict[str, Any]) -> str:
    return MISSING if is_missing(row["expected_end_on"]) else write_month(row["expected_end_on"])
