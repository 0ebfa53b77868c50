"""Conditions over facts: read from a rule file, applied to all children at once.

A condition is true, false or unknown of a child, as in SQL. A comparison with an unknown fact is
unknown, and so is its opposite: ``not`` never turns a missing number into an advantage. All parts
of :class:`AllOf` must be true; it is false as soon as one is false. :class:`AnyOf` is true as soon
as one part is true. A child meets a condition only when it is definitely true.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.admission.facts import FACTS, Fact
from gis.errors import RejectedDataError

Mask = NDArray[np.bool_]
Language = Literal["zh", "en"]


@dataclass(frozen=True)
class LeafAnswer:
    """What one comparison says of one child.

    Parameters
    ----------
    fact
        Name of the fact.
    text_zh, text_en
        The comparison in words.
    value
        The fact of the child; None when unknown.
    held
        Whether the comparison as worded holds; None when the fact is unknown.
    negated
        Whether the condition asks for the opposite: it stands below a ``not``.
    """

    fact: str
    text_zh: str
    text_en: str
    value: Any
    held: bool | None
    negated: bool = False

    @property
    def serves(self) -> bool | None:
        """Whether it is as the condition asks; None when the fact is unknown."""
        return None if self.held is None else self.held != self.negated


class Condition(ABC):
    """Something that holds of a child or not; a value: equal when it says the same."""

    @abstractmethod
    def judge(self, facts: pd.DataFrame) -> tuple[Mask, Mask]:
        """Say for each row whether the condition is true, and whether it is false.

        A row where neither holds is unknown.

        Parameters
        ----------
        facts
            One row a child; columns named as in :data:`~catchments.admission.facts.FACTS`: flags
            bool, numbers float (NaN unknown), dates datetime64 (NaT), choices object or
            categorical (None).

        Raises
        ------
        RejectedDataError
            When a column that the condition speaks of is missing.
        """

    @abstractmethod
    def iterate_leaves(self) -> Iterator[Leaf]:
        """Yield the comparisons, in the order of the rule file."""

    def holds(self, facts: pd.DataFrame) -> Mask:
        """Say for each row whether the condition is definitely true; shape: rows of `facts`.

        Examples
        --------
        >>> from catchments.admission.comparisons import NumberComparison
        >>> small = NumberComparison("owned_area_m2", "below", 20.0)
        >>> facts = pd.DataFrame({"owned_area_m2": [18.0, 20.0, float("nan")]})
        >>> small.holds(facts).tolist(), Not(small).holds(facts).tolist()
        ([True, False, False], [False, True, False])
        """
        return self.judge(facts)[0]

    def explain(
        self, row: Mapping[str, Any] | pd.Series, *, negated: bool = False
    ) -> list[LeafAnswer]:
        """Say of one child which comparisons hold, in the order of the rule file.

        Parameters
        ----------
        row
            The facts of the child by name; None, NaN and NaT are unknown.
        negated
            Whether the opposite of the whole is asked for.

        Raises
        ------
        RejectedDataError
            When a fact that the condition speaks of is missing.

        Examples
        --------
        >>> from catchments.admission.comparisons import Flag
        >>> [answer] = Not(Flag("dwelling_locked")).explain({"dwelling_locked": True})
        >>> answer.text_zh, answer.held, answer.serves
        ('该房学位已被占用', True, False)
        """
        return [leaf.answer(row, negated=negated) for leaf in self.iterate_leaves()]

    def list_facts(self) -> list[str]:
        """Return the names of the facts spoken of, each once, in order of appearance."""
        return list(dict.fromkeys(leaf.fact for leaf in self.iterate_leaves()))


@dataclass(frozen=True)
class Everyone(Condition):
    """Holds of every child."""

    def judge(self, facts: pd.DataFrame) -> tuple[Mask, Mask]:
        """Call it true of all rows."""
        return np.ones(len(facts), dtype=bool), np.zeros(len(facts), dtype=bool)

    def iterate_leaves(self) -> Iterator[Leaf]:
        """Yield nothing: no fact is asked."""
        return iter(())


@dataclass(frozen=True)
class Compound(Condition):
    """A condition of several parts."""

    parts: tuple[Condition, ...]

    def iterate_leaves(self) -> Iterator[Leaf]:
        """Yield the comparisons of all parts."""
        for part in self.parts:
            yield from part.iterate_leaves()

    def explain(
        self, row: Mapping[str, Any] | pd.Series, *, negated: bool = False
    ) -> list[LeafAnswer]:
        """Say which comparisons of the parts hold."""
        return [answer for part in self.parts for answer in part.explain(row, negated=negated)]


@dataclass(frozen=True)
class AllOf(Compound):
    """All parts hold; of no parts it is true."""

    def judge(self, facts: pd.DataFrame) -> tuple[Mask, Mask]:
        """Call it true where all parts are true, false where one is false."""
        true, false = Everyone().judge(facts)
        for part in self.parts:
            part_true, part_false = part.judge(facts)
            true &= part_true
            false |= part_false
        return true, false


@dataclass(frozen=True)
class AnyOf(Compound):
    """At least one part holds; of no parts it is false."""

    def judge(self, facts: pd.DataFrame) -> tuple[Mask, Mask]:
        """Call it true where one part is true, false where all are false."""
        false, true = Everyone().judge(facts)
        for part in self.parts:
            part_true, part_false = part.judge(facts)
            true |= part_true
            false &= part_false
        return true, false


@dataclass(frozen=True)
class Not(Condition):
    """The part is definitely false; what is unknown stays unknown."""

    part: Condition

    def judge(self, facts: pd.DataFrame) -> tuple[Mask, Mask]:
        """Call it true where the part is false, false where it is true."""
        true, false = self.part.judge(facts)
        return false, true

    def iterate_leaves(self) -> Iterator[Leaf]:
        """Yield the comparisons of the part."""
        return self.part.iterate_leaves()

    def explain(
        self, row: Mapping[str, Any] | pd.Series, *, negated: bool = False
    ) -> list[LeafAnswer]:
        """Say which comparisons of the part hold; the opposite of each is asked for."""
        return self.part.explain(row, negated=not negated)


class Leaf(Condition):
    """A comparison over one fact."""

    fact: str

    @abstractmethod
    def compare(self, column: pd.Series) -> tuple[Mask, Mask]:
        """Say for each value of the fact whether the comparison is true, and whether false."""

    @abstractmethod
    def describe(self, language: Language) -> str:
        """Return the comparison in words."""

    @property
    def meaning(self) -> Fact:
        """Return the fact's entry of the catalogue."""
        return FACTS[self.fact]

    def judge(self, facts: pd.DataFrame) -> tuple[Mask, Mask]:
        """Compare the column of the fact."""
        if self.fact not in facts:
            raise RejectedDataError(
                f"The facts have no column {self.fact}.", mend="Gather that fact for all children."
            )
        return self.compare(facts[self.fact])

    def iterate_leaves(self) -> Iterator[Leaf]:
        """Yield itself."""
        yield self

    def answer(self, row: Mapping[str, Any] | pd.Series, *, negated: bool = False) -> LeafAnswer:
        """Say what the comparison is of one child; see :class:`LeafAnswer`."""
        if self.fact not in row:
            raise RejectedDataError(
                f"The child has no fact {self.fact}.", mend="Gather that fact for the child."
            )
        column = build_column(self.meaning, [row[self.fact]])
        true, false = self.compare(column)
        value = None if bool(column.isna().iloc[0]) else row[self.fact]
        held = bool(true[0]) if true[0] or false[0] else None
        return LeafAnswer(self.fact, self.describe("zh"), self.describe("en"), value, held, negated)

    def _name(self, language: Language) -> str:
        return self.meaning.name_zh if language == "zh" else self.meaning.name_en


def build_column(fact: Fact, values: list[Any]) -> pd.Series:
    """Return values of one fact as a column of facts; None, NaN and NaT are unknown.

    Examples
    --------
    >>> build_column(FACTS["points"], [60, None]).tolist()
    [60.0, nan]
    """
    if fact.kind == "flag":
        return pd.Series([bool(value) for value in values], dtype=bool)
    plain = [None if pd.isna(value) else value for value in values]
    if fact.kind == "choice":
        return pd.Series(pd.Categorical(plain))
    if fact.kind == "number":
        return pd.Series(plain, dtype=float)
    return pd.Series(np.array(plain, dtype="datetime64[D]").astype("datetime64[s]"))
