"""What is printed: a kind of briefing and its choices, made into an edition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gis.errors import UsageError
from gis.runs import find_newest_run
from layers.print_map.frame import Bounds
from scenarios.briefings.appraisal import build_appraisal
from scenarios.briefings.atlas import build_atlas
from scenarios.briefings.balance import build_balance
from scenarios.briefings.catchment import build_catchment
from scenarios.briefings.catchments import build_catchments
from scenarios.briefings.edition import Edition, print_edition
from scenarios.briefings.growth import build_growth
from scenarios.briefings.material import Material, read_material
from scenarios.briefings.network import build_network
from scenarios.briefings.paper import choose_paper
from scenarios.briefings.projects import build_projects
from scenarios.briefings.results import build_results
from scenarios.briefings.school import build_school
from scenarios.briefings.sheet import Sheet
from scenarios.briefings.subdistrict import build_subdistrict
from scenarios.briefings.teachers import build_teachers
from scenarios.briefings.warning import build_warning
from scenarios.view import View


@dataclass(frozen=True)
class Order:
    """What somebody wants printed.

    Parameters
    ----------
    id
        School or subdistrict of a briefing about one of them.
    by
        What an atlas has a page for: catchment or school.
    extent_m
        What the map shows, in the metric CRS; by default all that the briefing is about.
    whole_share
        Share of the district from which on an extent counts as all of it.
    """

    kind: str
    paper: str = "A3"
    id: int | None = None
    by: str = "catchment"
    extent_m: Bounds | None = None
    whole_share: float = 1.0


@dataclass(frozen=True)
class Printed:
    """A finished briefing: the file, and what is to know about it."""

    pdf: bytes
    title: str
    findings: tuple[str, ...]
    sheets: int
    run_id: int | None


Builder = Callable[[Material, Order], Edition]


def _print_sheets(build: Callable[[Material], list[Sheet]], run_kind: str) -> Builder:
    def build_edition(material: Material, _order: Order) -> Edition:
        return Edition(tuple(build(material)), _find_run(material.view, run_kind))

    return build_edition


def _print_place(build: Callable[[Material, int], list[Sheet]]) -> Builder:
    def build_edition(material: Material, order: Order) -> Edition:
        if order.id is None:
            raise UsageError(
                f"A briefing about a {order.kind} needs to know which.",
                mend="Name a school or subdistrict by its code.",
            )
        return Edition(tuple(build(material, order.id)), _find_run(material.view, "count"))

    return build_edition


def _print_atlas(material: Material, order: Order) -> Edition:
    return build_atlas(material, order.by, _find_run(material.view, "count"))


BUILDERS: dict[str, Builder] = {
    "warning": _print_sheets(build_warning, "count"),
    "catchments": _print_sheets(build_catchments, "count"),
    "projects": _print_sheets(build_projects, "progress"),
    "balance": _print_sheets(build_balance, "balance"),
    "network": _print_sheets(build_network, "network"),
    "appraisal": _print_sheets(build_appraisal, "appraisal"),
    "growth": _print_sheets(build_growth, "growth"),
    "results": _print_sheets(build_results, "results"),
    "teachers": _print_sheets(build_teachers, "teachers"),
    "school": _print_place(build_school),
    "catchment": _print_place(build_catchment),
    "subdistrict": _print_place(build_subdistrict),
    "atlas": _print_atlas,
}
KINDS = tuple(BUILDERS)
PLACES = {"school": "school", "catchment": "school", "subdistrict": "subdistrict"}
_UPRIGHT = (*PLACES, "atlas")
_EVERY_STAGE = ("school", "atlas")


def _find_run(view: View, kind: str) -> int | None:
    return find_newest_run(
        view.connection, district_id=view.district.id, kind=kind, plan_id=view.plan.id
    )


def print_briefing(view: View, order: Order) -> Printed:
    """Print a briefing about a view.

    Raises
    ------
    UsageError
        When the kind, the paper or the thing it is about does not exist.
    RejectedDataError
        When the district has nothing to draw.
    OutputError
        When the font of Chinese text is not installed.
    """
    check_kind(order.kind)
    paper = choose_paper(order.paper, is_high=order.kind in _UPRIGHT)
    material = read_material(
        view,
        paper,
        extent_m=order.extent_m,
        whole_share=order.whole_share,
        has_every_stage=order.kind in _EVERY_STAGE,
    )
    edition = BUILDERS[order.kind](material, order)
    first = edition.sheets[0]
    title = edition.contents.title if edition.contents else first.title
    pdf = print_edition(edition, material)
    return Printed(pdf, title, first.findings, len(edition.sheets), edition.run_id)


def check_kind(kind: str) -> None:
    """Refuse a kind of briefing that does not exist; names those that do."""
    if kind not in BUILDERS:
        raise UsageError(f"There is no briefing '{kind}'.", mend=f"Use one of {', '.join(KINDS)}.")
