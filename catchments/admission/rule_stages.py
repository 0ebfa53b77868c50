"""The rules of one stage in a rule file: each key read, checked and turned into its dataclass."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any, cast

from catchments.admission.conditions import Condition, Everyone
from catchments.admission.facts import ANCHORS, FACTS, RELATIONS
from catchments.admission.rule_conditions import ConditionReader
from catchments.admission.rule_scores import read_scores
from catchments.admission.rules import (
    Batch,
    Entrants,
    Lock,
    Placement,
    Score,
    StageRules,
    Tie,
)
from catchments.rule_nodes import (
    Faults,
    Place,
    read_bool,
    read_code,
    read_date,
    read_mapping,
    read_number,
    read_option,
    read_text,
    read_whole,
    shorten,
    suggest,
)

RULE_KEYS = (
    "opens_on",
    "entrants",
    "zone",
    "owners",
    "least_share_pct",
    "batches",
    "scores",
    "ties",
    "lock",
    "placement",
    "twins",
)
REQUIRED_KEYS = tuple(key for key in RULE_KEYS if key not in {"scores", "placement", "twins"})

_TIE_KINDS = {"earlier": "date", "higher": "number", "lower": "number", "true_first": "flag"}
_MONTH_DAY = r"(0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-[012]\d"


@dataclass(frozen=True)
class StageReading:
    """The rules of a stage with the places of what they say, for the checks that follow.

    Parameters
    ----------
    batch_places
        Where each batch stands, in order.
    conditions
        Every condition and part of one, inner parts first.
    is_sorted
        Whether all batches have well-formed conditions, so that children can be sorted.
    """

    rules: StageRules
    places: dict[str, Place]
    batch_places: list[Place]
    conditions: list[tuple[Condition, Place]]
    is_sorted: bool


@dataclass
class StageReader:
    """Reads the rules of one stage.

    Parameters
    ----------
    stage, year
        Code of the stage; year in which the school year begins.
    places
        Where each of :data:`RULE_KEYS` stands: in the stage, else at the top of the file.
    """

    stage: str
    year: int
    places: dict[str, Place]
    faults: Faults
    batch_places: list[Place] = field(default_factory=list)
    has_broken_batch: bool = False

    def read(self) -> StageReading:
        """Read all keys; wrong ones are noted and get a stand-in."""
        opens_on = self._read_opening()
        conditions = ConditionReader(opens_on, self.faults)
        scores = read_scores(self.places.get("scores"), conditions)
        rules = StageRules(
            stage=self.stage,
            opens_on=opens_on,
            entrants=self._read_entrants(),
            zone=self._read_words("zone", ANCHORS),
            owners=self._read_words("owners", RELATIONS),
            least_share_pct=self._read_share(),
            batches=self._read_batches(conditions, scores),
            scores=scores,
            ties=self._read_ties(),
            lock=self._read_lock(),
            placement=self._read_placement(),
            twins=self._read_twins(),
        )
        is_sorted = bool(rules.batches) and not self.has_broken_batch
        return StageReading(rules, self.places, self.batch_places, conditions.places, is_sorted)

    def _read_opening(self) -> dt.date:
        stand_in = dt.date(self.year, 1, 1)
        if (place := self.places.get("opens_on")) is None:
            return stand_in
        day = read_date(place, self.faults)
        if day is None:
            return stand_in
        if abs(day.year - self.year) > 1:
            self.faults.add(
                place,
                f"Registration opens on {day}, the rules are of {self.year}.",
                f"Give a day from {self.year - 1} to {self.year + 1}, or mend the year.",
            )
        return day

    def _read_entrants(self) -> Entrants:
        if (place := self.places.get("entrants")) is None:
            return Entrants("age", full_years=6)
        known = ("by", "full_years", "cutoff", "of", "grades")
        entries = read_mapping(place, self.faults, known=known, required=["by"])
        if "by" not in entries:
            return Entrants("age", full_years=6)
        if read_option(entries["by"], self.faults, ["age", "graduates"]) == "age":
            needed, allowed = {"full_years": (0, 20)}, {"by", "full_years", "cutoff"}
        else:
            needed, allowed = {"grades": (1, 12)}, {"by", "of", "grades"}
        for name in (*needed, *(["of"] if "of" in allowed else [])):
            if name not in entries:
                self.faults.add(place, f"Key '{name}' is missing.", f"Add `{name}:`.")
        for name in entries.keys() - allowed:
            self.faults.add(
                entries[name],
                f"Key '{name}' says nothing about entrants by {entries['by'].word}.",
                "Leave it out.",
            )
        counts = {
            name: read_whole(entries[name], self.faults, least=least, most=most)
            for name, (least, most) in needed.items()
            if name in entries
        }
        if "of" not in allowed:
            return Entrants("age", counts.get("full_years"), self._read_cutoff(entries))
        of = read_code(entries["of"], self.faults) if "of" in entries else None
        if of == self.stage:
            self.faults.add(
                entries["of"], f"Stage {of} is entered by its own graduates.", "Name another stage."
            )
        return Entrants("graduates", of=of, grades=counts.get("grades"))

    def _read_cutoff(self, entries: dict[str, Place]) -> str:
        if (place := entries.get("cutoff")) is None:
            return "08-31"
        if not re.fullmatch(_MONTH_DAY, place.word or "", flags=re.ASCII):
            self.faults.add(place, f"{place.show()} is no month and day.", "Write it like 08-31.")
            return "08-31"
        return str(place.word)

    def _read_words(self, key: str, options: tuple[str, ...]) -> tuple[str, ...]:
        if (place := self.places.get(key)) is None:
            return options
        words: list[str] = []
        for item in place.list_items():
            word = item.word or ""
            if word in words:
                self.faults.add(item, f"'{word}' stands here twice.", "Keep one of them.")
            elif word not in options:
                self.faults.add(item, f"Found {item.show()}.", suggest(word, options))
            else:
                words.append(word)
        if not place.list_items():
            self.faults.add(place, "The list is empty.", f"Use {', '.join(options)}.")
        return tuple(words) or options

    def _read_share(self) -> float:
        if (place := self.places.get("least_share_pct")) is None:
            return 0.0
        return read_number(place, self.faults, least=0, most=100) or 0.0

    # -- batches and ties ------------------------------------------------------------------

    def _read_batches(
        self, conditions: ConditionReader, scores: dict[str, Score]
    ) -> tuple[Batch, ...]:
        if (place := self.places.get("batches")) is None:
            return ()
        if not place.is_list or not place.list_items():
            self.faults.add(
                place, f"Found {place.show()} instead of batches.", "List at least one batch."
            )
            return ()
        batches: list[Batch] = []
        for item in place.list_items():
            batch = self._read_batch(item, conditions, scores)
            if batch.code and batch.code in {known.code for known in batches}:
                self.faults.add(
                    item, f"Two batches have the code '{batch.code}'.", "Rename one of them."
                )
            batches.append(batch)
            self.batch_places.append(item)
        return tuple(batches)

    def _read_batch(
        self, place: Place, conditions: ConditionReader, scores: dict[str, Score]
    ) -> Batch:
        entries = read_mapping(
            place,
            self.faults,
            known=("code", "name_zh", "name_en", "when", "score", "uses_dwelling"),
            required=["code", "name_zh", "name_en", "when"],
        )
        texts = {
            name: read(entries[name], self.faults) if name in entries else ""
            for name, read in (("code", read_code), ("name_zh", read_text), ("name_en", read_text))
        }
        condition: Condition = Everyone()
        if "when" in entries:
            condition = conditions.read(entries["when"])
        if "when" not in entries or self.faults.has_below(entries["when"].key):
            self.has_broken_batch = True
        score = self._read_score_code(entries.get("score"), scores)
        uses = "uses_dwelling" in entries and read_bool(entries["uses_dwelling"], self.faults)
        return Batch(**texts, condition=condition, score=score, uses_dwelling=uses)

    def _read_score_code(self, place: Place | None, scores: dict[str, Score]) -> str | None:
        if place is None or place.is_empty or place.word == "none":
            return None
        if place.word not in scores:
            self.faults.add(
                place,
                f"There is no score {place.show()}.",
                suggest(place.word or "", [*scores, "none"]),
            )
            return None
        return place.word

    def _read_ties(self) -> tuple[Tie, ...]:
        if (place := self.places.get("ties")) is None:
            return (Tie(None, "lot"),)
        items = place.list_items()
        ties = [tie for item in items if (tie := self._read_tie(item)) is not None]
        lots = [item for item in items if item.word == "lot"]
        for tie, item in zip(ties, items, strict=False):
            if ties.count(tie) > 1 and tie.fact:
                self.faults.add(item, f"{item.show()} stands here twice.", "Keep one of them.")
        for item in lots:
            if item is not items[-1]:
                self.faults.add(
                    item,
                    "The lot is not last: it leaves no ties to those after it.",
                    "Move it to the end.",
                )
        if not lots:
            self.faults.add(
                place,
                "The ties do not end with the lot: equal children stay undecided.",
                "Add `- lot`.",
            )
        return tuple(ties)

    def _read_tie(self, place: Place) -> Tie | None:
        if place.word == "lot":
            return Tie(None, "lot")
        words = (place.word or "").split()
        if len(words) != 2 or words[0] not in _TIE_KINDS:
            self.faults.add(
                place,
                f"{place.show()} is no tie-breaker.",
                "Write `earlier DATE`, `higher` or `lower NUMBER`, `true_first FLAG`, or `lot`.",
            )
            return None
        first, name = words
        fact = FACTS.get(name)
        fitting = [name for name, one in FACTS.items() if one.kind == _TIE_KINDS[first]]
        if fact is None or name not in fitting:
            found = (
                f"There is no fact '{shorten(name)}'."
                if fact is None
                else (f"`{first}` needs a {_TIE_KINDS[first]}; {name} is a {fact.kind}.")
            )
            self.faults.add(place, found, suggest(name, fitting))
            return None
        return Tie(name, cast(Any, "true" if first == "true_first" else first))

    # -- lock, placement, twins ------------------------------------------------------------

    def _read_lock(self) -> Lock | None:
        place = self.places.get("lock")
        if place is None or place.word == "none":
            return None
        entries = read_mapping(
            place,
            self.faults,
            known=("years", "schools", "effect", "siblings_exempt"),
            required=["years"],
        )
        years = 1
        if "years" in entries:
            years = read_whole(entries["years"], self.faults, least=1, most=30)
        schools: dict[str, int] = {}
        if (at := entries.get("schools")) is not None and not at.is_empty:
            for code, years_at in read_mapping(at, self.faults).items():
                schools[code] = read_whole(years_at, self.faults, least=1, most=30)
        options: dict[str, Any] = {}
        if (at := entries.get("effect")) is not None:
            options["effect"] = read_option(
                at, self.faults, ["placement", "later_batch", "exception"]
            )
        if (at := entries.get("siblings_exempt")) is not None:
            options["siblings_exempt"] = read_bool(at, self.faults)
        return Lock(years, schools, **options)

    def _read_placement(self) -> Placement:
        if (place := self.places.get("placement")) is None:
            return Placement()
        entries = read_mapping(place, self.faults, known=["siblings_first"])
        if (at := entries.get("siblings_first")) is None:
            return Placement()
        return Placement(read_bool(at, self.faults))

    def _read_twins(self) -> Any:
        if (place := self.places.get("twins")) is None:
            return "together"
        return read_option(place, self.faults, ["together", "apart"])
