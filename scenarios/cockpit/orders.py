"""What a page orders of the server: draw, assign, stop, keep, drop, decide, report."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from gis.access import Role
from gis.database import Database
from gis.errors import RejectedDataError, UsageError
from gis.selected_areas import SEPARATOR, parse_circle
from layers.language import load_language
from scenarios.addresses.decide import (
    decide_address,
    find_candidate,
    find_place,
    find_queued,
)
from scenarios.addresses.page import LIST
from scenarios.cockpit.state import State, choose_stage, open_view
from scenarios.district import District, check_choice, drop_draft, find_district, keep_draft
from scenarios.enrolment_warning.admission.decide import decide
from scenarios.enrolment_warning.admission.orders import AdmissionOrder
from scenarios.enrolment_warning.admission.records import read_result
from scenarios.enrolment_warning.admission.rule_shelf import (
    choose_rules,
    list_rules,
    select_rules,
)
from scenarios.enrolment_warning.admission.runs import find_shown_run
from scenarios.enrolment_warning.clear_order import ClearOrder
from scenarios.enrolment_warning.life import Entry, enter_event
from scenarios.jobs import JobDesk
from scenarios.project_monitoring.record import record_reports
from scenarios.project_monitoring.reports import COLUMNS, OPTIONAL, RejectedReportsError
from scenarios.school_network.drafting_order import Order
from scenarios.stewardship.orders import PREFIX, take_data_order
from scenarios.stewardship.uploads import UploadShelf

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}")
LONGEST_NAME = 60
LONGEST_REASON = 300
_CLOSED = {"compare": None, "side": None, "layers": None}

Asked = Mapping[str, Any]
Answer = dict[str, Any]


def take_order(
    database: Database,
    desk: JobDesk,
    state: State,
    asked: Asked,
    *,
    districts: Path,
    shelf: UploadShelf | None = None,
) -> Answer:
    """Do what a page orders; return what changes in its state.

    Parameters
    ----------
    asked
        ``do``: draw, assign, clear, warning, circle, decide, place, report, stop, forget, keep or
        drop; the other words belong to each, as the forms of the panels send them.
    districts
        Folder that holds the rule files of each district.
    shelf
        Holds the files that are being brought in; orders ``data-…`` are about them.

    Raises
    ------
    UsageError
        When a word is missing or wrong, or the desk is busy.
    """
    entered = _ENTRIES.get(str(asked.get("do")))
    if entered is not None:
        return entered(database, state, asked)
    if shelf is not None and str(asked.get("do")).startswith(PREFIX):
        return take_data_order(desk, shelf, state.district, asked)
    with database.begin(Role.PLANNER) as connection:
        district = find_district(connection, state.district)
    match asked.get("do"):
        case "draw":
            desk.start(_read_order(district, state, asked))
        case "assign":
            desk.start(_read_admission(district, state, asked, districts))
        case "clear":
            return _clear(desk, district, state, asked)
        case "stop":
            desk.stop(state.district)
        case "forget":
            desk.forget(state.district)
        case "keep":
            answer = _keep(database, district, asked)
            desk.forget(state.district, str(asked.get("plan")))
            return answer
        case "drop":
            answer = _drop(database, district, state, asked)
            desk.forget(state.district, str(asked.get("plan")))
            return answer
        case other:
            raise UsageError(f"There is no order '{other}'.", mend="Reload the page.")
    return {}


def _read_order(district: District, state: State, asked: Asked) -> Order:
    return Order(
        district.profile.code,
        state.stage or choose_stage(district.profile),
        str(asked.get("method")),
        _read_number(asked, "time_limit_s", 30.0, float),
        _read_number(asked, "seed", 1, int),
        _read_number(asked, "max_moved_pupils", math.inf, float),
        _read_number(asked, "max_distance_m", math.inf, float),
        _read_number(asked, "w_change", 0.0, float),
        str(asked.get("feeders") or "") or None,
    )


def _read_admission(
    district: District, state: State, asked: Asked, districts: Path
) -> AdmissionOrder:
    stage = state.stage or choose_stage(district.profile)
    year = check_choice(district, stage=stage, year=state.year)
    shelf = select_rules(list_rules(districts, district.profile.code), stage, year)
    return AdmissionOrder(
        district.profile.code,
        stage,
        choose_rules(shelf, asked.get("rules")),
        state.plan,
        _read_number(asked, "seed", 1, int),
        is_trial=asked.get("mode") != "store",
    )


def _decide(database: Database, state: State, asked: Asked) -> Answer:
    """Enter what an officer decides over a child of the run that is shown, or withdraw it."""
    code = str(asked.get("child") or "")
    school = None if asked.get("mode") == "withdraw" else str(asked.get("school") or "")
    if school == "":
        raise UsageError("A decision needs a school.", mend="Choose the school that admits.")
    reason, who = (str(asked.get(name) or "") for name in ("reason", "who"))
    _check_lengths(reason, who)
    with open_view(database, state) as view:
        stored = find_shown_run(view, _read_number(asked, "run", None, int))
        decide(
            view.connection,
            view.district,
            stored,
            code,
            school_code=school,
            reason=reason,
            who=who,
        )
    return {"child": code}


def _report(database: Database, state: State, asked: Asked) -> Answer:
    """Store what an officer reports of a stage; faults are told in the language of the page."""
    words = {name: str(asked.get(name) or "") for name in (*COLUMNS, *OPTIONAL, "who")}
    _check_lengths(words["reason"], words["who"])
    report = pd.DataFrame([words], index=[1])
    try:
        with database.begin(Role.OFFICER) as connection:
            district = find_district(connection, state.district)
            record_reports(connection, district, report, who=words["who"], source="cockpit")
    except RejectedReportsError as error:
        language = load_language(state.language)
        stages = district.profile.construction.stages
        names = {stage.code: language.name(stage) for stage in stages}
        told = [" ".join(fault.tell(language, names)) for fault in error.faults]
        raise RejectedDataError("\n".join(told)) from error
    return {"report": f"{words['project_building_code']}:{words['construction_stage']}"}


def _check_lengths(reason: str, who: str) -> None:
    if len(reason) > LONGEST_REASON or len(who) > LONGEST_NAME:
        raise UsageError(
            "The reason or the name is too long.",
            mend=f"Use at most {LONGEST_REASON} and {LONGEST_NAME} letters.",
        )


def _open_child(database: Database, state: State, asked: Asked) -> Answer:
    """Open the page of a child in the run that is shown, if the run holds it."""
    code = str(asked.get("child") or "").strip()
    wanted = state.admission.run_id if state.admission else None
    with open_view(database, state) as view:
        read_result(view.connection, find_shown_run(view, wanted), code)
    return {"child": code}


def _clear(desk: JobDesk, district: District, state: State, asked: Asked) -> Answer:
    """Order what clears a catchment; the page is told which one it asked for."""
    stage = state.stage or choose_stage(district.profile)
    year = check_choice(district, stage=stage, year=state.year)
    school = _read_number(asked, "school", 0, int)
    order = ClearOrder(district.profile.code, state.plan, stage, year, school)
    desk.start(order)
    return {"clearing": order.code}


def _enter(database: Database, state: State, asked: Asked) -> Answer:
    """Enter what an officer says of a warning."""
    entry = Entry(
        str(asked.get("mode") or ""),
        str(asked.get("who") or ""),
        str(asked.get("text") or ""),
        _read_number(asked, "expected_year", None, int),
    )
    with open_view(database, state) as view:
        warning = (view.stage, str(asked.get("school")), view.year)
        enter_event(view.connection, view.district, view.plan, warning, entry)
    return {"selection": asked.get("selection")}


def _draw_circle(_database: Database, state: State, asked: Asked) -> Answer:
    """Add a circle that was written, not drawn, to the selected area."""
    text = ",".join(str(asked.get(name) or "") for name in ("longitude", "latitude", "radius_m"))
    parse_circle(text)
    parts = [state.area, f"o{text}"] if state.area else [f"o{text}"]
    return {"area": SEPARATOR.join(parts), "picking": None}


def _read_number(asked: Asked, name: str, default: Any, kind: Callable[[Any], Any]) -> Any:
    """Read a number of a form; an empty field is as good as none."""
    text = asked.get(name)
    if text is None or text == "":
        return default
    try:
        return kind(text)
    except (TypeError, ValueError) as error:
        raise UsageError(f"'{text}' is no {name}.", mend="Write a number.") from error


def _keep(database: Database, district: District, asked: Asked) -> Answer:
    words = {name: str(asked.get(name) or "").strip() for name in ("code", "name_zh", "name_en")}
    if not _CODE.fullmatch(words["code"]):
        raise UsageError(
            f"'{words['code']}' is no code of a plan.",
            mend="Use letters, digits and hyphens, at most 40, such as autumn-2026.",
        )
    name = words["name_zh"] or words["name_en"]
    if not name or max(len(name), len(words["name_en"])) > LONGEST_NAME:
        raise UsageError(
            f"A plan needs a name of at most {LONGEST_NAME} letters.", mend="Write such a name."
        )
    with database.begin(Role.PLANNER) as connection:
        plan = keep_draft(
            connection,
            district,
            str(asked.get("plan")),
            new_code=words["code"],
            name_zh=name,
            name_en=words["name_en"] or None,
        )
    return {"plan": plan.code, "drawing": None, "selection": None, **_CLOSED}


def _drop(database: Database, district: District, state: State, asked: Asked) -> Answer:
    code = str(asked.get("plan"))
    with database.begin(Role.PLANNER) as connection:
        drop_draft(connection, district, code)
    return dict(_CLOSED) if state.compare == code else {"drawing": state.drawing}


def _place(database: Database, state: State, asked: Asked) -> Answer:
    """Enter where an address of the queue lies."""
    building = str(asked.get("building") or "") or None
    lon, lat = (_read_number(asked, name, math.nan, float) for name in ("lon", "lat"))
    with database.begin(Role.STEWARD) as connection:
        district = find_district(connection, state.district)
        queued = find_queued(connection, district, _read_number(asked, "address", 0, int))
        if building is not None:
            find_candidate(queued, building)
        decide_address(
            connection,
            district,
            queued,
            find_place(connection, district, lon, lat),
            reason=str(asked.get("reason") or ""),
            who=str(asked.get("who") or ""),
            building=building,
        )
    return {"addresses": LIST, "spot": None}


# What is entered and read at once; all else is work of the desk or changes plans.
_ENTRIES: Mapping[str, Callable[[Database, State, Asked], Answer]] = {
    "decide": _decide,
    "report": _report,
    "open_child": _open_child,
    "warning": _enter,
    "circle": _draw_circle,
    "place": _place,
}
