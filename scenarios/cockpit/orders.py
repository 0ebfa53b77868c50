"""What a page orders of the server: draw, stop, keep and drop drafts."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from gis.access import Role
from gis.database import Database
from gis.errors import UsageError
from scenarios.cockpit.state import State, choose_stage
from scenarios.district import District, drop_draft, find_district, keep_draft
from scenarios.school_network.drafting import DraftDesk
from scenarios.school_network.drafting_order import Order

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}")
LONGEST_NAME = 60
_CLOSED = {"compare": None, "side": None, "layers": None}

Asked = Mapping[str, Any]
Answer = dict[str, Any]


def take_order(database: Database, desk: DraftDesk, state: State, asked: Asked) -> Answer:
    """Do what a page orders; return what changes in its state.

    Parameters
    ----------
    asked
        ``do``: start, stop, forget, keep or drop; the other words belong to each, as the forms
        of :mod:`scenarios.school_network.drafting_panel` send them.

    Raises
    ------
    UsageError
        When a word is missing or wrong, or the desk is busy.
    """
    with database.begin(Role.PLANNER) as connection:
        district = find_district(connection, state.district)
    match asked.get("do"):
        case "start":
            desk.start(_read_order(district, state, asked))
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
