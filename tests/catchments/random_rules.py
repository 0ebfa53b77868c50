"""Random rules of admission: batches, scores, ties, locks and what else a rule file may say."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from catchments.admission.comparisons import Choice, DateComparison, Flag, Known, NumberComparison
from catchments.admission.conditions import AllOf, AnyOf, Condition, Everyone, Not
from catchments.admission.facts import ANCHORS, RELATIONS
from catchments.admission.rules import (
    Batch,
    Entrants,
    Lock,
    Placement,
    Rules,
    Score,
    StageRules,
    Term,
    Tie,
)

OPENINGS = (
    dt.date(2026, 5, 20),
    dt.date(2026, 5, 31),
    dt.date(2026, 3, 30),
    dt.date(2027, 2, 28),
    dt.date(2028, 2, 29),
)
REGISTERED, OWNS, LOCAL = Flag("registered_inside"), Flag("owns_inside"), Flag("local")
SMALL = NumberComparison("owned_area_m2", "below", 20.0)

CONDITIONS: tuple[Condition, ...] = (
    AllOf((REGISTERED, OWNS)),
    AllOf((REGISTERED, OWNS, AnyOf((Not(SMALL), Not(Known("owned_area_m2")))))),
    AllOf((REGISTERED, OWNS, Not(SMALL))),
    AllOf((Flag("registered_at_owned"), NumberComparison("owned_share_pct", "at_least", 50.0))),
    AllOf((LOCAL, AnyOf((REGISTERED, OWNS)))),
    AllOf((Not(LOCAL), Known("permit_since"), Known("points"))),
    AllOf((OWNS, Not(Flag("dwelling_locked")))),
    AllOf((OWNS, Choice("owner_relation", ("child", "parent")), Not(Flag("owns_elsewhere")))),
    AllOf((Known("slip_on"), Not(Choice("owned_use", ("shop", "storage", "garage"))))),
    AllOf((REGISTERED, DateComparison("registered_since", "before", dt.date(2024, 3, 1)))),
    AllOf((OWNS, Not(DateComparison("certificate_on", "after", dt.date(2024, 2, 29))))),
    AnyOf((Flag("sibling_enrolled"), Flag("deferral_certificate"))),
    AnyOf((NumberComparison("points", "above", 60.0), Choice("owned_tenure", ("resettlement",)))),
    AllOf((Flag("lives_inside"), Not(NumberComparison("points", "is", 0.0)))),
)
TERMS = (
    Term("property_since", when=OWNS),
    Term("registered_since", when=REGISTERED),
    Term("property_since", missing="zero"),
    Term("registered_since", missing="zero"),
    Term("certificate_on", 2, missing="zero"),
    Term("slip_on", 3, Known("slip_on")),
    Term("permit_since", missing="zero"),
    Term("points", missing="zero"),
    Term("points", -3, Not(LOCAL)),
    Term("owned_area_m2", -1, OWNS, "zero"),
    Term("owned_share_pct", 1000, OWNS),
    Term("born_on"),
)
TIES = (
    Tie("property_since", "earlier"),
    Tie("registered_since", "earlier"),
    Tie("points", "higher"),
    Tie("owned_area_m2", "lower"),
    Tie("sibling_enrolled", "true"),
    Tie("born_on", "earlier"),
)


@st.composite
def draw_scores(draw: st.DrawFn, code: str) -> Score:
    """Draw a score: terms and every way to round."""
    return Score(
        code,
        name_zh=code,
        name_en=code,
        terms=tuple(draw(st.lists(st.sampled_from(TERMS), min_size=1, max_size=3, unique=True))),
        decimals=draw(st.sampled_from([0, 0, 1, 2, 6])),
        rounding=draw(st.sampled_from(["half_up", "half_even", "truncate"])),
        round_each=draw(st.booleans()),
        days_of_month=draw(st.sampled_from([28, 30, 30, 31])),
    )


@st.composite
def draw_batches(draw: st.DrawFn) -> tuple[Batch, ...]:
    """Draw batches; mostly the last takes everyone."""
    conditions = draw(st.lists(st.sampled_from(CONDITIONS), max_size=4, unique=True))
    if not conditions or draw(st.integers(0, 8)):
        conditions = [*conditions, Everyone()]
    return tuple(
        Batch(
            f"b{number}",
            name_zh="",
            name_en="",
            condition=condition,
            score=draw(st.sampled_from(["one", "two", None])),
            uses_dwelling=draw(st.sampled_from([True, True, False])),
        )
        for number, condition in enumerate(conditions)
    )


@st.composite
def draw_locks(draw: st.DrawFn) -> Lock:
    """Draw a lock of any length and effect."""
    return Lock(
        years=draw(st.integers(1, 6)),
        schools=draw(st.sampled_from([{}, {"S0": 3}, {"S0": 1, "S1": 6}])),
        effect=draw(st.sampled_from(["placement", "later_batch", "exception"])),
        siblings_exempt=draw(st.booleans()),
    )


@st.composite
def draw_rules(draw: st.DrawFn) -> Rules:
    """Draw the rules of a primary stage."""
    opens_on = draw(st.sampled_from(OPENINGS))
    ties = draw(st.lists(st.sampled_from(TIES), max_size=3, unique=True))
    anchors = draw(st.permutations(ANCHORS))[: draw(st.sampled_from([3, 3, 2, 1]))]
    stage = StageRules(
        stage="primary",
        opens_on=opens_on,
        entrants=Entrants("age", 6),
        zone=tuple(anchors),
        owners=draw(st.sampled_from([RELATIONS, ("child", "parent"), ("parent",)])),
        least_share_pct=draw(st.sampled_from([0.0, 0.3, 50.0, 100.0])),
        batches=draw(draw_batches()),
        scores={code: draw(draw_scores(code)) for code in ("one", "two")},
        ties=(*ties, Tie(None, "lot")),
        lock=draw(st.one_of(st.none(), draw_locks())),
        placement=Placement(draw(st.booleans())),
        twins=draw(st.sampled_from(["together", "apart"])),
    )
    return Rules("drawn", "", "", "", opens_on.year, {"primary": stage}, "", "v")
