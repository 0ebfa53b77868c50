"""Panel of a project: the schedule of its buildings, the seats it opens, the warnings around."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from gis.database import read_table
from gis.errors import UsageError
from layers.language import MISSING, Language, is_missing
from scenarios.elements import (
    Column,
    build_figures,
    build_heading,
    build_link,
    build_note,
    build_page,
    build_section,
    build_source,
    build_table,
)
from scenarios.enrolment_warning.answer import read_counts
from scenarios.enrolment_warning.outlook import rank_catchments
from scenarios.enrolment_warning.panel import build_catchment_table
from scenarios.naming import choose_stage, list_rows, name_stages
from scenarios.project_monitoring.analysis import COMPLETED
from scenarios.project_monitoring.curves import build_curve
from scenarios.project_monitoring.monitor import read_monitor
from scenarios.project_monitoring.outlook import build_completion, build_turned_red
from scenarios.project_monitoring.report_form import build_report_form
from scenarios.project_monitoring.schedule import build_schedule
from scenarios.project_monitoring.site_sections import (
    build_history,
    build_inspections,
    build_money,
)
from scenarios.project_monitoring.slips import DONE
from scenarios.view import View

_SLIP_KEYS = ["project_building_id", "construction_stage"]


def build_project_panel(view: View, project_id: int) -> Component:
    """Build the panel of one project.

    Raises
    ------
    UsageError
        When the district has no such project.
    """
    _ = view.language
    asked = {"district_id": view.district.id, "project_id": project_id}
    facts = read_table(view.connection, "project_facts", **asked)
    if facts.empty:
        raise UsageError(
            f"District {view.profile.code} has no project {project_id}.",
            mend="Choose a project on the map.",
        )
    monitor = read_monitor(view.connection, view.district, view.plan)
    openings = monitor.openings[monitor.openings["project_id"] == project_id]
    project = list_rows(monitor.projects[monitor.projects["project_id"] == project_id])[0]
    slips = monitor.slips[monitor.slips["project_id"] == project_id]
    stages = _prepare_stages(read_table(view.connection, "project_stages", **asked), slips, view)
    day = view.profile.data_date if slips.empty else slips["measured_on"].max().date()
    name = _.pick(project["project_name_zh"], project["project_name_en"])
    return build_page(
        build_heading(*_say_finding(name, project, view)),
        _build_figures(project, _),
        build_completion(project, monitor, view),
        build_turned_red(project, monitor, view),
        build_section(
            _("Progress"),
            None if slips.empty else build_curve(slips, _),
            note=_("values of {day}", day=day),
        ),
        build_section(
            _("Stages of each building"),
            None if stages.empty else build_schedule(stages, _, day=day),
            _build_dates(stages, _),
            note=_("pale: plan, full: done, dashed: {day}", day=day),
        ),
        build_report_form(stages, view),
        build_money(project, monitor, view),
        build_inspections(project, monitor, view),
        build_section(_("Seats it opens"), _build_seats(openings, view)),
        _build_around(view, openings, asked),
        build_section(_("Project"), *_list_facts(list_rows(facts)[0], view)),
        build_history(project, view),
        build_source(
            view, run_id=None if is_missing(project["run_id"]) else int(project["run_id"])
        ),
    )


def _say_finding(name: str, project: dict[str, Any], view: View) -> tuple[str, str]:
    _ = view.language
    subtitle = f"{_.term(project['kind'])} · {_('Project')} {project['project_code']}"
    about = {"project": name, "year": project["opens_year"]}
    if is_missing(project["state"]):
        return _("{project} is planned to open in {year}", **about), subtitle
    if project["state"] == COMPLETED:
        return _("{project} is completed, open from {year}", **about), subtitle
    if project["delay_days"] > 0:
        return _.count(
            "{project} is {n} day behind plan and can open in {year}",
            "{project} is {n} days behind plan and can open in {year}",
            project["delay_days"],
            **about,
        ), subtitle
    return _("{project} keeps its plan and can open in {year}", **about), subtitle


def _build_figures(project: dict[str, Any], _: Language) -> Component:
    figures = [
        (_("Done"), _.percent(project["progress_pct"], 0)),
        (_("Planned by now"), _.percent(project["planned_pct"], 0)),
        (_("Delay"), _.signed(project["delay_days"]), _("days")),
        (_("Seats"), _.number(project["seats"])),
    ]
    return build_figures(figures)


def _prepare_stages(stages: pd.DataFrame, slips: pd.DataFrame, view: View) -> pd.DataFrame:
    """Order the stages of each building as the profile does, with slips, and in words."""
    _ = view.language
    names = {stage.code: _.name(stage) for stage in view.profile.construction.stages}
    known = stages[stages["construction_stage"].isin(names)]
    pairs = zip(known["building_name_zh"], known["building_name_en"], strict=True)
    facts = zip(
        known["building_progress_pct"], known["floors"], known["floor_area_m2"], strict=True
    )
    return (
        known.assign(
            order=known["construction_stage"].map({code: at for at, code in enumerate(names)}),
            stage_name=known["construction_stage"].map(names),
            building=[_.pick(zh, en) for zh, en in pairs],
            building_words=[
                _.count(
                    "{n} floor, {area} m², {done} done",
                    "{n} floors, {area} m², {done} done",
                    n,
                    area=_.number(area),
                    done=_.percent(done, 0),
                )
                for done, n, area in facts
            ],
        )
        .sort_values(["project_building_id", "order"], kind="stable")
        .merge(
            slips[
                [*_SLIP_KEYS, "project_building_code", "recorded_on", "slip_days", "stage_state"]
            ],
            on=_SLIP_KEYS,
            how="left",
        )
    )


def _build_dates(stages: pd.DataFrame, _: Language) -> Component | None:
    """Set the planned and actual days of each stage as a table."""
    if stages.empty:
        return None
    rows = stages.assign(
        name=[
            f"{building} · {stage}"
            for building, stage in zip(stages["building"], stages["stage_name"], strict=True)
        ],
        planned=_set_spans(stages["planned_start_on"], stages["planned_end_on"]),
        actual=_set_spans(stages["actual_start_on"], stages["actual_end_on"]),
        slip=[
            _write_slip(days, state, _)
            for days, state in zip(stages["slip_days"], stages["stage_state"], strict=True)
        ],
    )
    columns = [
        Column("name", _("Stage")),
        Column("planned", _("Planned"), align="right", format=lambda days: days),
        Column("actual", _("Actual"), align="right", format=lambda days: days),
        Column("slip", _("Slip"), _("days"), align="right", format=lambda slip: slip),
    ]
    return build_table(rows, columns, language=_, limit=5)


def _write_slip(days: Any, state: Any, _: Language) -> Component:
    """Write a slip; one that is only expected says so."""
    parts: list[Component | str] = [_.signed(days)]
    if not is_missing(days) and state != DONE:
        parts.append(html.Span(_("expected"), className="column-unit"))
    return html.Span(parts)


def _set_spans(starts: pd.Series, ends: pd.Series) -> list[Component]:
    """Set first above last days; a dash for what is not there yet."""
    return [
        html.Span([_write_day(start), html.Br(), _write_day(end)])
        for start, end in zip(starts, ends, strict=True)
    ]


def _write_day(day: object) -> str:
    return MISSING if is_missing(day) else f"{day:%Y-%m-%d}"


def _build_seats(openings: pd.DataFrame, view: View) -> Component:
    _ = view.language
    names = name_stages(view.profile, _)
    seats = openings.dropna(subset=["stage"])
    return build_table(
        seats.assign(stage_name=seats["stage"].map(names)),
        [
            Column("stage_name", _("Stage of education")),
            Column("classes", _("Classes")),
            Column("entry_seats", _("Entry seats")),
            Column("seats", _("Seats")),
            Column("planned_year", _("Planned"), align="right", format=str),
        ],
        language=_,
        empty=_("No seats are stated."),
    )


def _build_around(view: View, openings: pd.DataFrame, asked: dict[str, Any]) -> Component | None:
    """Set the warnings of the catchment that holds the site and of those that border it."""
    _ = view.language
    stage = choose_stage(view.profile, view.stage, openings["stage"].dropna())
    if stage is None or not view.profile.get_stage(stage).catchments:
        return None
    around = read_table(view.connection, "catchments_around_project", plan_id=view.plan.id, **asked)
    near = around.loc[around["stage"] == stage, "school_id"]
    counts = read_counts(view.connection, view.district, view.plan, stage=stage, year=view.year)
    ranked = rank_catchments(counts[counts["school_id"].isin(near)])
    if ranked.empty:
        return None
    return build_section(
        _("Catchments around it"),
        build_catchment_table(ranked, view),
        note=f"{name_stages(view.profile, _)[stage]} {view.year}",
    )


def _list_facts(row: dict[str, Any], view: View) -> list[Component]:
    _ = view.language
    parts = []
    if not is_missing(row["subdistrict_name_zh"]):
        parts.append(_.pick(row["subdistrict_name_zh"], row["subdistrict_name_en"]))
    if not is_missing(row["contractor"]):
        parts.append(_("Contractor: {name}", name=row["contractor"]))
    if not is_missing(row["investment_yuan"]):
        parts.append(_("Investment: {amount} yuan", amount=_.number(row["investment_yuan"])))
    if not is_missing(row["site_area_m2"]):
        parts.append(_("Site: {area} m²", area=_.number(row["site_area_m2"])))
    facts = [build_note(" · ".join(parts))] if parts else []
    if not is_missing(row["school_id"]):
        name = _.pick(row["school_name_zh"], row["school_name_en"])
        facts.append(build_link("school", int(row["school_id"]), name))
    return facts
