"""Scheme files: an appraisal scheme in YAML, as the bureau reads and writes it.

The language is described in ``docs/methods/appraisal.md``. Faults are told with their lines, as
those of admission rules are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from catchments.appraisal.scheme import (
    DIRECTIONS,
    LEFT_OUT,
    TIERS,
    WHOLE,
    WITHIN,
    ZERO,
    Group,
    Indicator,
    Named,
    PeerRule,
    Scheme,
    Stability,
    Thresholds,
)
from catchments.rule_nodes import (
    Faults,
    Place,
    RejectedRulesError,
    compose,
    load_text,
    read_code,
    read_mapping,
    read_number,
    read_option,
    read_text,
    read_whole,
    suggest,
)

_NAMES = ("code", "name_zh", "name_en")
_LISTS = ("dimensions", "scorers", "groups", "indicators")
_RULES = ("least_known_pct", "stability", "peers", "thresholds")
_INDICATOR = (
    *(*_NAMES, "dimension", "tier", "unit_zh", "unit_en", "weight", "direction", "bounds"),
    *("evidence_zh", "evidence_en", "scored_by"),
)
_Item = TypeVar("_Item", bound=Named)


def load_scheme(path: Path, facts: Collection[str]) -> Scheme:
    """Read a scheme file; see :func:`parse_scheme`.

    Raises
    ------
    UsageError
        When there is no such file or it cannot be read.
    RejectedRulesError
        When it is broken, with every fault and its line.
    """
    return parse_scheme(load_text(path), facts, origin=str(path))


def parse_scheme(text: str, facts: Collection[str], *, origin: str = "text") -> Scheme:
    """Check the text of a scheme file and return the scheme.

    Parameters
    ----------
    facts
        Names of what the registers can tell, which `fact` may ask for.
    origin
        Where the text comes from, for messages.

    Raises
    ------
    RejectedRulesError
        When it is broken, with every fault and its line: YAML, keys, values, codes that do not
        exist or stand twice, bounds that do not rise, weights that do not sum to 100.

    Examples
    --------
    >>> try:
    ...     parse_scheme("code: demo", [])
    ... except RejectedRulesError as error:
    ...     print(error.faults[-1])
    line 1: Key 'year' is missing. Add `year:`.
    """
    return _parse(text, tuple(sorted(facts)), origin)


@lru_cache(maxsize=16)  # panels read the stored text of a district again and again
def _parse(text: str, facts: tuple[str, ...], origin: str) -> Scheme:
    top, faults = compose(text, origin), Faults()
    known = (*_NAMES, "source", "year", *_LISTS, *_RULES)
    entries = read_mapping(top, faults, known=known, required=known)
    if len(entries) < len(known):
        raise RejectedRulesError(origin, faults.found.values())
    dimensions = _read_list(entries["dimensions"], faults, _NAMES, _read_named)
    scorers = _read_list(entries["scorers"], faults, _NAMES, _read_named)
    groups = _read_list(entries["groups"], faults, (*_NAMES, "kinds"), _read_group)
    codes = (tuple(one.code for one in dimensions), tuple(one.code for one in scorers), facts)

    def read_indicator(entries: dict[str, Place], faults: Faults) -> Indicator:
        return _read_indicator(entries, faults, *codes)

    indicators = _read_list(
        entries["indicators"], faults, _INDICATOR, read_indicator, ("if_missing", "fact")
    )
    _check_parts(entries, faults, dimensions, groups, indicators)
    scheme = Scheme(
        code=read_code(entries["code"], faults),
        name_zh=read_text(entries["name_zh"], faults),
        name_en=read_text(entries["name_en"], faults),
        source=read_text(entries["source"], faults),
        year=read_whole(entries["year"], faults, least=2000, most=2100),
        dimensions=dimensions,
        scorers=scorers,
        indicators=indicators,
        groups=groups,
        least_known_pct=_read_amount(entries["least_known_pct"], faults, most=100),
        stability=_read_stability(entries["stability"], faults),
        peers=_read_peers(entries["peers"], faults),
        thresholds=_read_thresholds(entries["thresholds"], faults),
        version=hashlib.sha256(text.encode()).hexdigest(),
    )
    if faults:
        raise RejectedRulesError(origin, faults.found.values())
    return scheme


# -- lists ---------------------------------------------------------------------------------


def _read_list(
    place: Place,
    faults: Faults,
    required: tuple[str, ...],
    read: Callable[[dict[str, Place], Faults], _Item],
    optional: tuple[str, ...] = (),
) -> tuple[_Item, ...]:
    """Read the items of a list, each with a code of its own."""
    found: dict[str, _Item] = {}
    if not place.is_list:
        faults.add(place, f"Found {place.show()} instead of a list.", "Write `- code: …` lines.")
        return ()
    for item in place.list_items():
        entries = read_mapping(item, faults, known=(*required, *optional), required=required)
        if not set(required) <= set(entries):
            continue
        one = read(entries, faults)
        if one.code in found:
            faults.add(entries["code"], f"Code '{one.code}' stands here twice.", "Rename one.")
        found[one.code] = one
    return tuple(found.values())


def _read_names(entries: dict[str, Place], faults: Faults) -> dict[str, str]:
    return {
        "code": read_code(entries["code"], faults),
        "name_zh": read_text(entries["name_zh"], faults),
        "name_en": read_text(entries["name_en"], faults),
    }


def _read_named(entries: dict[str, Place], faults: Faults) -> Named:
    return Named(**_read_names(entries, faults))


def _read_group(entries: dict[str, Place], faults: Faults) -> Group:
    kinds = tuple(read_code(item, faults) for item in entries["kinds"].list_items())
    return Group(**_read_names(entries, faults), kinds=kinds)


def _read_indicator(
    entries: dict[str, Place],
    faults: Faults,
    dimensions: tuple[str, ...],
    scorers: tuple[str, ...],
    facts: tuple[str, ...],
) -> Indicator:
    direction = read_option(entries["direction"], faults, DIRECTIONS)
    missing = entries.get("if_missing")
    return Indicator(
        **_read_names(entries, faults),
        dimension=_read_known(entries["dimension"], faults, dimensions),
        tier=read_option(entries["tier"], faults, TIERS),
        unit_zh=read_text(entries["unit_zh"], faults),
        unit_en=read_text(entries["unit_en"], faults),
        weight=_read_amount(entries["weight"], faults, most=100),
        direction=direction,
        bounds=_read_bounds(entries["bounds"], faults, 4 if direction == WITHIN else 2),
        if_missing=read_option(missing, faults, (LEFT_OUT, ZERO)) if missing else LEFT_OUT,
        evidence_zh=read_text(entries["evidence_zh"], faults),
        evidence_en=read_text(entries["evidence_en"], faults),
        scored_by=_read_known(entries["scored_by"], faults, scorers),
        fact=_read_known(entries["fact"], faults, facts) if "fact" in entries else None,
    )


def _read_known(place: Place, faults: Faults, known: tuple[str, ...]) -> str:
    word = place.word or ""
    if word not in known:
        faults.add(place, f"Found {place.show()}.", suggest(word, known))
    return word


def _read_bounds(place: Place, faults: Faults, count: int) -> tuple[float, ...]:
    """Read bounds that rise; equal inner ones are a span of one value."""
    items = place.list_items() if place.is_list else []
    if len(items) != count:
        faults.add(
            place,
            f"Found {place.show() if not items else f'{len(items)} bounds'}.",
            f"Write {count} numbers in brackets, such as "
            + ("[0, 10, 20, 40]." if count == 4 else "[60, 100]."),
        )
        return ()
    read = [read_number(item, faults) for item in items]
    bounds = tuple(number for number in read if number is not None)
    if len(bounds) < count:
        return ()
    steps = [after - before for before, after in pairwise(bounds)]
    if any(step < 0 for step in steps) or steps[0] == 0 or steps[-1] == 0:
        faults.add(place, "The bounds do not rise.", "Write the lower bound first.")
    return bounds


def _check_parts(
    entries: dict[str, Place],
    faults: Faults,
    dimensions: tuple[Named, ...],
    groups: tuple[Group, ...],
    indicators: tuple[Indicator, ...],
) -> None:
    """Find weights that do not sum to 100, empty dimensions, kinds that stand in two groups."""
    total = sum(one.weight for one in indicators)
    if abs(total - 100) > 1e-6 and not faults.has_below("indicators"):
        faults.add(entries["indicators"], f"The weights sum to {total:g}.", "Let them sum to 100.")
    used = {one.dimension for one in indicators}
    for one in dimensions:
        if one.code in (*TIERS, WHOLE):
            faults.add(entries["dimensions"], f"A dimension is called '{one.code}'.", "Rename it.")
        if one.code not in used and not faults.has_below("indicators"):
            faults.add(
                entries["dimensions"],
                f"Dimension {one.code} has no indicator.",
                "Add one, or take the dimension out.",
            )
    kinds = [kind for group in groups for kind in group.kinds]
    for kind in sorted({kind for kind in kinds if kinds.count(kind) > 1}):
        faults.add(
            entries["groups"], f"Kind {kind} stands in two groups.", "Keep it in one of them."
        )


# -- rules ---------------------------------------------------------------------------------


def _read_amount(place: Place, faults: Faults, *, most: float, least: float = 0) -> float:
    return read_number(place, faults, least=least, most=most) or 0.0


def _read_keys(place: Place, faults: Faults, keys: tuple[str, ...]) -> dict[str, Place] | None:
    entries = read_mapping(place, faults, known=keys, required=keys)
    return entries if len(entries) == len(keys) else None


def _read_stability(place: Place, faults: Faults) -> Stability:
    entries = _read_keys(place, faults, ("vary_pct", "draws", "seed", "interval_pct"))
    if entries is None:
        return Stability(0, 1, 0, 90)
    return Stability(
        vary_pct=_read_amount(entries["vary_pct"], faults, most=100),
        draws=read_whole(entries["draws"], faults, least=100, most=20_000),
        seed=read_whole(entries["seed"], faults, least=0, most=2**31),
        interval_pct=_read_amount(entries["interval_pct"], faults, least=1, most=100),
    )


def _read_peers(place: Place, faults: Faults) -> PeerRule:
    entries = _read_keys(place, faults, ("count", "size", "urban", "intake"))
    if entries is None:
        return PeerRule(1, 1, 1, 1)
    likeness = {
        name: _read_amount(entries[name], faults, most=100) for name in ("size", "urban", "intake")
    }
    return PeerRule(count=read_whole(entries["count"], faults, least=1, most=50), **likeness)


def _read_thresholds(place: Place, faults: Faults) -> Thresholds:
    keys = ("strength_points", "weakness_points", "change_points")
    entries = _read_keys(place, faults, (*keys, "most"))
    if entries is None:
        return Thresholds(0, 0, 0, 1)
    points = {name: _read_amount(entries[name], faults, most=100) for name in keys}
    return Thresholds(**points, most=read_whole(entries["most"], faults, least=1, most=20))
