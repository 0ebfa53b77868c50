"""What a planner orders of the desk that draws drafts."""

from __future__ import annotations

import math
from dataclasses import dataclass

from catchments.boundaries.asked_terms import AskedTerms
from gis.errors import UsageError
from scenarios.district import District
from scenarios.school_network.drafting_words import METHOD_WORDS
from scenarios.school_network.draw import METHOD_NAMES
from scenarios.school_network.terms import BALANCED, find_feeding_stage

SHORTEST_S, LONGEST_S = 5, 600


@dataclass(frozen=True)
class Order:
    """What a planner wants drawn.

    Parameters
    ----------
    max_moved_pupils, max_distance_m, w_change
        As in :class:`catchments.units.Terms`; they hold for balanced catchments.
    feeders
        Code of a plan whose catchments of the stage below stay together.
    """

    district: str
    stage: str
    method: str
    time_limit_s: float = 30.0
    seed: int = 1
    max_moved_pupils: float = math.inf
    max_distance_m: float = math.inf
    w_change: float = 0.0
    feeders: str | None = None

    @property
    def terms(self) -> AskedTerms | None:
        """What the division must keep; nothing where nothing is asked."""
        asked = AskedTerms(
            max_moved_pupils=self.max_moved_pupils,
            max_distance_m=self.max_distance_m,
            w_change=self.w_change,
        )
        return None if asked.is_usual else asked

    @property
    def draft_code(self) -> str:
        """Code of the draft; the same order again replaces its draft."""
        tails = [f"-{self.seed}"] if self.method == BALANCED else []
        tails += [f"-{word}-{value}" for word, value, _zh, _en in self._list_terms()]
        return f"draft-{self.stage}-{self.method}{''.join(tails)}"

    def name_draft(self, district: District) -> tuple[str, str]:
        """Return what people call the draft, in Chinese and in English."""
        stage = district.profile.get_stage(self.stage)
        zh, en = METHOD_NAMES[self.method]
        terms = self._list_terms()
        told_zh, told_en = ([one[at] for one in terms] for at in (2, 3))
        if self.method == BALANCED and self.seed != 1:
            told_zh.append(f"种子{self.seed}")
            told_en.append(f"seed {self.seed}")
        return (
            f"{zh} · {stage.name_zh}" + (f"（{'，'.join(told_zh)}）" if told_zh else ""),
            f"{en} · {stage.name_en}" + (f" ({', '.join(told_en)})" if told_en else ""),
        )

    def _list_terms(self) -> list[tuple[str, str, str, str]]:
        """List the terms that are asked: a word and a value for codes, Chinese, English."""
        moved, way_m, weight = (
            f"{number:.12g}"
            for number in (self.max_moved_pupils, self.max_distance_m, self.w_change)
        )
        terms = []
        if math.isfinite(self.max_moved_pupils):
            terms.append(("moved", moved, f"调整≤{moved}人", f"≤ {moved} moved"))
        if math.isfinite(self.max_distance_m):
            terms.append(("way", way_m, f"距离≤{way_m}米", f"≤ {way_m} m"))
        if self.w_change > 0:
            terms.append(("change", weight, f"调整权重{weight}", f"change {weight}"))
        if self.feeders is not None:
            terms.append(("fed", self.feeders, "整体对口", "feeders whole"))
        return terms

    def check(self, district: District) -> None:
        """Refuse what cannot be drawn.

        Raises
        ------
        UsageError
            When the method or stage is unknown, or a number is out of bounds, or the method or
            stage knows no such terms.
        """
        if self.method not in METHOD_WORDS:
            raise UsageError(
                f"There is no method '{self.method}'.", mend=f"Use {', '.join(METHOD_WORDS)}."
            )
        stage = district.profile.get_stage(self.stage)
        if not stage.catchments:
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
        self._check_terms(district)

    def _check_terms(self, district: District) -> None:
        if self.terms is None and self.feeders is None:
            return
        if self.method != BALANCED:
            raise UsageError(
                f"Method '{self.method}' keeps no terms.", mend="Choose balanced catchments."
            )
        if self.terms is not None:
            self.terms.check()
        stage = district.profile.get_stage(self.stage)
        if self.feeders is not None and find_feeding_stage(district.profile, stage) is None:
            raise UsageError(
                f"No catchments feed into those of stage '{self.stage}'.",
                mend="Choose no feeding plan.",
            )
