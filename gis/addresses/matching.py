"""The place that an address means, or the reason why a person must say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gis.addresses.areas import find_areas, find_between, find_units
from gis.addresses.base import AddressBase
from gis.addresses.candidates import Written, find_buildings, understand
from gis.addresses.reading import ABSENT, Ints, Reading, read_addresses, write_keys
from gis.addresses.rules import MatchRules
from gis.addresses.writing import Texts

LEVELS = (
    "dwelling", "building", "door", "between", "estate", "road", "community", "subdistrict",
    "none",
)  # fmt: skip
COARSE = ("road", "community", "subdistrict", "none")  # tell no planning unit
FOUND, QUEUED = "found", "queued"
# Why an address waits for a person.
AMBIGUOUS, DOUBTFUL, COARSE_ONLY, ELSEWHERE, UNKNOWN = (
    "ambiguous",
    "doubtful",
    "coarse",
    "elsewhere",
    "unknown",
)
_MOST_CANDIDATES = 5
_CHUNK = 250_000  # addresses matched at once; keeps memory level


@dataclass(frozen=True, eq=False)
class Matches:
    """Answers to n addresses.

    Parameters
    ----------
    answers
        n rows: key (the address written anew), level, score (0 to 1), evidence (bits of
        :data:`gis.addresses.candidates.EVIDENCE`), mended (slips, such as 学员路→学院路), unit,
        building, dwelling (codes or None), lon, lat (degrees, NaN for none), state (found,
        queued), why (empty when found).
    candidates
        For those queued what it may be, best first: row, rank, kind (building, unit, road,
        community, subdistrict), code, label, unit (code), unit_name, score, lon, lat.
    """

    answers: pd.DataFrame
    candidates: pd.DataFrame


def match_addresses(
    texts: Sequence[str | None] | pd.Series | Texts,
    base: AddressBase,
    rules: MatchRules,
    *,
    report: Callable[[int], None] | None = None,
) -> Matches:
    """Match addresses with the base of a district.

    Every different text is matched once. The finest level with a good answer is taken: dwelling,
    building, door (several buildings of one unit bear it), between two doors of the same side,
    estate or village group, road, community, subdistrict. Where two places are about as good, or
    the best is not good enough, or its level tells no planning unit, nothing is guessed: the
    address is queued with what it may be. The order of rows changes nothing.

    Parameters
    ----------
    texts
        n addresses as people wrote them.
    report
        Is told how many different addresses are done.

    Returns
    -------
    Matches
    """
    plain = pd.Series(np.asarray(texts, dtype=object), dtype=object)
    codes, unique = pd.factorize(plain.fillna(""))
    parts = []
    for start in range(0, len(unique), _CHUNK):
        chunk = np.asarray(unique[start : start + _CHUNK], dtype=object)
        parts.append(_match_chunk(chunk, base, rules, start))
        if report is not None:
            report(start + len(chunk))
    if not parts:
        parts = [_match_chunk(np.array([], dtype=object), base, rules, 0)]
    answers = pd.concat([part.answers for part in parts], ignore_index=True)
    offered = pd.concat([part.candidates for part in parts], ignore_index=True)
    rows = pd.DataFrame({"place": codes, "row": np.arange(len(codes))})
    first = rows.drop_duplicates("place").set_index("place")["row"]
    offered["row"] = first.reindex(offered["row"]).to_numpy(dtype=np.int64)
    return Matches(answers.iloc[codes].reset_index(drop=True), offered)


def _match_chunk(texts: Texts, base: AddressBase, rules: MatchRules, start: int) -> Matches:
    reading = read_addresses(texts, prefixes=base.prefixes)
    written = understand(reading, base)
    found = find_buildings(written, base, rules)
    level = np.full(len(texts), "none", dtype=object)
    offers = [_offer_buildings(found, base)]
    level[np.unique(found["row"])] = "building"
    for name, find in (("estate", find_units), ("between", find_between), ("road", find_areas)):
        open_rows = np.flatnonzero(level == "none")
        offer = find(written, base, rules, open_rows)
        level[np.unique(offer["row"])] = name
        offers.append(offer)
    columns = pd.concat([offer for offer in offers if len(offer)] or offers[:1], ignore_index=True)
    ranked = columns.sort_values(
        ["row", "score", "kind", "code"], ascending=[True, False, True, True], kind="stable"
    ).reset_index(drop=True)
    answers = _decide(ranked, written, reading, base, rules)
    waiting = answers["state"].to_numpy()[ranked["row"].to_numpy()] == QUEUED
    candidates = ranked[waiting].copy()
    candidates["rank"] = candidates.groupby("row").cumcount()
    candidates = candidates[candidates["rank"] < _MOST_CANDIDATES]
    candidates["score"] = candidates["score"].clip(0, 1).round(3)
    candidates["row"] += start
    named = dict(zip(base.units["code"], base.units["name"], strict=True))
    candidates["unit_name"] = candidates["unit_code"].map(named)
    names = [
        "row",
        "rank",
        "kind",
        "code",
        "label",
        "unit_code",
        "unit_name",
        "score",
        "lon",
        "lat",
    ]
    return Matches(answers, candidates[names].rename(columns={"unit_code": "unit"}))


def _offer_buildings(found: pd.DataFrame, base: AddressBase) -> pd.DataFrame:
    mine = base.buildings.iloc[found["building"].to_numpy()]
    return found.assign(
        kind="building",
        level="building",
        code=mine["code"].to_numpy(),
        label=mine["label"].to_numpy(),
        unit_code=_name_units(base, found["unit"].to_numpy()),
        lon=mine["lon"].to_numpy(),
        lat=mine["lat"].to_numpy(),
    )


def _name_units(base: AddressBase, units: Ints) -> Texts:
    return _take_codes(base.units["code"], units)


def _take_codes(codes: pd.Series, positions: Ints) -> Texts:
    """Return the codes at positions, None where there is no position."""
    known = np.array([*codes, None], dtype=object)
    taken: Texts = known[positions]
    return taken


def _decide(
    ranked: pd.DataFrame,
    written: Written,
    reading: Reading,
    base: AddressBase,
    rules: MatchRules,
) -> pd.DataFrame:
    """Take the best of what each address may mean, unless another is about as good."""
    size = len(reading.numbers)
    best = ranked.drop_duplicates("row").set_index("row")
    answers = pd.DataFrame({"key": write_keys(reading)}, index=range(size), dtype=object)
    for name, absent in (("level", "none"), ("score", 0.0), ("evidence", 0)):
        answers[name] = best[name].reindex(answers.index).fillna(absent)
    for name in ("lon", "lat"):
        answers[name] = best[name].reindex(answers.index).astype(float)
    answers["unit"] = best["unit_code"].reindex(answers.index)
    is_building = (best["kind"] == "building").to_numpy()
    answers["building"] = best["code"].where(is_building).reindex(answers.index)
    dwelling = best["dwelling"].reindex(answers.index).fillna(ABSENT).to_numpy(dtype=np.int64)
    answers["dwelling"] = _take_codes(base.doors["code"], dwelling)
    answers.loc[dwelling >= 0, "level"] = "dwelling"
    rivals = _count_rivals(ranked, best, rules)
    shared = rivals.index[(rivals["places"] > 1) & (rivals["units"] == 1)]
    answers.loc[shared, ["level", "building", "dwelling"]] = ["door", None, None]
    answers.loc[shared, ["lon", "lat"]] = rivals.loc[shared, ["lon", "lat"]]
    answers["why"] = _tell_why(answers, rivals, written, rules)
    answers["state"] = np.where(answers["why"] == "", FOUND, QUEUED)
    answers.loc[answers["state"] == QUEUED, ["unit", "building", "dwelling"]] = None
    answers["score"] = answers["score"].clip(0, 1).round(3)
    answers["evidence"] = answers["evidence"].astype(np.int64)
    answers["mended"] = _tell_slips(written, size)
    for name in ("unit", "building", "dwelling"):
        answers[name] = answers[name].astype(object).where(answers[name].notna(), None)
    return answers[[*_COLUMNS]]


def _tell_why(
    answers: pd.DataFrame, rivals: pd.DataFrame, written: Written, rules: MatchRules
) -> pd.Series:
    """Tell why an address waits for a person; empty when it is found."""
    why = pd.Series("", index=answers.index, dtype=object)
    why[answers["score"] < rules.least_score] = DOUBTFUL
    why[answers["level"].isin(COARSE)] = COARSE_ONLY
    why[rivals.index[rivals["units"] > 1]] = AMBIGUOUS
    why[answers["level"] == "none"] = UNKNOWN
    why[written.is_elsewhere] = ELSEWHERE
    return why


_COLUMNS = (
    "key", "level", "score", "evidence", "mended", "unit", "building", "dwelling", "lon", "lat",
    "state", "why",
)  # fmt: skip


def _count_rivals(ranked: pd.DataFrame, best: pd.DataFrame, rules: MatchRules) -> pd.DataFrame:
    """Count places, and units, that are about as good as the best of each address."""
    top = best["score"].reindex(ranked["row"]).to_numpy()
    near = ranked[ranked["score"].to_numpy() > top - rules.least_margin]
    # A road or community tells no unit: two of them are two places all the same.
    place = near["unit_code"].where(near["unit_code"].notna(), near["code"])
    return (
        near.assign(place=place)
        .groupby("row")
        .agg(
            places=("code", "nunique"),
            units=("place", "nunique"),
            lon=("lon", "mean"),
            lat=("lat", "mean"),
        )
    )


def _tell_slips(written: Written, size: int) -> Texts:
    """Tell what was taken for a slip, and for a slip of what."""
    slips = written.entries[written.entries["slips"] > 0]
    told = np.full(size, "", dtype=object)
    once = slips.drop_duplicates(["row", "mended"]).groupby("row")["mended"].agg("、".join)
    told[once.index.to_numpy(dtype=np.int64)] = once.to_numpy()
    return told
