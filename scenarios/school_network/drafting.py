"""Drafts of plans as jobs: what a planner orders, and how it is drawn in the background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gis.access import Role
from gis.database import Database
from gis.errors import UsageError
from scenarios.district import District, Plan, find_plan
from scenarios.enrolment_warning.count import count_plan
from scenarios.jobs import ShouldStop, Tell
from scenarios.school_network.drafting_words import METHOD_WORDS
from scenarios.school_network.draw import METHOD_NAMES, draw_plan

SHORTEST_S, LONGEST_S = 5, 600
_DRAWN_SHARE = 0.95  # ASSUMPTION: counting takes a twentieth of the time


@dataclass(frozen=True)
class Order:
    """What a planner wants drawn."""

    district: str
    stage: str
    method: str
    time_limit_s: float = 30.0
    seed: int = 1

    @property
    def draft_code(self) -> str:
        """Code of the draft; the same order again replaces its draft."""
        tail = f"-{self.seed}" if self.method == "balanced" else ""
        return f"draft-{self.stage}-{self.method}{tail}"

    def name_draft(self, district: District) -> tuple[str, str]:
        """Return what people call the draft, in Chinese and in English."""
        stage = district.profile.get_stage(self.stage)
        zh, en = METHOD_NAMES[self.method]
        is_first = self.method != "balanced" or self.seed == 1
        return (
            f"{zh} · {stage.name_zh}{'' if is_first else f'（种子{self.seed}）'}",
            f"{en} · {stage.name_en}{'' if is_first else f' (seed {self.seed})'}",
        )

    def check(self, district: District) -> None:
        """Refuse what cannot be drawn.

        Raises
        ------
        UsageError
            When the method or stage is unknown, or time limit or seed is out of bounds.
        """
        if self.method not in METHOD_WORDS:
            raise UsageError(
                f"There is no method '{self.method}'.", mend=f"Use {', '.join(METHOD_WORDS)}."
            )
        if not district.profile.get_stage(self.stage).catchments:
            raise UsageError(
                f"Schools of stage '{self.stage}' have no catchments.",
                mend="Choose a stage whose schools admit by catchment.",
            )
        if not SHORTEST_S <= self.time_limit_s <= LONGEST_S:
            raise UsageError(
                f"A time limit of {self.time_limit_s:g} s is not possible.",
                mend=f"Use {SHORTEST_S} to {LONGEST_S} seconds.",
            )
        if not 0 <= self.seed < 2**31:
            raise UsageError(f"{self.seed} is no seed.", mend="Use a number from 0 to 2147483647.")


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
        time_limit_s=order.time_limit_s,
        seed=order.seed,
        progress=lambda step, share: tell(step, _DRAWN_SHARE * min(1.0, share)),
        should_stop=should_stop,
    )
    tell("counting", _DRAWN_SHARE)
    with database.begin(Role.PLANNER) as connection:
        count_plan(connection, district, find_plan(connection, district, plan.code))
    return plan.code
