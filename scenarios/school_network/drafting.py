"""Drafts of plans as jobs: how what a planner orders is drawn in the background."""

from __future__ import annotations

from collections.abc import Callable

from gis.access import Role
from gis.database import Database
from scenarios.district import District, Plan, find_plan
from scenarios.enrolment_warning.count import count_plan
from scenarios.jobs import ShouldStop, Tell
from scenarios.school_network.drafting_order import Order
from scenarios.school_network.draw import draw_plan

_DRAWN_SHARE = 0.95  # ASSUMPTION: counting takes a twentieth of the time


def draw_draft(
    database: Database,
    district: District,
    order: Order,
    tell: Tell,
    should_stop: ShouldStop,
    *,
    draw: Callable[..., Plan] = draw_plan,
) -> str:
    """Draw, store and count the draft of an order; return its code.

    When it is asked to stop, the best so far becomes the draft. A draft that was not counted any
    more is counted when it is opened.
    """
    plan = draw(
        database,
        district,
        method=order.method,
        stages=[order.stage],
        code=order.draft_code,
        names=order.name_draft(district),
        is_draft=True,
        terms=order.terms,
        feeding_plan=order.feeders,
        time_limit_s=order.time_limit_s,
        seed=order.seed,
        progress=lambda step, share: tell(step, _DRAWN_SHARE * min(1.0, share)),
        should_stop=should_stop,
    )
    tell("counting", _DRAWN_SHARE)
    with database.begin(Role.PLANNER) as connection:
        count_plan(connection, district, find_plan(connection, district, plan.code))
    return plan.code
