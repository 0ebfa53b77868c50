"""What the page shows for a state: controls, map, answer."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from gis.database import Database, read_table
from layers.catalogue import build_layers, list_available, read_versions
from layers.deck import View as Camera
from layers.deck import build_deck
from layers.scene import Scene
from scenarios.cockpit import layout
from scenarios.cockpit.catalogue import ENTITY_PANELS
from scenarios.cockpit.search import find_camera, list_places
from scenarios.cockpit.state import State, open_view
from scenarios.district import list_plans
from scenarios.view import View


def build_chrome(database: Database, state: State) -> dict[str, Any]:
    """Build the controls around the map: what each element shows, by ``id.property``."""
    with open_view(database, state) as view:
        _ = view.language
        plans = list_plans(view.connection, view.district)
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
        scene = _describe(view, state, prefix)
        available = list_available(view.connection, scene)
    shown = set(state.scenario.layers if state.layers is None else state.layers) & available
    camera = Camera(id=view.profile.code, **view.profile.view.model_dump())
    deck = build_deck(build_layers(scene, shown=shown), camera)
    return deck, layout.build_layers(scene, shown, available)


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
        if state.selection is None:
            return [state.scenario.build_panel(view)]
        kind, id = state.selection
        back = html.Button(
            [html.Span(className="icon icon-back"), view.language(state.scenario.name)],
            id="close-panel",
            type="button",
            className="panel-back",
            **layout.patch(selection=None),
        )
        return [back, ENTITY_PANELS[kind](view, id)]


def list_searchable(database: Database, state: State) -> list[dict[str, Any]]:
    """List what the search box offers."""
    with open_view(database, state) as view:
        return list_places(view)


def find_place(database: Database, state: State, place: dict[str, Any]) -> dict[str, float]:
    """Return the camera that shows a place."""
    with open_view(database, state) as view:
        return find_camera(view, str(place["kind"]), place.get("id"))
