"""What the page shows for a state: controls, map, answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from dash.development.base_component import Component

from gis.database import Database, read_table
from gis.settings import DISTRICTS
from layers.catalogue import (
    build_layers,
    compare_layers,
    list_available,
    read_bounds,
    read_versions,
)
from layers.deck import View as Camera
from layers.deck import build_deck
from layers.language import Language, load_language
from layers.scene import Scene
from scenarios.addresses.panel import build_addresses_panel, list_spots
from scenarios.cockpit import layout
from scenarios.cockpit.catalogue import ENTITY_PANELS
from scenarios.cockpit.jobs import KINDS
from scenarios.cockpit.search import find_area, find_camera, find_moved, list_places
from scenarios.cockpit.state import SIDES, State, open_view
from scenarios.district import Plan, find_plan, list_plans
from scenarios.elements import build_back, build_stage_choice
from scenarios.enrolment_warning.admission.page import NEWEST, TRIAL, Page
from scenarios.enrolment_warning.admission.panel import Request, build_admission_panel
from scenarios.enrolment_warning.admission.rule_shelf import list_rules
from scenarios.enrolment_warning.admission.runs import choose_run, list_runs
from scenarios.enrolment_warning.area_panel import build_area_panel
from scenarios.enrolment_warning.clear_order import find_clearing
from scenarios.enrolment_warning.forecast.page import CLOSED as FORECAST_CLOSED
from scenarios.enrolment_warning.forecast.page import Ahead
from scenarios.enrolment_warning.forecast.panel import build_forecast_panel
from scenarios.enrolment_warning.forecast.runs import find_forecast
from scenarios.jobs import JobDesk
from scenarios.naming import name_stages
from scenarios.project_monitoring.timeline import read_timeline
from scenarios.school_network.drafting_comparison_panel import build_comparison_panel
from scenarios.school_network.drafting_panel import build_drafting_panel
from scenarios.stewardship.panel import build_data_panel
from scenarios.stewardship.uploads import UploadShelf
from scenarios.view import View

# On two maps beside each other only what answers the question.
COMPARED_LAYERS = ("moved", "catchments", "schools", "basemap")
FORECAST_LAYERS = ("red_chance", "schools", "subdistricts", "basemap")
INDICATOR_LAYERS = ("balance", "balance_spots", "subdistricts", "basemap")
ADMISSION_LAYERS = ("placements", "seated_share", "schools", "subdistricts", "basemap")


def build_chrome(database: Database, state: State) -> dict[str, Any]:
    """Build the controls around the map: what each element shows, by ``id.property``."""
    with open_view(database, state) as view:
        _ = view.language
        other = find_other(view, state)
        plans = list_plans(view.connection, view.district)
        if view.plan.is_draft:  # an address may open a draft as the plan itself
            plans.append(view.plan)
        districts = list(read_table(view.connection, "districts").itertuples())
        has_timeline = "projects" in state.scenario.layers and other is None
        sites = read_timeline(view) if has_timeline else None
    name = _.name(view.profile)
    words = {
        "tag": _.tag,
        "title": f"{_(layout.PRODUCT)} · {name}",
        "map": _("3D map of {district}", district=name),
    }
    return {
        "title.children": layout.build_title(view, len(districts)),
        "switches.children": layout.build_switches(state, _),
        "rail.children": layout.build_rail(state),
        "stages.children": build_stage_choice(view, is_wrapped=False),
        # The page of the years ahead has a choice of its own.
        "years.children": None if state.ahead else layout.build_years(view),
        "map-buttons.children": layout.build_map_buttons(view, state),
        "sides.children": layout.build_sides(view.plan, other, _),
        "district.data": layout.build_options(districts, _),
        "district.value": view.profile.code,
        "district.aria-label": _("District"),
        "plan.data": layout.build_options(plans, _),
        "plan.value": view.plan.code,
        "plan.aria-label": _("Plan"),
        "search.placeholder": _("Find a school or community"),
        f"{layout.WORDS}.data": words,
        f"{layout.SITES}.data": sites,
    }


def build_scene(
    database: Database, state: State, *, prefix: str
) -> tuple[dict[str, Any], Component]:
    """Build the Deck of the map, and the list of layers with their legends."""
    with open_view(database, state) as view:
        other = find_other(view, state)
        scene = before = _describe(view, state, prefix)
        if other is not None:
            before = replace(before, is_compared=True)
            scene = replace(
                before,
                plan_id=other.id,
                plan_code=other.code,
                against=view.plan.code,
                against_id=view.plan.id,
            )
        available = list_available(view.connection, scene)
    shown = set(_choose_layers(state, scene)) & available
    camera = Camera(id=view.profile.code, **view.profile.view.model_dump())
    if other is None:
        deck = build_deck(build_layers(scene, shown=shown), camera)
    else:
        deck = build_deck(compare_layers(before, scene, shown, SIDES), camera, sides=SIDES)
    return deck, layout.build_layers(scene, shown, available)


def _choose_layers(state: State, scene: Scene) -> tuple[str, ...]:
    """Return the layers that a person chose, or those that answer the open page."""
    if state.layers is not None:
        return state.layers
    if scene.is_compared:
        return COMPARED_LAYERS
    if scene.ahead is not None:
        return FORECAST_LAYERS
    if scene.indicator is not None and "balance" in state.scenario.layers:
        return INDICATOR_LAYERS
    return state.scenario.layers if scene.run_id is None else ADMISSION_LAYERS


def find_other(view: View, state: State) -> Plan | None:
    """Return the plan that is set beside the plan of the view, if any."""
    if state.compare is None:
        return None
    other = find_plan(view.connection, view.district, state.compare)
    return None if other.id == view.plan.id else other


def _describe(view: View, state: State, prefix: str) -> Scene:
    ground_version, version = read_versions(view.connection, view.district.id)
    forecast_id = _find_forecast(view, state.ahead)
    return Scene(
        district_id=view.district.id,
        profile=view.profile,
        plan_id=view.plan.id,
        plan_code=view.plan.code,
        stage=view.stage,
        year=view.year,
        language=view.language,
        theme=state.theme,
        ground_version=ground_version,
        version=version,
        selected=state.selection,
        prefix=prefix,
        run_id=_find_run(view, state.admission),
        forecast_id=forecast_id,
        ahead=state.ahead.choose_year(view.profile) if state.ahead and forecast_id else None,
        exam=state.chosen.get("exam", ""),
        subject=_find_subject(view),
        area=state.area,
        picking=state.picking,
        indicator=state.chosen.get("indicator"),
        bounds=read_bounds(view.connection, view.district.id),
        spots=list_spots(view, state.addresses),
    )


def _find_subject(view: View) -> str | None:
    """Return the subject that is chosen, if the lesson plan has it."""
    asked = view.chosen.get("subject")
    return asked if asked in {one.code for one in view.profile.teachers.subjects} else None


def _find_forecast(view: View, ahead: Ahead | None) -> int | None:
    """Return the run of the forecast whose page is open, if it was computed."""
    if ahead is None:
        return None
    runs = find_forecast(view.connection, view.district, view.plan, ahead.variant)
    return None if runs is None else runs.plan_id


def _find_run(view: View, page: Page | None) -> int | None:
    """Return the run whose page is open; a dry run has nothing that a map could show."""
    if page is None or page.kind == TRIAL:
        return None
    runs = list_runs(view.connection, view.district, view.stage, view.year)
    run = choose_run(runs, page.run_id, view.plan.code)
    return run.id if run else None


def build_answer(
    database: Database,
    state: State,
    *,
    desk: JobDesk | None = None,
    districts: Path = DISTRICTS,
    shelf: UploadShelf | None = None,
) -> list[Component]:
    """Build the panel of what is selected, of the page that is open, or of the scenario.

    Parameters
    ----------
    desk
        Has the last job of the district.
    districts
        Folder that holds the rule files of each district.
    shelf
        Holds the files that are being brought in.
    """
    with open_view(database, state) as view:
        if state.addresses is not None and state.selection is None:
            name = view.language(state.scenario.name)
            return build_addresses_panel(view, state.addresses, name)
        if state.data is not None and shelf is not None:
            return build_data_panel(view, state.data, shelf, view.language(state.scenario.name))
        if state.admission is not None and not _is_elsewhere(state):
            return _build_admission(view, state, desk, districts)
        other = find_other(view, state)
        if state.selection is not None:
            kind, id = state.selection
            # What was clicked on the right side is told as the plan on the right has it.
            told = replace(view, plan=other) if other and state.side == "after" else view
            if desk is not None:
                told = replace(told, clearing=find_clearing(told, desk, id))
            back = build_back(_name_page(state, other, view.language), selection=None, side=None)
            return [back, ENTITY_PANELS[kind](told, id)]
        if other is not None:
            below = replace(state, compare=None)
            back = build_back(_name_page(below, None, view.language), compare=None, layers=None)
            return [back, build_comparison_panel(view, other)]
        if state.ahead is not None:
            back = build_back(view.language(state.scenario.name), layers=None, **FORECAST_CLOSED)
            return [back, build_forecast_panel(view, state.ahead)]
        if state.drawing is not None:
            back = build_back(view.language(state.scenario.name), drawing=None)
            return [back, build_drafting_panel(view, state.drawing)]
        if state.area is not None or state.picking is not None:
            back = build_back(view.language(state.scenario.name), area=None, picking=None)
            return [back, build_area_panel(view, state.area, state.picking)]
        return [state.scenario.build_panel(view)]


def _is_elsewhere(state: State) -> bool:
    """Whether something is selected of which the assignment tells nothing."""
    return state.selection is not None and state.selection[0] not in ("school", "catchment")


def _build_admission(
    view: View, state: State, desk: JobDesk | None, districts: Path
) -> list[Component]:
    asked = Request(
        state.admission or Page(NEWEST),
        list_rules(districts, view.profile.code),
        desk.find(view.profile.code) if desk else None,
        state.selection[1] if state.selection else None,
        view.language(state.scenario.name),
    )
    return build_admission_panel(view, asked)


def _name_page(state: State, other: Plan | None, language: Language) -> str:
    """Name the page that lies below a panel."""
    if state.addresses is not None:
        return language("Place addresses")
    if other is not None:
        return language("Comparison")
    if state.ahead is not None:
        return language("Years ahead")
    if state.drawing:
        return language("Draw catchments")
    return language("Selected area" if state.area or state.picking else state.scenario.name)


def build_job(
    database: Database, desk: JobDesk, state: State
) -> tuple[Component | None, bool, dict[str, Any]]:
    """Build what is told of the district's job, whether all is quiet, and its state."""
    status = desk.find(state.district)
    if status is None:
        return None, True, {}
    kind = KINDS[type(status.order)]
    with open_view(database, state) as view:
        stages = name_stages(view.profile, view.language)
    told: dict[str, Any] = {"number": status.number, "state": status.state, "page": kind.page}
    is_seen = False
    if status.state == "done":
        told["shown"] = kind.open_result(status)
        is_seen = told["shown"][kind.result] == state.read(kind.result)
        if kind.result == "upload" and not is_seen:
            told["page"] = ""  # files of somebody else open on no other page
    card = None if is_seen else kind.build_card(status, stages, load_language(state.language))
    return card, status.state != "running", told


def list_searchable(database: Database, state: State) -> list[dict[str, Any]]:
    """List what the search box offers."""
    with open_view(database, state) as view:
        return list_places(view)


def find_place(database: Database, state: State, place: dict[str, Any]) -> dict[str, float]:
    """Return the camera that shows a place, or what another plan moves."""
    if place["kind"] == "area":
        with open_view(database, replace(state, area=str(place["area"]))) as view:
            return find_area(view, str(place["area"]))
    if place["kind"] != "moved":
        with open_view(database, state) as view:
            return find_camera(view, str(place["kind"]), place.get("id"))
    # The state may still be that before the click.
    asked = replace(state, compare=place["compare"], stage=place.get("stage") or state.stage)
    with open_view(database, asked) as view:
        other = find_other(view, asked)
        return find_moved(view, other) if other else find_camera(view, "district", None)
