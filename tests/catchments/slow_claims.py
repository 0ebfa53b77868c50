"""What a clerk finds out of one child: facts, claims, batch and exact score, in plain Python."""

from __future__ import annotations

import calendar
import datetime as dt
import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from catchments.admission.comparisons import Choice, DateComparison, Flag, Known, NumberComparison
from catchments.admission.conditions import AllOf, AnyOf, Condition, Everyone, Not
from catchments.admission.rules import Score, StageRules

Row = dict[str, Any]


def list_rows(table: pd.DataFrame) -> list[Row]:
    """Turn a table into dicts: None where a value is missing, days instead of moments."""
    return [
        {str(name): plain(value) for name, value in row.items()} for row in table.to_dict("records")
    ]


def plain(value: Any) -> Any:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float) and math.isnan(value):
        return None
    return value.date() if isinstance(value, dt.datetime) else value


# -- conditions ----------------------------------------------------------------------------------


def judge(condition: Condition, facts: Row) -> bool | None:
    """Say whether a condition is true, false or unknown (None) of one child."""
    if isinstance(condition, Everyone):
        return True
    if isinstance(condition, Not):
        said = judge(condition.part, facts)
        return None if said is None else not said
    if isinstance(condition, AllOf):
        said_all = [judge(part, facts) for part in condition.parts]
        return False if False in said_all else (None if None in said_all else True)
    if isinstance(condition, AnyOf):
        said_all = [judge(part, facts) for part in condition.parts]
        return True if True in said_all else (None if None in said_all else False)
    value = facts[condition.fact]
    if isinstance(condition, Flag):
        return bool(value)
    if isinstance(condition, Known):
        return value is not None
    if value is None:
        return None
    if isinstance(condition, Choice):
        return value in condition.values
    assert isinstance(condition, NumberComparison | DateComparison)
    other = condition.day if isinstance(condition, DateComparison) else condition.value
    return {
        "at_least": value >= other,
        "at_most": value <= other,
        "above": value > other,
        "below": value < other,
        "is": value == other,
        "from": value >= other,
        "until": value <= other,
        "before": value < other,
        "after": value > other,
    }[condition.operator]


# -- scores --------------------------------------------------------------------------------------


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the day of the same number so many months later, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def count_full_months(since: dt.date, until: dt.date) -> tuple[int, int]:
    """Count full months and the days that remain, one month after the other."""
    months = 0
    while add_months(since, months + 1) <= until:
        months += 1
    return months, (until - add_months(since, months)).days


def round_number(value: Fraction, decimals: int, rounding: str) -> Fraction:
    """Round an exact number to so many decimals."""
    scaled = value * 10**decimals
    if rounding == "half_even":
        whole = round(scaled)
    elif rounding == "truncate":
        whole = int(scaled)
    else:
        whole = int(abs(scaled) + Fraction(1, 2)) * (-1 if scaled < 0 else 1)
    return Fraction(whole, 10**decimals)


def score_child(facts: Row, score: Score, day: dt.date) -> tuple[Fraction, str | None]:
    """Return the score of one child, and the first fact that is missing though it must not be."""
    total, missing = Fraction(0), None
    for term in score.terms:
        if term.when is not None and judge(term.when, facts) is not True:
            continue
        value = facts[term.fact]
        if value is None:
            if term.missing == "exception" and missing is None:
                missing = term.fact
            continue
        if isinstance(value, dt.date):
            months, days = count_full_months(value, day)
            part = months + Fraction(days, score.days_of_month)
        else:
            part = Fraction(Decimal(repr(value)))
        if score.round_each:
            part = round_number(part, score.decimals, score.rounding)
        total += part * term.weight
    if missing is not None:
        return Fraction(0), missing
    return round_number(total, score.decimals, score.rounding), None


# -- homes and zones -----------------------------------------------------------------------------


def list_dwellings(owned: list[Row], rules: StageRules, zones: dict[int, int]) -> list[Row]:
    """Join the shares of qualifying owners in each dwelling of one household."""
    shares: dict[int, list[Row]] = {}
    for row in owned:
        since = row["slip_on"] or row["certificate_on"]
        is_late = since is not None and since > rules.opens_on
        if row["relation"] in rules.owners and not is_late:
            shares.setdefault(row["property_unit_id"], []).append({**row, "since": since})
    dwellings = []
    for unit, rows in sorted(shares.items()):
        share = sum(Fraction(Decimal(repr(float(row["share_pct"])))) for row in rows)
        if share < Fraction(Decimal(repr(float(rules.least_share_pct)))):
            continue
        certificate = _earliest(row["certificate_on"] for row in rows)
        dwellings.append(
            {
                "owned_unit_id": unit,
                "building": rows[0]["building_id"],
                "zone": zones.get(rows[0]["place_id"]),
                "owned_share_pct": float(share),
                "property_since": _earliest(row["since"] for row in rows),
                # What lies after the opening day has not happened yet.
                "certificate_on": _earliest(
                    row["certificate_on"]
                    for row in rows
                    if row["certificate_on"] and row["certificate_on"] <= rules.opens_on
                )
                if certificate
                else None,
                "slip_on": _earliest(row["slip_on"] for row in rows),
                "owner_relation": next(
                    relation
                    for relation in ("child", "parent", "grandparent")
                    if relation in {row["relation"] for row in rows}
                ),
                "owned_area_m2": rows[0]["area_m2"],
                "owned_use": rows[0]["dwelling_use"],
                "owned_tenure": rows[0]["tenure"],
            }
        )
    return dwellings


def _earliest(days: Any) -> dt.date | None:
    return min((day for day in days if day is not None), default=None)


NO_DWELLING: Row = dict.fromkeys(
    (
        *("owned_unit_id", "building", "owned_share_pct", "property_since", "certificate_on"),
        *("slip_on", "owner_relation", "owned_area_m2", "owned_use", "owned_tenure"),
    )
)


def find_zone(
    child: Row, dwellings: list[Row], rules: StageRules, zones: dict[int, int]
) -> tuple[int | None, str | None]:
    """Return the school of the first anchor that lies in a catchment, and the anchor."""
    for anchor in rules.zone:
        if anchor == "owned":
            inside = [one for one in dwellings if one["zone"] is not None]
            inside.sort(
                key=lambda one: (
                    -one["owned_share_pct"],
                    one["property_since"] or dt.date.max,
                    one["owned_unit_id"],
                )
            )
            zone = inside[0]["zone"] if inside else None
        else:
            zone = zones.get(child[f"{anchor}_place_id"])
        if zone is not None:
            return zone, anchor
    return None, None


def is_locked(
    child: Row, unit: int | None, zone: int | None, uses: list[Row], rules: StageRules, town: Row
) -> int | None:
    """Return the first year in which a locked dwelling gives a seat again."""
    lock = rules.lock
    if lock is None or unit is None:
        return None
    years = lock.schools.get(town["codes"][zone], lock.years)
    until = [
        use["entered_year"] + years
        for use in uses
        if use["property_unit_id"] == unit
        and use["child_id"] != child["child_id"]
        and not (lock.siblings_exempt and use["household_id"] == child["household_id"])
        and use["entered_year"] < town["year"] < use["entered_year"] + years
    ]
    return max(until, default=None)


# -- one child -----------------------------------------------------------------------------------


def judge_child(child: Row, owned: list[Row], uses: list[Row], rules: StageRules, town: Row) -> Row:
    """Find zone, claim, batch and score of one child; all its facts are kept."""
    day, zones = rules.opens_on, town["zones"]
    child = dict(child)
    known = [child["child_registered_since"], child["household_registered_since"]]
    known = [since for since in known if since is not None]
    since = max(known) if known else None
    child["registered_since"] = since
    if since is not None and since > day:
        child["registered_since"] = None
        for name in ("unit", "place", "building"):
            child[f"registered_{name}_id"] = None
    if child["permit_since"] is not None and child["permit_since"] > day:
        child["permit_since"] = None
    dwellings = list_dwellings(
        [row for row in owned if row["household_id"] == child["household_id"]], rules, zones
    )
    zone, basis = find_zone(child, dwellings, rules, zones)
    elders = [
        use
        for use in uses
        if use["household_id"] == child["household_id"]
        and use["child_id"] != child["child_id"]
        and town["year"] - town["grades"] < use["entered_year"] < town["year"]
    ]
    last = max(elders, key=lambda use: (use["entered_year"], use["school_id"]), default=None)
    inside = [one for one in dwellings if zone is not None and one["zone"] == zone]
    claims = []
    for dwelling in inside or [NO_DWELLING]:
        unit = dwelling["owned_unit_id"]
        locked_until = is_locked(child, unit, zone, uses, rules, town)
        homes = (
            child["residence_building_id"],
            child["registered_building_id"],
            dwelling["building"],
        )
        claim = {
            **child,
            **dwelling,
            "zone_school_id": zone,
            "zone_basis": basis,
            "building_id": next((home for home in homes if home is not None), None),
            "registered_inside": zone is not None
            and zones.get(child["registered_place_id"]) == zone,
            "lives_inside": zone is not None and zones.get(child["residence_place_id"]) == zone,
            "owns_inside": unit is not None,
            "owns_elsewhere": len(dwellings) > len(inside),
            "registered_at_owned": unit is not None and child["registered_unit_id"] == unit,
            "sibling_enrolled": zone in {use["school_id"] for use in elders},
            "sibling_school_id": last["school_id"] if last else None,
            "dwelling_locked": locked_until is not None,
            "locked_until": locked_until,
        }
        claims.append({**claim, **_rate_claim(claim, rules)})
    return min(claims, key=_prefer)


def _rate_claim(claim: Row, rules: StageRules) -> Row:
    met = [n for n, batch in enumerate(rules.batches) if judge(batch.condition, claim) is True]
    place = met[0] if met else None
    locked_out = (
        place is not None and rules.batches[place].uses_dwelling and claim["dwelling_locked"]
    )
    if locked_out and rules.lock is not None and rules.lock.effect == "later_batch":
        later = [n for n in met if n > (place or 0) and not rules.batches[n].uses_dwelling]
        place, locked_out = (later[0] if later else None), False
    score, missing = None, None
    if place is not None and (code := rules.batches[place].score) is not None:
        score, missing = score_child(claim, rules.scores[code], rules.opens_on)
    return {"place": place, "locked_out": locked_out, "score": score, "missing": missing}


def _prefer(claim: Row) -> tuple[Any, ...]:
    return (
        claim["locked_out"],
        claim["place"] is None,
        claim["place"] or 0,
        claim["missing"] is not None,
        -(claim["score"] or 0),
        claim["property_since"] or dt.date.max,
        claim["owned_unit_id"] or 0,
    )
