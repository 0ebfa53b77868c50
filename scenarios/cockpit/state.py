"""What the browser keeps of a view, and the view that the server makes of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from catchments.profile import Profile
from gis.access import Role
from gis.database import Database
from gis.errors import UsageError
from gis.selected_areas import parse_area
from layers.language import load_language
from layers.scene import Kind, Theme
from scenarios.addresses.page import Page as AddressPage
from scenarios.addresses.page import parse_page as parse_addresses
from scenarios.cockpit.catalogue import ENTITY_PANELS, SCENARIOS, Scenario, find_scenario
from scenarios.district import check_choice, find_district, find_plan
from scenarios.enrolment_warning.admission.page import Page, parse_page
from scenarios.enrolment_warning.area_tools import TOOLS
from scenarios.enrolment_warning.forecast.page import Ahead, parse_ahead
from scenarios.school_network.drafting_words import METHOD_WORDS
from scenarios.stewardship.page import DataPage, parse_data_page
from scenarios.view import View

THEMES = ("light", "dark")
# Made inside a panel: grouping of projects, stage that is reported, resource that is told, domain
# of growth, paper, subject of teachers, and the school whose classes are told; subdistrict set
# beside another, school whose appraisal is open.
CHOICES = (
    "by",
    "report",
    "indicator",
    "domain",
    "exam",
    "within",
    "subject",
    "beside",
    "appraised",
)
SIDES = ("before", "after")  # of two maps: the plan that is chosen, the plan set beside it


@dataclass(frozen=True)
class State:
    """One moment of the cockpit; what is None follows from the district or the scenario.

    Parameters
    ----------
    drawing
        Method that is chosen on the page where plans are drawn; None while it is closed.
    compare
        Code of a plan that is set beside `plan`.
    side
        Side of the comparison that `selection` was clicked on.
    admission
        Page of the yearly assignment that is open.
    ahead
        Page of the years ahead that is open.
    chosen
        What was chosen inside a panel, by its name among `CHOICES`.
    area
        The selected area, as :func:`gis.selected_areas.parse_area` reads it.
    picking
        Tool by which an area is being selected.
    clearing
        Catchment whose measures were ordered; see `ClearOrder.code`.
    addresses
        Page of the addresses that wait for a person.
    data
        Page of data management that is open.
    """

    district: str
    scenario: Scenario
    language: str
    theme: Theme
    plan: str | None = None
    stage: str | None = None
    year: int | None = None
    selection: tuple[Kind, int] | None = None
    layers: tuple[str, ...] | None = None
    drawing: str | None = None
    compare: str | None = None
    side: str | None = None
    admission: Page | None = None
    ahead: Ahead | None = None
    chosen: Mapping[str, str] = field(default_factory=dict)
    area: str | None = None
    picking: str | None = None
    clearing: str | None = None
    addresses: AddressPage | None = None
    data: DataPage | None = None

    @property
    def role(self) -> Role:
        """Rights that the open page needs: personal rows are for stewards and officers."""
        if self.addresses or self.data:
            return Role.STEWARD
        return Role.OFFICER if self.admission else Role.PLANNER

    def read(
        self, result: Literal["compare", "admission", "clearing", "data", "upload"]
    ) -> str | None:
        """Return the draft, run, catchment or files that are shown, as the browser names them."""
        if result in ("data", "upload"):
            page = self.data
            return None if page is None else page.kind if result == "data" else page.upload
        if result == "compare":
            return self.compare
        if result == "clearing":
            return self.clearing
        return self.admission.code if self.admission else None


def parse_state(data: Mapping[str, Any]) -> State:
    """Read what the browser sent; it may come from an address that somebody typed.

    Raises
    ------
    UsageError
        When a word or number of it is unknown.

    Examples
    --------
    >>> state = parse_state({"district": "ouhai", "language": "zh", "theme": "light",
    ...                      "year": "2027", "selection": {"kind": "school", "id": 12}})
    >>> state.year, state.selection, state.scenario.code
    (2027, ('school', 12), 'school_network')
    """
    theme = data.get("theme") or "light"
    if theme not in THEMES:
        raise UsageError(f"There is no theme '{theme}'.", mend="Use light or dark.")
    layers = data.get("layers")
    return State(
        district=str(data["district"]),
        scenario=find_scenario(data.get("scenario") or SCENARIOS[0].code),
        language=load_language(str(data.get("language"))).code,
        theme=cast(Theme, theme),
        plan=data.get("plan") or None,
        stage=data.get("stage") or None,
        year=_parse_number(data.get("year"), "year"),
        selection=_parse_selection(data.get("selection")),
        layers=None if layers is None else tuple(layers),
        drawing=_parse_word(data.get("drawing"), METHOD_WORDS, "method"),
        compare=data.get("compare") or None,
        side=_parse_word(data.get("side"), SIDES, "side"),
        admission=parse_page(data),
        ahead=parse_ahead(data),
        chosen={name: str(data[name]) for name in CHOICES if data.get(name)},
        area=_parse_area(data.get("area")),
        picking=_parse_word(data.get("picking"), TOOLS, "tool"),
        clearing=str(data["clearing"]) if data.get("clearing") else None,
        addresses=parse_addresses(data),
        data=parse_data_page(data),
    )


def _parse_word(word: Any, known: Collection[str], name: str) -> str | None:
    if word and word not in known:
        raise UsageError(f"There is no {name} '{word}'.", mend=f"Use one of {', '.join(known)}.")
    return word or None


def _parse_area(text: Any) -> str | None:
    """Check the selected area; it is kept as the address writes it."""
    if not text:
        return None
    parse_area(str(text))
    return str(text)


def _parse_selection(data: Mapping[str, Any] | None) -> tuple[Kind, int] | None:
    if not data:
        return None
    kind, number = data.get("kind"), _parse_number(data.get("id"), "id")
    if kind not in ENTITY_PANELS or number is None:
        raise UsageError(
            f"There is no panel for '{kind}'.", mend=f"Use one of {', '.join(ENTITY_PANELS)}."
        )
    return cast(Kind, kind), number


def _parse_number(value: Any, name: str) -> int | None:
    if value is None or value == "":
        return None
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise UsageError(f"'{value}' is no {name}.", mend="Write a whole number.") from error


@contextmanager
def open_view(database: Database, state: State) -> Iterator[View]:
    """Open a transaction and find what the state names.

    The role is the planner's; the officer's while a page of the assignment is open, and the
    steward's while one of the addresses or of data management is.

    Raises
    ------
    UsageError
        When the district, plan, stage or year does not exist.
    """
    with database.begin(state.role) as connection:
        district = find_district(connection, state.district)
        stage = state.stage or choose_stage(district.profile)
        yield View(
            connection,
            district,
            find_plan(connection, district, state.plan),
            stage,
            check_choice(district, stage=stage, year=state.year),
            load_language(state.language),
            state.chosen,
        )


def choose_stage(profile: Profile) -> str:
    """Choose the stage that a district opens with: the longest one that has catchments.

    ASSUMPTION: the longest stage holds most children and is what people ask about first.
    """
    return max(profile.list_catchment_stages(), key=lambda stage: stage.grades).code
