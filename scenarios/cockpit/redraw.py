"""What the page shows for a state: controls, map, answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dash import html
from dash.development.base_component import Component

from gis.database import Database, read_table
from layers.catalogue import build_layers, compare_layers, list_available, read_versions
from layers.deck import View as Camera
from layers.deck import build_deck
from layers.language import Language, load_language
from layers.scene import Scene
from scenarios.cockpit import layout
from scenarios.cockpit.catalogue import ENTITY_PANELS
from scenarios.cockpit.search import find_camera, find_moved, list_places
from scenarios.cockpit.state import SIDES, State, open_view
from scenarios.district import Plan, find_plan, list_plans
from scenarios.elements import patch
from scenarios.naming import name_stages
from scenarios.school_network import drafting_panel
from scenarios.school_network.drafting import DraftDesk
from scenarios.school_network.drafting_comparison_panel import build_comparison_panel
from scenarios.school_network.drafting_panel import build_drafting_panel
from scenarios.view import View

# On two maps beside each other only what answers the question.
COMPARED_LAYERS = ("moved", "catchments", "schools", "basemap")


def build_chrome(database: Database, state: State) -> dict[str, Any]:
    """Build the controls around the map: what each element shows, by ``id.property``."""
    with open_view(database, state) as view:
        _ = view.language
        other = find_other(view, state)
        plans = list_plans(view.connection, view.district)
        if view.plan.is_draft:  # an address may open a draft as the plan itself
            plans.append(view.plan)
        districts = list(read_table(view.connection, "districts").itertuples())
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
        "stages.children": layout.build_stages(view),
        "years.children": layout.build_years(view),
        "map-buttons.children": layout.build_map_buttons(view),
        "sides.children": layout.build_sides(view.plan, other, _),
        "district.data": layout.build_options(districts, _),
        "district.value": view.profile.code,
        "district.aria-label": _("District"),
        "plan.data": layout.build_options(plans, _),
        "plan.value": view.plan.code,
        "plan.aria-label": _("Plan"),
        "search.placeholder": _("Find a school or community"),
        f"{layout.WORDS}.data": words,
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
    opening = state.scenario.layers if other is None else COMPARED_LAYERS
    shown = set(opening if state.layers is None else state.layers) & available
    camera = Camera(id=view.profile.code, **view.profile.view.model_dump())
    if other is None:
        deck = build_deck(build_layers(scene, shown=shown), camera)
    else:
        deck = build_deck(compare_layers(before, scene, shown, SIDES), camera, sides=SIDES)
    return deck, layout.build_layers(scene, shown, available)


def find_other(view: View, state: State) -> Plan | None:
    """Return the plan that is set beside the plan of the view, if any."""
    if state.compare is None:
        return None
    other = find_plan(view.connection, view.district, state.compare)
    return None if other.id == view.plan.id else other


def _describe(view: View, state: State, prefix: str) -> Scene:
    ground_version, version = read_versions(view.connection, view.district.id)
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
    )


def build_answer(database: Database, state: State) -> list[Component]:
    """Build the panel of what is selected, or of the scenario."""
    with open_view(database, state) as view:
        other = find_other(view, state)
        if state.selection is not None:
            kind, id = state.selection
            # What was clicked on the right side is told as the plan on the right has it.
            told = replace(view, plan=other) if other and state.side == "after" else view
            back = _build_back(_name_page(state, other, view.language), selection=None, side=None)
            return [back, ENTITY_PANELS[kind](told, id)]
        if other is not None:
            below = replace(state, compare=None)
            back = _build_back(_name_page(below, None, view.language), compare=None, layers=None)
            return [back, build_comparison_panel(view, other)]
        if state.drawing is not None:
            back = _build_back(view.language(state.scenario.name), drawing=None)
            return [back, build_drafting_panel(view, state.drawing)]
        return [state.scenario.build_panel(view)]


def _name_page(state: State, other: Plan | None, language: Language) -> str:
    """Name the page that lies below a panel."""
    if other is not None:
        return language("Comparison")
    return language("Draw catchments" if state.drawing else state.scenario.name)


def _build_back(name: str, **changes: Any) -> Component:
    return html.Button(
        [html.Span(className="icon icon-back"), name],
        id="close-panel",
        type="button",
        className="panel-back",
        **patch(**changes),
    )


def build_job(
    database: Database, desk: DraftDesk, state: State
) -> tuple[Component | None, bool, dict[str, Any]]:
    """Build what is told of the district's drawing job, whether all is quiet, and its state."""
    status = desk.find(state.district)
    if status is None:
        return None, True, {}
    with open_view(database, state) as view:
        stages = name_stages(view.profile, view.language)
    seen = status.plan is not None and status.plan == state.compare
    shown = (
        None if seen else drafting_panel.build_job(status, stages, load_language(state.language))
    )
    told = {
        "number": status.number,
        "state": status.state,
        "plan": status.plan,
        "stage": status.order.stage,
    }
    return shown, status.state != "running", told


def list_searchable(database: Database, state: State) -> list[dict[str, Any]]:
    """List what the search box offers."""
    with open_view(database, state) as view:
        return list_places(view)


def find_place(database: Database, state: State, place: dict[str, Any]) -> dict[str, float]:
    """Return the camera that shows a place, or what another plan moves."""
    if place["kind"] != "moved":
        with open_view(database, state) as view:
            return find_camera(view, str(place["kind"]), place.get("id"))
    # The state may still be that before the click.
    asked = replace(state, compare=place["compare"], stage=place.get("stage") or state.stage)
    with open_view(database, asked) as view:
        other = find_other(view, asked)
        return find_moved(view, other) if other else find_camera(view, "district", None)
